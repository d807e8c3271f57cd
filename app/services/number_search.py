"""« Numéro de demande » contains: which requests have these characters in their number?

Digits may stand anywhere in it, and are looked for. Anything else stands at its beginning, that of a corridor: such
numbers are a stretch of the index of all, wherever the rows that bear them stand in time.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.domain import numbers
from app.extensions import db
from app.models.corridors import Corridor
from app.models.requests import Avenant
from app.services import trigrams


@dataclass(frozen=True, slots=True)
class Sought:
    """A condition without the text, and what it lacks: `values`, of its parameters. `together`: the numbers it meets
    stand together in the order of numbers, and may stand at one end of any other order."""

    condition: sa.ColumnElement[bool]
    values: dict[str, str]
    together: bool = False


def contains(text: str) -> sa.ColumnElement[bool]:
    """The WHERE on `Avenant` of the numbers that hold this text, three characters or more, whatever its case. What
    every number begins with is looked for in none: it is `sa.true()`."""
    return trigrams.NUMBERS.contains(text) if is_looked_for(text) else begins(text, Avenant.number)


def begins(text: str, column: Any) -> sa.ColumnElement[bool]:
    """The same of any column of numbers, for a text that is not `is_looked_for`."""
    stretches = _stretches(text)
    return sa.true() if stretches is None else _in_any(stretches, column)


def bounds(text: str) -> Sequence[sa.ColumnElement[bool]]:
    """From the first to the last of the numbers that hold a text that is at their beginning; none of any other text."""
    stretches = None if is_looked_for(text) else _stretches(text)
    return _around(stretches, Avenant.number) if stretches else ()


def sought(text: str, column: Any = Avenant.number) -> Sought:
    """The same, without the text: one condition for all that is typed, so that a statement that holds it is built
    once. `column`: of numbers too, and indexed; what stands together is told of it."""
    if is_looked_for(text):
        return Sought(*trigrams.NUMBERS.sought(text))
    stretches = _stretches(text)
    if not stretches:
        return Sought(sa.true() if stretches is None else sa.false(), {})
    said = [end for stretch in stretches for end in stretch]
    return Sought(_unsaid(len(stretches), column), {_name(rank): end for rank, end in enumerate(said)}, together=True)


def is_looked_for(text: str) -> bool:
    """Whether the numbers that hold it must be searched, wherever it stands in them."""
    return numbers.stands_further(text.upper())


def within_corridor(code: str) -> tuple[sa.ColumnElement[bool], ...]:
    """What is true of the number of every request of this corridor, and bounds a walk along the numbers of all."""
    return _between(*numbers.beginning_with(numbers.dossier_prefix(code)), Avenant.number)


def _stretches(text: str) -> list[tuple[str, str]] | None:
    """Where the numbers stand that hold this text at their beginning, in the order of numbers; None: every one does."""
    if text.upper() == numbers.BEGINNING:
        return None
    codes = db.session.scalars(sa.select(Corridor.code)) if text.isascii() and text.isalnum() else ()
    return [numbers.beginning_with(one) for one in numbers.beginnings(text.upper(), codes)]


def _in_any(stretches: Sequence[tuple[Any, Any]], column: Any) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *(sa.and_(*_between(first, beyond, column)) for first, beyond in stretches))


def _around(stretches: Sequence[tuple[Any, Any]], column: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return _between(stretches[0][0], stretches[-1][1], column)


def _between(first: Any, beyond: Any, column: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return column >= first, column < beyond


@functools.cache
def _unsaid(how_many: int, column: Any) -> sa.ColumnElement[bool]:
    said = [sa.bindparam(_name(rank), type_=sa.String) for rank in range(2 * how_many)]
    stretches = list(zip(said[::2], said[1::2], strict=True))
    within = _in_any(stretches, column)
    return sa.and_(*_around(stretches, column), within) if how_many > 1 else within


def _name(rank: int) -> str:
    return f"end_{rank}"
