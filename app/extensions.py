"""The only module-level singletons, and what makes SQLite and PostgreSQL behave alike. They know nothing of our models.

On SQLite a transaction begins when it is told: `BEGIN IMMEDIATE` where it will write (POST, jobs, commands), a deferred
`BEGIN` where it only reads (GET, exports). `reading()` tells which; everything writes unless it says otherwise.

Time is limited where somebody waits, or others do: web requests and jobs are hurried, and no statement of theirs runs,
nor waits for a lock, beyond the limits of the settings. Exports and commands read or write everything: their statements
take the time they need. `set_hurried()` and `hurried()` tell which; nothing is hurried unless it says so.
"""

import errno
import math
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import psycopg
import sqlalchemy as sa
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_security import Security
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy.orm import DeclarativeBase

from app.domain.folding import fold

_READING: ContextVar[bool] = ContextVar("reading", default=False)
_HURRIED: ContextVar[bool] = ContextVar("hurried", default=False)
TIME_LIMITS = "time_limits"  # the execution option of an engine that holds its `TimeLimits`
UNHURRIED_LOCK = 60  # seconds: even a command does not wait for ever
STEPS = 100_000  # of SQLite's machine between two looks at the clock: some 5 ms
REST = 1.0  # seconds a connection of PostgreSQL is not asked whether it is alive
_DEADLINE, _RESTING = "deadline", "resting"


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


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """What a hurried statement may take, and wait for a lock. Seconds."""

    statement: float
    lock: float


class Strike(Enum):
    """What ended a statement that is no bug: a limit, or the base itself. Its transaction is undone; of one that was
    being committed when the base went away (`GONE`), only the base knows."""

    TOO_LONG = auto()
    LOCKED = auto()
    GONE = auto()
    FULL = auto()


def set_hurried(value: bool) -> None:
    """Say whether the transactions to come have time limits (web requests say so, exports lift it)."""
    _HURRIED.set(value)


@contextmanager
def hurried() -> Iterator[None]:
    """A job: others wait for its locks."""
    before = _HURRIED.get()
    _HURRIED.set(True)
    try:
        yield
    finally:
        _HURRIED.set(before)


def strike(fault: BaseException | None) -> Strike | None:
    """What this error comes from, or None. Looks at what it was raised from, and, between errors of the base, at
    what was being handled: a transaction that SQLite has already undone may fail once more, on a savepoint that is
    gone. Any other error met meanwhile is a bug, and stays one."""
    while fault is not None:
        if found := _struck_by(fault):
            return found
        fault = fault.__cause__ or _handled(fault)
    return None


def _struck_by(fault: BaseException) -> Strike | None:
    """A server that does not answer, or goes away in the middle of a word, gives no code."""
    if isinstance(fault, OSError):
        return Strike.FULL if fault.errno in _NO_ROOM else None
    origin = getattr(fault, "orig", None) or fault
    code = getattr(origin, "sqlstate", None) or getattr(origin, "sqlite_errorcode", 0) & 0xFF
    if not code and isinstance(fault, sa.exc.OperationalError) and not isinstance(origin, sqlite3.Error):
        return Strike.GONE
    return _STRIKES.get(code)


def _handled(fault: BaseException) -> BaseException | None:
    """The error of the base that was being handled when this one, of the base too, was raised."""
    behind = fault.__context__
    return behind if isinstance(fault, _OF_THE_BASE) and isinstance(behind, _OF_THE_BASE) else None


_OF_THE_BASE = (sa.exc.SQLAlchemyError, sqlite3.Error)


_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_STRIKES: dict[object, Strike] = {
    "57014": Strike.TOO_LONG,  # query_canceled
    "55P03": Strike.LOCKED,  # lock_not_available
    "57P01": Strike.GONE,  # admin_shutdown
    "57P02": Strike.GONE,  # crash_shutdown
    "57P03": Strike.GONE,  # cannot_connect_now
    "53300": Strike.GONE,  # too_many_connections
    "08006": Strike.GONE,  # connection_failure
    "53100": Strike.FULL,  # disk_full
    sqlite3.SQLITE_INTERRUPT: Strike.TOO_LONG,
    sqlite3.SQLITE_BUSY: Strike.LOCKED,
    sqlite3.SQLITE_CANTOPEN: Strike.GONE,
    sqlite3.SQLITE_IOERR: Strike.GONE,
    sqlite3.SQLITE_FULL: Strike.FULL,
}


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
    """As shipped, the driver ignores foreign keys, begins late, lets a rolled-back savepoint through, and knows the
    capitals of ASCII only."""
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        connection.create_function("folded", 1, _folded, deterministic=True)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")


@sa.event.listens_for(sa.Pool, "checkin")
def _rests_from_here(connection: Any, record: Any) -> None:
    record.info[_RESTING] = time.monotonic()


@sa.event.listens_for(sa.Pool, "checkout")
def _alive_after_a_rest(connection: Any, record: Any, of_pool: Any) -> None:
    """Ask the server whether a connection that has rested is still there; one that was used a moment ago is, or what it
    is asked next finds out (`Strike.GONE`): asked each time, a page would cost one more exchange."""
    rested = time.monotonic() - record.info.get(_RESTING, math.inf)
    if rested < REST or isinstance(connection, sqlite3.Connection):
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as gone:
        raise sa.exc.InvalidatePoolError from gone


def _folded(value: Any) -> Any:
    return fold(value) if isinstance(value, str) else value


@sa.event.listens_for(sa.Engine, "begin")
def _begins_when_told(connection: sa.Connection) -> None:
    """On PostgreSQL the limits are those of the connection, and are lifted; on SQLite they are set each time."""
    limits: TimeLimits | None = connection.get_execution_options().get(TIME_LIMITS)
    if connection.dialect.name == "sqlite":
        _limit_sqlite(connection, limits if _HURRIED.get() else None)
        connection.exec_driver_sql("BEGIN" if _READING.get() else "BEGIN IMMEDIATE")
    elif limits and not _HURRIED.get():
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{UNHURRIED_LOCK}s'")


class _Deadline:
    """When the statement under way must have ended. SQLite asks now and then: true stops the statement."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.at = seconds, math.inf

    def __call__(self) -> bool:
        return time.monotonic() > self.at


def _limit_sqlite(connection: sa.Connection, limits: TimeLimits | None) -> None:
    driver: Any = connection.connection.driver_connection
    deadline = _Deadline(limits.statement) if limits else None
    connection.info[_DEADLINE] = deadline
    driver.set_progress_handler(deadline, STEPS if deadline else 0)
    driver.execute(f"PRAGMA busy_timeout = {(limits.lock if limits else UNHURRIED_LOCK) * 1000:.0f}")


@sa.event.listens_for(sa.Engine, "before_cursor_execute")
def _sqlite_counts_from_here(connection: sa.Connection, *statement: Any) -> None:
    if connection.dialect.name == "sqlite" and (deadline := connection.info.get(_DEADLINE)):
        deadline.at = time.monotonic() + deadline.seconds


db = SQLAlchemy(model_class=Base)
migrate = Migrate(directory="migrations", render_as_batch=True)
csrf = CSRFProtect()
babel = Babel()
security = Security()
limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=True)
