"""How do a million rows enter a migrated database quickly, and how do we know that they are sound?

COPY on PostgreSQL, `executemany` on SQLite; secondary indexes are set aside and made again. CHECKs and unique keys hold
during the load; foreign keys are asked to a query per key afterwards.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from benchmarks.world_rows import COLUMNS, Batch

_ASIDE = {
    "postgresql": (
        "SELECT indexname, indexdef FROM pg_indexes JOIN pg_class ON relname = indexname"
        " JOIN pg_index ON indexrelid = pg_class.oid WHERE schemaname = 'public' AND NOT indisunique"
        " AND tablename = %s"
    ),
    "sqlite": (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql NOT LIKE 'CREATE UNIQUE%' AND tbl_name = ?"
    ),
}


class Loader:
    """Writes batches on one connection, in one transaction."""

    def __init__(self, connection: Any, backend: str) -> None:
        self.connection, self.backend = connection, backend
        self._highest: dict[str, int] = {}

    def load(self, batch: Batch) -> None:
        for table in COLUMNS:  # what others lead to first: triggers look for it
            if rows := batch.get(table):
                self._highest[table] = max(row[0] for row in rows)
                (self._copy if self.backend == "postgresql" else self._insert)(table, rows)

    def highest(self, table: str) -> int:
        """The last key given in this table."""
        return self._highest[table]

    def _copy(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        names = ", ".join(COLUMNS[table].split())
        with self.connection.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def _insert(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        names = COLUMNS[table].split()
        marks = ", ".join("?" * len(names))
        self.connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)

    def after(self) -> None:
        """Sequences go on after the last key."""
        if self.backend == "postgresql":
            for table, last in self._highest.items():
                self.connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})")


@contextmanager
def bulk(engine: sa.Engine) -> Iterator[Loader]:
    """A loader; indexes are back and the planner is told when the block ends."""
    backend = engine.dialect.name
    raw = engine.raw_connection()
    connection: Any = raw.driver_connection
    loader = Loader(connection, backend)
    try:
        for order in _before(backend):
            connection.execute(order)
        aside = [row for table in COLUMNS for row in connection.execute(_ASIDE[backend], (table,)).fetchall()]
        for name, _ in aside:
            connection.execute(f'DROP INDEX "{name}"')
        yield loader
        loader.after()
        for _, definition in aside:
            connection.execute(definition)
        connection.execute("COMMIT")
        if backend == "postgresql":
            connection.autocommit = True
            connection.execute("VACUUM ANALYZE")
        else:
            connection.execute("ANALYZE")
    finally:
        raw.invalidate()  # its settings are not for anybody else


def _before(backend: str) -> list[str]:
    if backend == "postgresql":  # foreign keys are triggers: not fired for a replica
        settings = "session_replication_role = replica", "timezone = 'UTC'", "maintenance_work_mem = '512MB'"
        # An index of a million rows may take longer than a page may.
        return [f"SET {one}" for one in (*settings, "statement_timeout = 0")]
    return ["PRAGMA foreign_keys = OFF", "PRAGMA cache_size = -262144", "BEGIN IMMEDIATE"]


def broken_keys(engine: sa.Engine) -> list[str]:
    """The foreign keys of the loaded tables that lead nowhere."""
    broken = []
    with engine.connect() as connection:
        for table in (db.metadata.tables[name] for name in COLUMNS):
            for key in table.foreign_keys:
                parent = key.column.table.alias("parent")
                query = (
                    sa.select(sa.func.count())
                    .select_from(table.outerjoin(parent, key.parent == parent.c[key.column.name]))
                    .where(key.parent.is_not(None), parent.c[key.column.name].is_(None))
                )
                if connection.scalar(query):
                    broken.append(f"{table.name}.{key.parent.name}")
    return broken
