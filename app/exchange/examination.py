"""What a file is worth, line by line, without any look-up: the part of the controls the public simulator shares.

`examine` tells every fault at once. The database controls (`app.services.import_controls`) add theirs to the same
`Examination`, and `report` writes it all with rows and columns.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from app.domain import identifiers, limits
from app.domain.enums import Phase
from app.exchange import codes, envelope, wording
from app.exchange.codes import Rule
from app.exchange.contents import Content, Person, Reader
from app.exchange.envelope import Depositor
from app.exchange.faults import Fault, Finding, Path, finding
from app.exchange.line_model import EDITOR_NUMBER, LineModel
from app.exchange.line_rules import Circumstances, LineRules
from app.exchange.reading import Reading
from app.exchange.wording import LINES


@dataclass(slots=True)
class Line:
    """One line of the file: what it says, what is wrong with it. `content` is there when its shape is right.

    `people` are the beneficiaries it names, even when something else in it is wrong.
    """

    rank: int
    raw: Any
    model: LineModel
    number: int | None = None
    editor_number: str = ""
    faults: list[Fault] = field(default_factory=list)
    people: tuple[Person, ...] = ()
    content: Content | None = None

    @property
    def path(self) -> Path:
        return (LINES, self.rank)

    @property
    def rejected(self) -> bool:
        return any(fault.blocks for fault in self.faults)

    def refuse(self, rule: Rule, place: Path, message: str, value: Any = None) -> None:
        """Add a fault at a place of this line."""
        self.faults.append(Fault(rule, (*self.path, *place), message, value))


@dataclass(slots=True)
class Examination:
    """A file under control: faults of the file (it stores nothing), and its lines with theirs."""

    reading: Reading
    phase: Phase
    file_faults: list[Fault]
    lines: list[Line]

    @property
    def refused(self) -> bool:
        return any(fault.blocks for fault in self.file_faults)

    @property
    def retained(self) -> list[Line]:
        return [line for line in self.lines if not line.rejected]

    def refuse(self, rule: Rule, message: str) -> None:
        """Add a fault of the file as a whole."""
        self.file_faults.append(Fault(rule, (), message))


def examine(
    reading: Reading,
    phase: Phase,
    model: LineModel,
    depositor: Depositor,
    around: Circumstances,
    models: Mapping[int, LineModel] | None = None,
) -> Examination:
    """Every fault of a file that can be told without a database. `models`: by rank, for lines of another version."""
    found = Examination(reading, phase, list(reading.faults), [])
    if not reading.readable:
        return found
    found.file_faults += envelope.faults_of(reading.data, depositor, phase)
    if any(fault.rule in (codes.WRONG_PHASE, codes.LINE_COUNT) for fault in found.file_faults):
        return found
    of_rank = models or {}
    raw_lines = envelope.lines_of(reading.data)
    found.lines = [_line(rank, raw, of_rank.get(rank, model)) for rank, raw in enumerate(raw_lines)]
    _check_shape(found.lines)
    _check_rules(found.lines, phase, around)
    _check_doubles(found.lines)
    return found


def _line(rank: int, raw: Any, model: LineModel) -> Line:
    line = Line(rank, raw, model)
    if isinstance(raw, dict):
        number, editor_number = raw.get("numLigne"), raw.get(EDITOR_NUMBER)
        if isinstance(number, int) and not isinstance(number, bool) and 0 < number <= 1_000_000:
            line.number = number
        if isinstance(editor_number, str | int) and not isinstance(editor_number, bool):
            line.editor_number = str(editor_number).strip()[: limits.EDITOR_NUMBER_LENGTH]
    return line


def _check_shape(lines: list[Line]) -> None:
    """One call per version of the corridor, whatever the number of lines."""
    groups: dict[int, list[Line]] = {}
    for line in lines:
        groups.setdefault(id(line.model), []).append(line)
    for group in groups.values():
        model = group[0].model
        for error in model.errors([line.raw for line in group]):
            line = group[error["loc"][0]]
            fault = wording.fault_of(model, error, (*line.path, *error["loc"][1:]))
            if fault:
                line.faults.append(fault)


def _check_rules(lines: list[Line], phase: Phase, around: Circumstances) -> None:
    tools: dict[int, tuple[LineRules, Reader]] = {}
    for line in lines:
        if not isinstance(line.raw, dict):
            continue
        key = id(line.model)
        if key not in tools:
            tools[key] = LineRules(line.model.spec, phase, around), Reader(line.model.spec, phase)
        rules, reader = tools[key]
        line.faults += rules.check(line.raw, line.path)
        line.people = tuple(reader.beneficiaries(line.raw))
        if not line.rejected:
            line.content = reader.read(line.raw, line.people)


def _check_doubles(lines: list[Line]) -> None:
    """Numbers and beneficiaries met twice: the first line keeps them, the later one is told which it was."""
    seen: dict[tuple[str, str], Line] = {}
    for line in lines:
        if line.number is not None:
            _double(seen, line, "numLigne", str(line.number), codes.DUPLICATE_LINE_NUMBER)
            if line.number != line.rank + 1:
                message = f"la {line.rank + 1}e ligne du fichier porte le numéro {line.number}"
                line.refuse(codes.LINE_NUMBER_GAP, ("numLigne",), message, line.number)
        if line.editor_number:
            _double(seen, line, EDITOR_NUMBER, line.editor_number, codes.DUPLICATE_EDITOR_NUMBER)
        _check_people(seen, line)
        _check_pieces(seen, line)


def _double(seen: dict[tuple[str, str], Line], line: Line, tag: str, value: str, rule: Rule) -> None:
    first = seen.setdefault((tag, value), line)
    if first is not line:
        line.refuse(rule, (tag,), f"la valeur « {value} » est déjà celle de {_which(first)}", value)


def _check_people(seen: dict[tuple[str, str], Line], line: Line) -> None:
    mine: set[str] = set()
    for person in line.people:
        label = identifiers.LABELS[person.identifier_kind]
        first = seen.setdefault((person.identifier_kind, person.identifier), line)
        if first is not line or person.identifier in mine:
            message = f"le {label} {person.identifier} est déjà dans {_which(first)}"
            line.refuse(codes.BENEFICIARY_TWICE, person.place, message, person.identifier)
        mine.add(person.identifier)
        if person.identifier_kind == "rpps" and not identifiers.rpps_fault(person.identifier):
            warning = identifiers.rpps_warning(person.identifier)
            if warning:
                line.refuse(codes.UNUSUAL_KEY, person.place, warning, person.identifier)


def _check_pieces(seen: dict[tuple[str, str], Line], line: Line) -> None:
    for piece in line.content.pieces if line.content else ():
        first = seen.setdefault(("nomFichier", piece.file_name.casefold()), line)
        if first is not line:
            message = f"« {piece.file_name} » est aussi annoncé par {_which(first)}"
            place = ("piecesJustificatives", piece.position - 1, "nomFichier")
            line.refuse(codes.SHARED_FILE_NAME, place, message, piece.file_name)


def _which(line: Line) -> str:
    return f"la ligne {line.number or line.rank + 1} (n° éditeur {line.editor_number or 'absent'})"


def findings(examined: Examination) -> tuple[list[Finding], list[Finding]]:
    """The rows of the report: faults of the file, then of its lines, both in the order of the text.

    Bounded by `limits.JSON_FINDINGS`: the last row then says how many more there are.
    """
    of_file = [_finding(examined.reading, fault, None) for fault in examined.file_faults]
    faults = [(fault, line) for line in examined.lines for fault in line.faults]
    kept = faults[: limits.JSON_FINDINGS]
    of_lines = [_finding(examined.reading, fault, line) for fault, line in kept]
    if len(faults) > len(kept):
        message = f"… et {len(faults) - len(kept)} autres anomalies"
        of_lines.append(_finding(examined.reading, Fault(codes.MORE_FINDINGS, (LINES,), message), None))
    return sorted(of_file, key=_order), sorted(of_lines, key=_order)


def _order(one: Finding) -> tuple[int, int, str]:
    return one.row, one.column, one.code


def _finding(reading: Reading, fault: Fault, line: Line | None) -> Finding:
    mark = fault.mark or reading.scan().place(fault.path, fault.on_key)
    return finding(fault, mark, line.number if line else None, line.editor_number if line else "")


def as_rows(found: list[Finding]) -> list[dict[str, Any]]:
    """Findings as JSON."""
    return [asdict(one) for one in found]


def rows_of(examined: Examination, line: Line) -> list[dict[str, Any]]:
    """What is kept with a line of an import: its own findings, bounded as a report is."""
    found = [_finding(examined.reading, fault, line) for fault in line.faults[: limits.JSON_FINDINGS]]
    return as_rows(sorted(found, key=_order))
