"""What is met twice in a file: numbers, beneficiaries, names of pieces. The first line keeps it, the later one is told.

Told here too: what is remarkable in the numbers of one line (out of order, an unusual key).
"""

from collections.abc import Iterable, Sequence

from app.domain import identifiers
from app.exchange import codes
from app.exchange.codes import Rule
from app.exchange.line_model import EDITOR_NUMBER
from app.exchange.lines import Line

Seen = dict[tuple[str, str], Line]


def check(lines: Iterable[Line]) -> None:
    """Add the faults of these lines, in the order of the file. Left out: only lines without double nor remark."""
    seen: Seen = {}
    for line in lines:
        if line.number is not None:
            _double(seen, line, "numLigne", str(line.number), codes.DUPLICATE_LINE_NUMBER, line.rank + 1)
            if line.number != line.rank + 1:
                message = f"la {line.rank + 1}e ligne du fichier porte le numéro {line.number}"
                rank = line.rank + 1
                line.refuse(
                    codes.LINE_NUMBER_GAP, ("numLigne",), message, line.number, expected=str(rank), proposal=rank
                )
        if line.editor_number:
            _double(seen, line, EDITOR_NUMBER, line.editor_number, codes.DUPLICATE_EDITOR_NUMBER)
        _check_people(seen, line)
        _check_pieces(seen, line)


def may_be_in(lines: Sequence[Line], named: Sequence[str], files: Sequence[str]) -> bool:
    """False when no line has a double nor a number out of order; `named`: identifiers, `files`: names of pieces."""
    editors = [line.editor_number for line in lines if line.editor_number]
    return (
        any(line.number != line.rank + 1 for line in lines if line.number is not None)
        or len(set(editors)) < len(editors)
        or len(set(named)) < len(named)
        or len(set(map(str.casefold, files))) < len(files)
    )


def _double(seen: Seen, line: Line, tag: str, value: str, rule: Rule, proposal: int | None = None) -> None:
    first = seen.setdefault((tag, value), line)
    if first is not line:
        message = f"la valeur « {value} » est déjà celle de {_which(first)}"
        line.refuse(rule, (tag,), message, value, expected=str(proposal or ""), proposal=proposal)


def _check_people(seen: Seen, line: Line) -> None:
    mine: set[str] = set()
    for person in line.people:
        label = identifiers.LABELS[person.identifier_kind]
        first = seen.setdefault((person.identifier_kind, person.identifier), line)
        if first is not line or person.identifier in mine:
            message = f"le {label} {person.identifier} est déjà dans {_which(first)}"
            line.refuse(codes.BENEFICIARY_TWICE, person.place, message, person.identifier)
        mine.add(person.identifier)
        kind = person.identifier_kind
        if line.model.reader.remarks_keys_of(kind) and not identifiers.rpps_fault(person.identifier):
            warning = identifiers.rpps_warning(person.identifier)
            if warning:
                line.refuse(codes.UNUSUAL_KEY, person.place, warning, person.identifier)


def _check_pieces(seen: Seen, line: Line) -> None:
    for piece in line.content.pieces if line.content else ():
        first = seen.setdefault(("nomFichier", piece.file_name.casefold()), line)
        if first is not line:
            message = f"« {piece.file_name} » est aussi annoncé par {_which(first)}"
            place = ("piecesJustificatives", piece.position - 1, "nomFichier")
            line.refuse(codes.SHARED_FILE_NAME, place, message, piece.file_name)


def _which(line: Line) -> str:
    return f"la ligne {line.number or line.rank + 1} (n° éditeur {line.editor_number or 'absent'})"
