"""What a file is worth, line by line, without any look-up: the part of the controls the public simulator shares.

`examine` tells every fault at once. The database controls (`app.services.import_controls`) add theirs to the same
`Examination`, and `report` writes it all with rows and columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import Any

from app.domain import limits
from app.domain.enums import Phase
from app.exchange import codes, doubles, envelope, expectations, wording
from app.exchange.codes import Rule
from app.exchange.envelope import Depositor
from app.exchange.faults import Fault, Finding, shown, written
from app.exchange.line_controls import control
from app.exchange.line_model import LineModel
from app.exchange.line_rules import Circumstances
from app.exchange.lines import Line as Line
from app.exchange.lines import Room
from app.exchange.reading import Reading, tags_in
from app.exchange.wording import LINES

_BULKY = limits.MEGABYTE  # characters; 200 requests have some 300 000


@dataclass(slots=True)
class Examination:
    """A file under control: faults of the file (it stores nothing), and its lines with theirs. `named`: all the
    identifiers of their beneficiaries, and some of nobody."""

    reading: Reading
    phase: Phase
    file_faults: list[Fault]
    lines: list[Line]
    room: Room
    named: Sequence[str] = ()

    @property
    def refused(self) -> bool:
        return any(fault.blocks for fault in self.file_faults)

    @property
    def retained(self) -> list[Line]:
        return [line for line in self.lines if not line.rejected]

    def refuse(self, rule: Rule, message: str, cure: str = "") -> None:
        """Add a fault of the file as a whole. `cure`: what to do, when the rule does not say it well enough."""
        self.file_faults.append(Fault(rule, (), message, cure=cure))


def examine(
    reading: Reading,
    phase: Phase,
    model: LineModel,
    depositor: Depositor,
    around: Circumstances,
    models: Mapping[int, LineModel] | None = None,
) -> Examination:
    """Every fault of a file that can be told without a database. `models`: by rank, for lines of another version."""
    if not reading.readable:
        return Examination(reading, phase, list(reading.faults), [], Room())
    raw_lines = envelope.lines_of(reading.data)
    faults = list(envelope.faults_of(reading.data, depositor, phase))
    if any(fault.rule in (codes.WRONG_PHASE, codes.LINE_COUNT) for fault in faults):
        return Examination(reading, phase, [*reading.faults, *faults], [], Room())
    room, bulky = Room(), len(reading.text) > _BULKY
    groups = _by_model(raw_lines, model, models or {})
    controlled = [control(one, around, ranks, raws, room, bulky=bulky) for one, ranks, raws in groups]
    if controlled:
        reading.vouch(tags_in(reading.data | {LINES: None}) + sum(one.tags for one in controlled))
    lines = _in_order([one.lines for one in controlled])
    named = list(chain.from_iterable(one.named for one in controlled))
    files = list(chain.from_iterable(one.files for one in controlled))
    twice = doubles.may_be_in(lines, named, files)
    doubles.check(lines if twice else _in_order([one.remarkable for one in controlled]))
    return Examination(reading, phase, [*reading.faults, *faults], lines, room, named)


def _by_model(
    lines: list[Any], model: LineModel, models: Mapping[int, LineModel]
) -> list[tuple[LineModel, Sequence[int], list[Any]]]:
    """The ranks of the lines and themselves, those of one version of the corridor together."""
    if not models:
        return [(model, range(len(lines)), lines)] if lines else []
    groups: dict[int, tuple[LineModel, list[int]]] = {}
    for rank in range(len(lines)):
        one = models.get(rank, model)
        groups.setdefault(id(one), (one, []))[1].append(rank)
    return [(one, ranks, [lines[rank] for rank in ranks]) for one, ranks in groups.values()]


def _in_order(groups: Sequence[list[Line]]) -> list[Line]:
    return sorted(chain.from_iterable(groups), key=attrgetter("rank")) if len(groups) != 1 else groups[0]


def findings(examined: Examination) -> tuple[list[Finding], list[Finding]]:
    """The rows of the report: faults of the file, then of its lines, both in the order of the text.

    Bounded by `limits.JSON_FINDINGS`: the last row then says how many more there are, as far as they were looked for.
    """
    of_file = [_finding(examined.reading, fault, None) for fault in examined.file_faults]
    faults = [(fault, line) for line in examined.lines for fault in line.faults]
    kept = faults[: limits.JSON_FINDINGS]
    of_lines = [_finding(examined.reading, fault, line) for fault, line in kept]
    others = len(faults) - len(kept) + examined.room.untold
    if others or examined.room.more:
        message = f"… et {'au moins ' if examined.room.more else ''}{max(others, 1)} autres anomalies"
        of_lines.append(_finding(examined.reading, Fault(codes.MORE_FINDINGS, (LINES,), message), None))
    return sorted(of_file, key=_order), sorted(of_lines, key=_order)


def _order(one: Finding) -> tuple[int, int, str]:
    return one.row, one.column, one.code


def _finding(reading: Reading, fault: Fault, line: Line | None) -> Finding:
    mark = fault.mark or reading.place(fault.path, fault.on_key)
    rule, path = fault.rule, fault.path
    if line is None:
        asked = expectations.of_file(fault)
    else:
        asked = expectations.of_line(line.model.expectations, fault, wording.generic(path))
    return Finding(
        line_number=line.number if line else None,
        row=mark.row,
        column=mark.column,
        path=written(path),
        editor_number=line.editor_number if line else "",
        code=rule.code,
        rule=rule.name,
        message=fault.message,
        cure=fault.cure or rule.cure,
        value=shown(fault.value),
        expected=asked.said,
        level=rule.level,
        mend=asked.control,
        choices=asked.choices,
        optional=asked.optional,
        proposal=asked.written,
    )


def as_rows(found: list[Finding]) -> list[dict[str, Any]]:
    """Findings as JSON."""
    return [one._asdict() for one in found]


def rows_of(examined: Examination, line: Line) -> list[dict[str, Any]]:
    """What is kept with a line of an import: its own findings, bounded as a report is."""
    found = [_finding(examined.reading, fault, line) for fault in line.faults[: limits.JSON_FINDINGS]]
    return as_rows(sorted(found, key=_order))
