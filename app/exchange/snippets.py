"""The lines of a text around a place, with a caret under it: how a fault of syntax is shown, in text alone."""

from app.exchange.faults import Mark
from app.exchange.mending import Rows

WIDTH = 60  # characters shown on each side of the place
CUT = "…"


def around(text: str, at: Mark) -> str:
    """The line before, the line itself, and a caret with the column under it; long lines are cut around the place.

    Raises `RuleBroken` when the text has no such place.
    """
    offset = Rows(text).offset(at)
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    line = text[start : len(text) if end < 0 else end]
    digits = len(str(at.row))
    shown, caret = _cut(line, at.column - 1)
    rows = [f"{at.row:>{digits}} | {shown}", f"{' ' * digits} | {' ' * caret}^ colonne {at.column}"]
    if start:
        before = text[text.rfind("\n", 0, start - 1) + 1 : start - 1]
        rows.insert(0, f"{at.row - 1:>{digits}} | {_cut(before, 0)[0]}")
    return "\n".join(rows)


def _cut(line: str, column: int) -> tuple[str, int]:
    """The line around a column (from 0), each tab and control as one blank, and where the column is then."""
    first, last = max(column - WIDTH, 0), column + WIDTH
    kept = "".join(sign if sign.isprintable() else " " for sign in line[first:last])
    before = CUT if first else ""
    return before + kept + (CUT if last < len(line) else ""), column - first + len(before)
