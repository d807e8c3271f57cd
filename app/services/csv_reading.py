"""How is a CSV that somebody sends read? Rows by heading, each with its line in the file; what is no CSV is refused.

`;`, `,` or tabs (`app.domain.csv_layout`); UTF-8 with or without BOM, else Windows-1252, which is told. A file is read
whole or refused whole, with the place; a line of the wrong length is kept, with its fault. Pure: bytes in, texts out.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain import csv_layout, file_names, limits
from app.domain.csv_layout import Layout
from app.domain.errors import RuleBroken
from app.services.csv_cells import BLANKS, FORMULA_STARTS

_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_SCIENTIFIC = re.compile(r"[0-9][.,][0-9]+E\+?[0-9]+", re.IGNORECASE)
UTF8, WINDOWS = "UTF-8", "Windows-1252"


@dataclass(frozen=True, slots=True)
class Row:
    """A line: its number in the file (from 1, the first of a cell on several lines), its cells by key, why it cannot be
    read: the cells are then those that could be told."""

    line: int
    cells: Mapping[str, str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole file. `columns`: the keys of its headings, in its order; `encoding`: how it was read."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    encoding: str


def read(content: bytes, headings: Mapping[str, str], optional: Sequence[str] = ()) -> Sheet:
    """The rows under these headings (key → heading, in any order and case). `optional`: keys that may be absent.

    Raises `RuleBroken` on `file`: empty, not text, not CSV, wrong headings, no line or too many.
    """
    text, encoding = decoded(content)
    records = _records(csv_layout.of(text))
    columns = _columns(next(records, (1, []))[1], headings, optional)
    rows = []
    for line, cells in records:
        if any(cell.strip() for cell in cells):
            rows.append(_row(line, cells, columns))
        if len(rows) > limits.CSV_ROWS:
            raise _refused(f"Le fichier compte plus de {limits.CSV_ROWS} lignes : envoyez-le en plusieurs fois.")
    if not rows:
        raise _refused("Le fichier ne contient aucune ligne sous ses titres.")
    return Sheet(columns, tuple(rows), encoding)


def cell_fault(text: str, most: int) -> str:
    """Why this text may not be kept: too long, an invisible character, the start of a formula. Empty when it may."""
    if len(text) > most:
        return f"dépasse {most} caractères"
    if file_names.hides_something(text):
        return "contient un caractère invisible"
    if text.lstrip(BLANKS).startswith(FORMULA_STARTS):
        return "commence par un signe qu'un tableur exécuterait (=, +, -, @)"
    return ""


def looks_rounded(text: str) -> bool:
    """True for a long number that a spreadsheet has rounded: 3,80424E+13."""
    return bool(_SCIENTIFIC.fullmatch(text))


def _refused(why: str) -> RuleBroken:
    return RuleBroken(why, field="file")


def decoded(content: bytes) -> tuple[str, str]:
    """(text, how it was read). Raises `RuleBroken` on `file` for what is empty or no text."""
    if not content.strip():
        raise _refused("Le fichier est vide.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused("Le fichier est en UTF-16 : enregistrez-le en « CSV UTF-8 ».")
    odd = _NOT_TEXT.search(content)
    if odd or content.startswith(b"%PDF"):
        at = content.count(b"\n", 0, odd.start() if odd else 0) + 1
        raise _refused(f"Le fichier n'est pas un CSV : il contient des octets qui ne sont pas du texte (ligne {at}).")
    try:
        return content.decode("utf-8-sig"), UTF8
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), WINDOWS
    except UnicodeDecodeError as fault:
        at = content.count(b"\n", 0, fault.start) + 1
        raise _refused(f"Le fichier n'est ni en UTF-8 ni en Windows-1252 (ligne {at}).") from fault


def _records(layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each record."""
    reader = csv.reader(io.StringIO(layout.rows, newline=""), delimiter=layout.separator, strict=True)
    line = layout.first
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + layout.first
    except csv.Error as fault:
        why = "un guillemet ouvert n'est jamais fermé" if "end of data" in str(fault) else "guillemets mal placés"
        if "field limit" in str(fault):
            why = "une case est démesurée : un guillemet n'est sans doute pas fermé"
        raise _refused(f"Le fichier ne se lit plus à partir de la ligne {line} : {why}.") from fault


def _columns(cells: Sequence[str], headings: Mapping[str, str], optional: Sequence[str]) -> tuple[str, ...]:
    known = {_folded(heading): key for key, heading in headings.items()}
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    found = [known.get(_folded(cell), "") for cell in cells]
    unknown = [cell.strip()[:40] for cell, key in zip(cells, found, strict=True) if not key]
    missing = [heading for key, heading in headings.items() if key not in found and key not in optional]
    if unknown or missing:
        told = [f"colonnes inconnues : {', '.join(unknown[:5])}"] if unknown else []
        told += [f"colonnes absentes : {', '.join(missing[:12])}"] if missing else []
        raise _refused(f"La première ligne n'est pas celle attendue ({' ; '.join(told)}). Partez du modèle.")
    twice = next((headings[key] for key in found if found.count(key) > 1), None)
    if twice:
        raise _refused(f"La colonne « {twice} » figure deux fois.")
    return tuple(found)


def _folded(heading: str) -> str:
    return " ".join(file_names.folded(heading).replace("’", "'").split())


def _row(line: int, cells: list[str], columns: tuple[str, ...]) -> Row:
    while len(cells) > len(columns) and not cells[-1].strip():
        cells.pop()
    fault = f"{len(cells)} cases au lieu de {len(columns)}" if len(cells) != len(columns) else ""
    return Row(line, {key: cell.strip() for key, cell in zip(columns, cells, strict=False)}, fault)
