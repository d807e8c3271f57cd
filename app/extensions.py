"""The only module-level singletons, and what makes SQLite and PostgreSQL behave alike. They know nothing of our models.

On SQLite a transaction begins when it is told: `BEGIN IMMEDIATE` where it will write (POST, jobs, commands), a deferred
`BEGIN` where it only reads (GET, exports). `reading()` tells which; everything writes unless it says otherwise.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_security import Security
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy.orm import DeclarativeBase

_READING: ContextVar[bool] = ContextVar("reading", default=False)


class Base(DeclarativeBase):
    """Every constraint has a name that both databases and the migrations agree on."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def set_reading(value: bool) -> None:
    """Say whether the transactions to come only read (web requests call it with the method)."""
    _READING.set(value)


@contextmanager
def writing() -> Iterator[None]:
    """A short write inside a reading request, as the « last seen » of a session."""
    with _intent(False):
        yield


@contextmanager
def reading() -> Iterator[None]:
    """A short read inside a job or a command, whose transaction must not keep writers out."""
    with _intent(True):
        yield


@contextmanager
def _intent(only_reads: bool) -> Iterator[None]:
    before = _READING.get()
    _READING.set(only_reads)
    try:
        yield
    finally:
        _READING.set(before)


@sa.event.listens_for(sa.Engine, "connect")
def _sqlite_keeps_its_word(connection: Any, record: Any) -> None:
    """As shipped, the driver ignores foreign keys, begins late, and lets a rolled-back savepoint through."""
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA busy_timeout = 15000")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")


@sa.event.listens_for(sa.Engine, "begin")
def _sqlite_begins_when_told(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if _READING.get() else "BEGIN IMMEDIATE")


db = SQLAlchemy(model_class=Base)
migrate = Migrate(directory="migrations", render_as_batch=True)
csrf = CSRFProtect()
babel = Babel()
security = Security()
limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=True)
