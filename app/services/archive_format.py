"""What a backup is made of: a manifest, one file of JSON lines per table, the stored files. It fits both databases.

manifest.json           what follows, counted and hashed
tables/<table>.jsonl    one row per line, in the order of its key; decimals and instants as strings
files/<storage key>     the bytes
"""

import datetime as dt
import enum
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models.types import Money, UtcDateTime

FORMAT = 1
MANIFEST = "manifest.json"


def tables() -> list[sa.Table]:
    """Every table of ours, those that others refer to first."""
    return list(db.metadata.sorted_tables)


def table_path(folder: Path, table: sa.Table) -> Path:
    return folder / "tables" / f"{table.name}.jsonl"


def file_path(folder: Path, key: str) -> Path:
    """Where a stored file is in a backup. Raises ValueError for a key that would leave it."""
    root = (folder / "files").resolve()
    path = (root / key).resolve()
    if not path.is_relative_to(root) or path == root:
        raise ValueError(f"clé de fichier inattendue : {key!r}")
    return path


def write_row(row: Mapping[str, Any]) -> str:
    """One line, without its end."""
    return json.dumps({name: _written(value) for name, value in row.items()}, ensure_ascii=False, separators=(",", ":"))


def read_row(table: sa.Table, line: str) -> dict[str, Any]:
    """The values of a line as the columns want them. Raises ValueError or KeyError for a line that is not a row."""
    row = json.loads(line)
    if set(row) != set(table.c.keys()):
        raise ValueError(f"colonnes inattendues dans {table.name}")
    return {name: _read(table.c[name], value) for name, value in row.items()}


def _written(value: Any) -> Any:
    match value:
        case enum.Enum():
            return value.value
        case Decimal():
            return str(value)
        case dt.datetime() | dt.date():
            return value.isoformat()
    return value


def _read(column: sa.Column[Any], value: Any) -> Any:
    if value is None:
        return None
    match column.type:
        case Money():
            return Decimal(value)
        case UtcDateTime():
            return dt.datetime.fromisoformat(value)
        case sa.Date():
            return dt.date.fromisoformat(value)
        case sa.Enum(enum_class=enum_class) if enum_class:
            return enum_class(value)
    return value


def revision(connection: sa.Connection) -> str:
    """The migration the database is at."""
    return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one())


def money_sums(connection: sa.Connection, table: sa.Table) -> dict[str, str]:
    """The total of each amount of a table, in euros."""
    amounts = [column for column in table.c if isinstance(column.type, Money)]
    if not amounts:
        return {}
    totals = connection.execute(sa.select(*[sa.func.coalesce(sa.func.sum(column), 0) for column in amounts])).one()
    return {column.name: str(Decimal(total)) for column, total in zip(amounts, totals, strict=True)}
