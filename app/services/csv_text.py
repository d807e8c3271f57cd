"""How Python writes a small CSV: the format and the guard of the exports that the database writes (`csv_cells`)."""

import csv
import io
from collections.abc import Iterable

from app.services.csv_cells import FORMULA_STARTS, LINE_END, SEPARATOR
from app.services.exports import BOM


def written(rows: Iterable[Iterable[str]]) -> str:
    """The whole file: `;`, a BOM, CRLF. Cells that somebody typed have passed through `inert`."""
    text = io.StringIO()
    csv.writer(text, delimiter=SEPARATOR, lineterminator=LINE_END).writerows(rows)
    return BOM + text.getvalue()


def inert(cell: str) -> str:
    """A text a spreadsheet would run as a formula gets a leading apostrophe."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) or cell.lstrip().startswith(FORMULA_STARTS) else cell
