"""How Python writes a small CSV: the format and the guard of the exports that the database writes (`csv_cells`).

`inert` is the rule that `csv_cells` says again in SQL.
"""

import csv
import io
from collections.abc import Iterable

from app.services.csv_cells import BLANKS, BOM, FORMULA_STARTS, LINE_END, SEPARATOR


def written(rows: Iterable[Iterable[str]]) -> str:
    """The whole file: `;`, a BOM, CRLF. Cells that somebody typed have passed through `inert`."""
    text = io.StringIO()
    csv.writer(text, delimiter=SEPARATOR, lineterminator=LINE_END).writerows(rows)
    return BOM + text.getvalue()


def inert(cell: str) -> str:
    """What somebody typed, on one line; a leading apostrophe before what a spreadsheet would run as a formula."""
    guard = "'" if cell.lstrip(BLANKS).startswith(FORMULA_STARTS) else ""
    return guard + cell.replace("\r", " ").replace("\n", " ")
