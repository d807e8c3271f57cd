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

GATHERED_FOR_FIRST = 200  # rows: of more, ten are met soon along any index


@dataclass(frozen=True, slots=True)
class Join:
    """A table that the columns or the criteria of a list read. `outer`: rows without it stay."""

    model: Any
    on: sa.ColumnElement[bool]
    outer: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of `model` that meet every condition. `searched`: one of them is met by reading all that the others
    leave, or by an index of its own, that no list is sorted on; the rows are then counted and cut in one statement."""

    model: Any
    joins: Sequence[Join]
    conditions: tuple[Any, ...]
    searched: bool = False

    def count(self, up_to: int | None = None) -> int:
        """How many they are; `up_to + 1` (`limits.COUNTED_UP_TO + 1`) when they are more."""
        some = self.narrowed(sa.literal_column("1")).limit((up_to or limits.COUNTED_UP_TO) + 1).subquery()
        return read(sa.select(sa.func.count()).select_from(some)).scalar_one()

    def read(self, order: Order, window: Window, up_to: int | None = None) -> tuple[int, Sequence[Any]]:
        """How many they are, as `count` says, and the keys of one page and one more, when there is one, in the order in
        which they are read (`Window`), each with the value it is sorted on. No key when they are more than `up_to`."""
        if self.searched:
            found = self._gathered(order, window)
            total = found[0].total if found else self.count() if window.cursor else 0
            return total, found if total <= limits.COUNTED_UP_TO else self._walked(order, window)
        total = self.count(up_to)
        if up_to and total > up_to:
            return total, ()
        few = total <= limits.COUNTED_UP_TO
        return total, self._gathered(order, window) if few else self._walked(order, window)

    def first(self, expression: Any, how_many: int, order: Order) -> list[Any]:
        """The first values of a column in an order, each once. Few rows are gathered before they are sorted; of many,
        enough are met along the index of the order."""
        some = self.narrowed(expression.label("value"), *order.columns, sort=(expression, order.expression))
        found = some.limit(GATHERED_FOR_FIRST + 1).cte("found").prefix_with("MATERIALIZED")
        by = order.among(found.c).by(backwards=False)
        values = read(sa.select(found.c.value).order_by(*by)).scalars().all()
        if len(values) > GATHERED_FOR_FIRST:
            values = read(some.order_by(*order.by(backwards=False)).limit(how_many * 5)).scalars().all()
        return list(dict.fromkeys(values))[:how_many]

    def _walked(self, order: Order, window: Window) -> Sequence[Any]:
        """The keys of a page met along the index of the sort: so many rows are wanted that some are never far."""
        return _cut(self.narrowed(*order.columns, sort=(order.expression,)), order, window)

    def _gathered(self, order: Order, window: Window) -> Sequence[Any]:
        """The keys of a page among rows found before they are sorted, no more than are counted: the database may not
        walk the index of the sort to meet them. `total` of each: how many were found."""
        some = self.narrowed(*order.columns, sort=(order.expression,)).limit(limits.COUNTED_UP_TO + 1)
        found = some.cte("found").prefix_with("MATERIALIZED")
        total = sa.select(sa.func.count()).select_from(found).scalar_subquery().label("total")
        return _cut(sa.select(*found.c, total), order.among(found.c), window)

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


def _cut(query: sa.Select[Any], order: Order, window: Window) -> Sequence[Any]:
    """One page of these rows and one more."""
    if window.cursor is not None:
        query = query.where(order.beyond(window.cursor, backwards=window.backwards))
    return read(query.order_by(*order.by(backwards=window.backwards)).limit(window.size + 1)).all()


def read(query: Any, values: Any = None) -> Any:
    """The rows of a query, as the driver gives them: the session, through which objects come, would cost as much again
    and has nothing to add to columns."""
    return db.session.connection().execute(query, values)


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
