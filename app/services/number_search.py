"""« Numéro de demande » contains: which requests have these characters in their number?"""

import sqlalchemy as sa

from app.domain import numbers
from app.models.requests import Avenant
from app.services import trigrams


def contains(text: str) -> sa.ColumnElement[bool]:
    """The WHERE on `Avenant` of the numbers that hold this text, three characters or more, whatever its case. What
    every number begins with is looked for in none: it is `sa.true()`."""
    known = _known(text)
    return trigrams.NUMBERS.contains(text) if known is None else known


def sought(text: str) -> tuple[sa.ColumnElement[bool], dict[str, str]]:
    """The same, without the text, and what it lacks (`Trigrams.sought`)."""
    known = _known(text)
    return trigrams.NUMBERS.sought(text) if known is None else (known, {})


def _known(text: str) -> sa.ColumnElement[bool] | None:
    """Whether every number holds this text, or none; None when it must be looked for."""
    if not (text.isascii() and text.isalnum()):
        return sa.false()
    return sa.true() if text.upper() == numbers.BEGINNING else None


def within_corridor(code: str) -> tuple[sa.ColumnElement[bool], ...]:
    """What is true of the number of every request of this corridor, and bounds a walk along the numbers of all."""
    first, beyond = numbers.range_of(code)
    return Avenant.number >= first, Avenant.number < beyond
