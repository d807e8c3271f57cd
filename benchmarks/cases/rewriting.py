"""When does an import begin to write, and what would a bare write of the very same rows cost?

Everything the application does from its first INSERT to the end of its commit counts: numbers and ids drawn, rows built
and written, claims looked at again, audit. Then its rows are read back, deleted, and written again by COPY on
PostgreSQL, `executemany` on SQLite, in one transaction.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa

from app.extensions import db
from benchmarks.databases import World

TABLES = (  # parents first
    "dossier", "beneficiary_claim", "json_import", "funding_request", "avenant", "beneficiary", "scenario",
    "expected_document", "json_import_line",
)  # fmt: skip


class Rewriter:
    """On one copy of a world, with a bare connection of its own. To be used inside an application context."""

    def __init__(self, copy: World) -> None:
        self.postgresql = copy.backend == "postgresql"
        self.bare: Any = (
            psycopg.connect(copy.url, autocommit=True)
            if self.postgresql
            else sqlite3.connect(copy.url.removeprefix("sqlite:///"), isolation_level=None)
        )
        if not self.postgresql:
            self.bare.execute("PRAGMA foreign_keys = ON")
            self.bare.execute("PRAGMA synchronous = FULL")
        self.first_insert: float | None = None
        self._highest = {name: self._top(name) for name in TABLES}
        self._columns = {name: self._names(name) for name in TABLES}

    def close(self) -> None:
        self.bare.close()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Notes in `first_insert` when (`time.perf_counter`) the first INSERT run inside the block begins."""
        self.first_insert = None
        engine = db.engine
        sa.event.listen(engine, "before_execute", self._before)
        try:
            yield
        finally:
            sa.event.remove(engine, "before_execute", self._before)

    def _before(self, connection: Any, statement: Any, many: Any, values: Any, options: Any) -> None:
        if self.first_insert is None and isinstance(statement, sa.sql.dml.Insert):
            self.first_insert = time.perf_counter()

    def again(self) -> float:
        """Delete the rows written since the last time, write them again bare. Returns the seconds of the writing."""
        rows = {name: self._new(name) for name in TABLES}
        self.bare.execute("BEGIN")
        self.bare.execute("UPDATE json_simulation SET json_import_id = NULL")
        for name in reversed(TABLES):
            self.bare.execute(f"DELETE FROM {name} WHERE id > {self._highest[name]}")
        self.bare.execute("COMMIT")
        began = time.perf_counter()
        self.bare.execute("BEGIN")
        for name in TABLES:
            (self._copy if self.postgresql else self._insert)(name, rows[name])
        self.bare.execute("COMMIT")
        spent = time.perf_counter() - began
        self._highest = {name: self._top(name) for name in TABLES}
        return spent

    def _copy(self, name: str, rows: list[Any]) -> None:
        with self.bare.cursor().copy(f"COPY {name} ({', '.join(self._columns[name])}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def _insert(self, name: str, rows: list[Any]) -> None:
        marks = ", ".join("?" * len(self._columns[name]))
        self.bare.executemany(f"INSERT INTO {name} ({', '.join(self._columns[name])}) VALUES ({marks})", rows)

    def _new(self, name: str) -> list[Any]:
        """The rows above the last key, as text where COPY wants text."""
        columns = ", ".join(f"{one}::text" if self.postgresql else one for one in self._columns[name])
        return list(self.bare.execute(f"SELECT {columns} FROM {name} WHERE id > {self._highest[name]} ORDER BY id"))

    def _top(self, name: str) -> int:
        row = self.bare.execute(f"SELECT coalesce(max(id), 0) FROM {name}").fetchone()
        return int(row[0])

    def _names(self, name: str) -> list[str]:
        return [column.name for column in db.metadata.tables[name].columns]
