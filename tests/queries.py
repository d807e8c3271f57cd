"""How many statements a page costs: a number that must not grow with what it shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from app.extensions import db


@contextmanager
def counted() -> Iterator[list[str]]:
    """The SELECTs sent to the database meanwhile, savepoints left out."""
    sent: list[str] = []

    def note(connection, cursor, statement, parameters, context, executemany):
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            sent.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


@contextmanager
def every_statement() -> Iterator[list[str]]:
    """Every statement sent meanwhile, in order; an `executemany` is one, and so is a COPY, which SQLAlchemy ignores."""
    sent: list[str] = []
    copy = psycopg.Cursor.copy

    def note(connection, cursor, statement, parameters, context, executemany):
        sent.append(statement)

    def note_copy(cursor: Any, statement: Any, *rest: Any, **more: Any) -> Any:
        sent.append(statement)
        return copy(cursor, statement, *rest, **more)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        with pytest.MonkeyPatch.context() as driver:
            driver.setattr(psycopg.Cursor, "copy", note_copy)
            yield sent
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
