"""The only place that reads the clock. Instants are UTC; legal days are calendar days in Europe/Paris.

Tests freeze it and the demo world moves it with `at()`; rules receive dates and never call it.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
_MOVED_TO: ContextVar[dt.datetime | None] = ContextVar("moved_to", default=None)


def now() -> dt.datetime:
    """The present instant, aware, UTC."""
    return _MOVED_TO.get() or dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The calendar day in Paris."""
    return paris_day(now())


def paris_day(instant: dt.datetime) -> dt.date:
    """The Paris day an instant falls on: 22:30 UTC in July is already the next day."""
    return instant.astimezone(PARIS).date()


def midnight(day: dt.date) -> dt.datetime:
    """The instant at which a Paris day begins."""
    return dt.datetime.combine(day, dt.time.min, PARIS)


def move_to(instant: dt.datetime | None) -> None:
    """Stand still at this instant (aware) until told otherwise; None: follow the real clock again."""
    _MOVED_TO.set(instant.astimezone(dt.UTC) if instant else None)


@contextmanager
def at(instant: dt.datetime) -> Iterator[None]:
    """Everything inside happens at this instant (aware)."""
    token = _MOVED_TO.set(instant.astimezone(dt.UTC))
    try:
        yield
    finally:
        _MOVED_TO.reset(token)
