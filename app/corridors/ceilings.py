"""A table of ceilings as a CSV that a spreadsheet opens: an identifier a line, one column per software type.

`;` between cells, or what a spreadsheet pastes (`app.domain.csv_layout`), a first line that names the columns, lines
that begin with `#` left out. Amounts in euros HT, with a comma or a point. Software → identifier → amount as text
(« 41900.00 »), as documents write it.
"""

import csv
import io
from collections.abc import Iterator, Mapping

from app.domain import csv_layout, typed_amounts

Ceilings = dict[str, dict[str, str]]
FIRST = "identifiant"


def read(text: str) -> Ceilings:
    """The table. Raises ValueError saying what is wrong at which line, in French."""
    try:
        rows = [(rank, row) for rank, row in _rows(text) if row and not row[0].startswith("#")]
    except csv.Error as fault:
        raise ValueError(f"le texte n'est pas un CSV ({fault})") from fault
    if not rows:
        raise ValueError("le fichier est vide")
    (_, header), *lines = rows
    names = [name.strip() for name in header[1:]]
    if not names or not all(names) or len(set(names)) < len(names):
        raise ValueError("la première ligne nomme l'identifiant, puis chaque logiciel une fois")
    found: Ceilings = {name: {} for name in names}
    seen: set[str] = set()
    for rank, row in lines:
        identifier = _identifier(rank, row, len(header), seen)
        for name, cell in zip(names, row[1:], strict=True):
            if cell.strip():
                found[name][identifier] = _amount_of(rank, name, cell)
    return found


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells)."""
    layout = csv_layout.of(text.removeprefix("\ufeff"))
    reader = csv.reader(io.StringIO(layout.rows, newline=""), delimiter=layout.separator, strict=True)
    return enumerate(reader, start=layout.first)


def _identifier(rank: int, row: list[str], width: int, seen: set[str]) -> str:
    if len(row) != width:
        raise ValueError(f"ligne {rank} : {width} colonnes attendues, {len(row)} lues")
    identifier = row[0].strip()
    if not identifier or len(identifier) > 20 or "\0" in identifier:
        raise ValueError(f"ligne {rank} : l'identifiant est vide ou trop long")
    if identifier in seen:
        raise ValueError(f"ligne {rank} : « {identifier} » est déjà au-dessus")
    seen.add(identifier)
    return identifier


def _amount_of(rank: int, name: str, cell: str) -> str:
    found = amount(cell)
    if found is None:
        raise ValueError(f"ligne {rank}, colonne {name} : « {cell[:30]} » n'est pas un montant")
    return found


def amount(cell: str) -> str | None:
    """What a cell says, as documents write it: « 41 900 € » → « 41900.00 ». None when it is no amount."""
    found = typed_amounts.euros(cell)
    return None if found is None else f"{found:.2f}"


def written(ceilings: Mapping[str, Mapping[str, object]]) -> str:
    """The CSV of a table, with the mark that tells a spreadsheet it is UTF-8."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([FIRST, *ceilings])
    identifiers = dict.fromkeys(identifier for table in ceilings.values() for identifier in table)
    for identifier in identifiers:
        writer.writerow(
            [identifier, *(str(table.get(identifier, "")).replace(".", ",") for table in ceilings.values())]
        )
    return out.getvalue()
