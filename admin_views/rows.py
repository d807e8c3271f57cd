"""Which rows does a list show? Its conditions, the tables they need, how many there are, and the keys of one page.

A page is found by its keys alone — narrowed, sorted, limited — and then only its rows are joined to what is shown.
Rows are counted up to `limits.COUNTED_UP_TO` (docs/decisions, « Lists page by key »).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from admin_views.paging import Order, Window
from app.domain import limits
from app.extensions import db

# Up to so many rows are gathered and sorted whatever their order: their index may be anywhere in the one sorted on.
GATHERED_UP_TO = 1_000


@dataclass(frozen=True, slots=True)
class Join:
    """A table that the columns or the criteria of a list read. `outer`: rows without it stay."""

    model: Any
    on: sa.ColumnElement[bool]
    outer: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of `model` that meet every condition. `searched`: one of them is a search in the middle of a text."""

    model: Any
    joins: Sequence[Join]
    conditions: tuple[Any, ...]
    searched: bool = False

    def count(self, up_to: int | None = None) -> int:
        """How many they are; `up_to + 1` (`limits.COUNTED_UP_TO + 1`) when they are more."""
        some = self.narrowed(sa.literal_column("1")).limit((up_to or limits.COUNTED_UP_TO) + 1).subquery()
        return db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0

    def keys(self, order: Order, window: Window, total: int) -> list[Any]:
        """The keys of one page and one more, when there is one, in the order in which they are read (`Window`), each
        with the value it is sorted on. `total`: as counted."""
        backwards = window.backwards
        few = total <= (limits.COUNTED_UP_TO if self.searched else GATHERED_UP_TO)
        query = self._gathered(order) if few else self.narrowed(*order.columns, sort=order.expressions)
        if window.cursor is not None:
            query = query.where(order.beyond(window.cursor, backwards=backwards))
        return list(db.session.execute(query.order_by(*order.by(backwards=backwards)).limit(window.size + 1)).all())

    def first(self, expression: Any, how_many: int) -> list[Any]:
        """The first values of a column, in its order."""
        query = self.narrowed(expression).order_by(expression).limit(how_many)
        return list(db.session.scalars(query))

    def _gathered(self, order: Order) -> sa.Select[Any]:
        """The same keys, found before they are sorted: the database may not walk the sort's index to meet them."""
        found = self.narrowed(self.model.id.label("id")).cte("found").prefix_with("MATERIALIZED")
        query = sa.select(*order.columns).select_from(found).join(self.model, self.model.id == found.c.id)
        return self._joined(query, order.expressions)

    def narrowed(self, *columns: Any, sort: Sequence[Any] = ()) -> sa.Select[Any]:
        """These columns of the rows, joined to the tables that the conditions and `sort` read."""
        query = self._joined(sa.select(*columns).select_from(self.model), (*self.conditions, *sort))
        return query.where(*self.conditions)

    def _joined(self, query: sa.Select[Any], expressions: Sequence[Any]) -> sa.Select[Any]:
        """The query joined to the tables these expressions read, and to no other."""
        read = set(_tables(expressions))
        needed: list[Join] = []
        for one in reversed(self.joins):
            if sa.inspect(one.model).local_table in read:
                needed.insert(0, one)
                read.update(_tables([one.on]))
        return joined(query, needed)


def joined(query: sa.Select[Any], joins: Sequence[Join]) -> sa.Select[Any]:
    """The query with these tables."""
    for one in joins:
        query = query.join(one.model, one.on, isouter=one.outer)
    return query


def _tables(expressions: Sequence[Any]) -> Iterator[Any]:
    for expression in expressions:
        clause = expression.__clause_element__() if hasattr(expression, "__clause_element__") else expression
        for part in visitors.iterate(clause):
            if part.__visit_name__ == "column":
                yield part.table  # type: ignore[attr-defined]
