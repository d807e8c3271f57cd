"""The lines of a text around a place, with a caret under it: how a fault of syntax is shown, in text alone."""

import re

from app.exchange.faults import Mark
from app.exchange.mending import Rows

_ROW_END = re.compile(r"\r\n|\r|\n")
WIDTH = 60  # characters shown on each side of the place
CUT = "…"


def around(text: str, at: Mark) -> str:
    """The line before, the line itself, and a caret with the column under it; long lines are cut around the place.

    Raises `RuleBroken` when the text has no such place.
    """
    offset = Rows(text).offset(at)
    start = offset - at.column + 1
    end = _ROW_END.search(text, offset)
    line = text[start : end.start() if end else len(text)]
    digits = len(str(at.row))
    shown, caret = _cut(line, at.column - 1)
    rows = [f"{at.row:>{digits}} | {shown}", f"{' ' * digits} | {' ' * caret}^ colonne {at.column}"]
    if start:
        before = _ROW_END.split(text[max(0, start - 2 * WIDTH) : start])[-2]
        rows.insert(0, f"{at.row - 1:>{digits}} | {_cut(before, 0)[0]}")
    return "\n".join(rows)


def _cut(line: str, column: int) -> tuple[str, int]:
    """The line around a column (from 0), each tab and control as one blank, and where the column is then."""
    first, last = max(column - WIDTH, 0), column + WIDTH
    kept = "".join(sign if sign.isprintable() else " " for sign in line[first:last])
    before = CUT if first else ""
    return before + kept + (CUT if last < len(line) else ""), column - first + len(before)
