"""Which rows does a list show? Its conditions, the tables they need, how many there are, and those of one page.

A page is found by its keys alone — narrowed, sorted, limited — and only its rows are joined to what is shown.
Rows are counted up to `limits.COUNTED_UP_TO` (docs/decisions, « Lists page by key »).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from admin_views.paging import SORT, Order, Window
from app.domain import limits
from app.extensions import db

COUNTED = "counted"
KEPT = 256  # statements
_KEPT: dict[tuple[Any, ...], tuple[Any, sa.Select[Any]]] = {}
GATHERED_FOR_FIRST = 2_000  # rows: of more among a million, ten are met within 5 000 along any index
REPEATED = 5  # rows read for each value wanted, of a column that says the same in several
# Rows met along the index of the sort, then rows gathered when these were not a page: each twice, the second time more.
STEPS: tuple[tuple[int, int | None], ...] = ((15_000, 60_000), (200_000, None))


@dataclass(frozen=True, slots=True)
class Join:
    """A table that the columns or the criteria of a list read. `outer`: rows without it stay."""

    model: Any
    on: sa.ColumnElement[bool]
    outer: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of `model` that meet every condition: `scope`, of who asks, and `criteria`, of what he asks. `searched`:
    one of them is met by reading all that the others leave, or by an index of its own, that no list is sorted on; the
    rows are then counted and cut in one statement. `looked_for`: row by row, or in that index. `at_hand`: they stand
    together in an index, or are nearly all there are: wherever a page begins its rows are met at once, and need not be
    gathered first. `bounds`: true of every row, said to the database when it walks an index of the sort, which they
    shorten, and not when it finds rows otherwise: it would believe them fewer."""

    model: Any
    joins: Sequence[Join]
    scope: tuple[Any, ...]
    criteria: tuple[Any, ...] = ()
    searched: bool = False
    looked_for: bool = False
    at_hand: bool = False
    bounds: tuple[Any, ...] = ()

    @property
    def conditions(self) -> tuple[Any, ...]:
        """What the rows meet."""
        return self.scope + self.criteria

    def count(self, up_to: int | None = None) -> int:
        """How many they are; `up_to + 1` (`limits.COUNTED_UP_TO + 1`) when they are more."""
        return read(self._counting(up_to)).scalar_one()

    def _counting(self, up_to: int | None = None) -> sa.Select[Any]:
        some = self.narrowed(sa.literal_column("1")).limit((up_to or limits.COUNTED_UP_TO) + 1).subquery()
        return sa.select(sa.func.count()).select_from(some)

    def read(
        self, shown: sa.Select[Any], order: Order, window: Window, up_to: int | None = None
    ) -> tuple[int, Sequence[Any]]:
        """How many they are, as `count` says, and the rows of one page and one more, when there is one, in the order in
        which they are read (`Window`): the columns of `shown`, which begin with the key, then `sorted_on`, the value
        the list is sorted on. No row when they are more than `up_to`."""
        if up_to and (total := self.count(up_to)) > up_to:
            return total, ()
        if self.at_hand:
            return self._told(self._counted_page(shown, order, window), window)
        if self.searched or up_to:
            total, found = self._told(self._page(shown, *self._gathered(order), window), window)
            if total <= limits.COUNTED_UP_TO:
                return total, found
        elif (total := self.count()) <= limits.COUNTED_UP_TO:
            return total, self._page(shown, *self._gathered(order), window)
        return total, self._sought(shown, order, window)

    def _counted_page(self, shown: sa.Select[Any], order: Order, window: Window) -> Sequence[Any]:
        """One page of rows at hand, and their count. Wherever it begins, it is the same statement for all whose scope
        is written with the same conditions: built once, it is kept."""
        begins = order.unsaid(window.cursor)

        def page() -> sa.Select[Any]:
            counted = self._counting().scalar_subquery().label(COUNTED)
            return self._cut(shown, self._walked(order, counted), order, replace(window, cursor=begins))

        valued = begins and begins.value is not None
        ways = (order.descending, window.backwards, window.size, limits.COUNTED_UP_TO, begins is None, valued)
        statement = _kept((shown, *self.conditions, order.expression), ways, page)
        return read(statement, order.said(window.cursor)).all()

    def _told(self, found: Sequence[Any], window: Window) -> tuple[int, Sequence[Any]]:
        """How many rows there are, told by each of those found; beyond the last one, nobody tells."""
        return (found[0].counted if found else self.count() if window.cursor else 0), found

    def first(
        self, expression: Any, how_many: int, order: Order, lacking: Mapping[str, str], *, repeated: bool
    ) -> list[Any]:
        """The first values of a column in an order, each once, in one statement, built once for the same conditions.
        `lacking`: what the conditions leave to be said. `repeated`: several rows may say the same."""
        most = how_many * REPEATED if repeated else how_many
        ways = (order.descending, most, GATHERED_FOR_FIRST)
        parts = (expression, *self.conditions, order.expression)
        statement = _kept(parts, ways, lambda: self._first(expression, most, order))
        return list(dict.fromkeys(read(statement, lacking).scalars()))[:how_many]

    def _first(self, expression: Any, most: int, order: Order) -> sa.Select[Any]:
        """Few rows are gathered before they are sorted; of many, enough are met along the index of the order."""
        # By their names: so written, the statement is built sooner.
        names: tuple[Any, ...] = (sa.column("value", expression.type), sa.column("id"), sa.column(SORT))
        some = self.narrowed(expression.label("value"), *order.columns, sort=(expression, order.expression))
        found = some.limit(GATHERED_FOR_FIRST + 1).cte("found").prefix_with("MATERIALIZED")
        gathered = sa.select(sa.func.count()).select_from(found).scalar_subquery()
        few = sa.select(*names).select_from(found).where(gathered <= GATHERED_FOR_FIRST)
        walked = some.where(gathered > GATHERED_FOR_FIRST).order_by(*order.by(backwards=False)).limit(most)
        many = sa.select(*names).select_from(walked.subquery("walked"))
        by = order.among({one.name: one for one in names}).by(backwards=False)
        either = sa.select(names[0]).select_from(sa.union_all(few, many).subquery("either"))
        return either.order_by(*by)

    def _sought(self, shown: sa.Select[Any], order: Order, window: Window) -> Sequence[Any]:
        """One page of rows that are more than are counted. Most are soon met along the index of the sort; it may also
        hold them all at its other end. Neither their place nor their number is known: each way is tried in turn, and
        neither goes far before the other was tried. What is looked for is never gathered."""
        if self.looked_for or not (order.unaided and self.criteria):
            return self._page(shown, self._walked(order), order, window)
        found: Sequence[Any] = ()
        for walked, gathered in STEPS:
            found = read(self._near(shown, order, window, walked)).all()
            if len(found) > window.size:
                break
            found = self._page(shown, *self._gathered(order, gathered), window)
            if gathered and found and found[0].counted <= gathered:
                break
        return found

    def _near(self, shown: sa.Select[Any], order: Order, window: Window, how_many: int) -> sa.Select[Any]:
        """What is met of one page within the next rows in scope. The criteria are judged row by row: as conditions of
        the walk, they would lengthen it."""
        met = sa.and_(*self.criteria).label("met")
        walk: sa.Select[Any] = sa.select(*order.columns, met).select_from(self.model)
        walk = self._joined(walk, (*self.conditions, order.expression)).where(*self.scope, *self.bounds)
        walk = self._beyond(walk, order, window)
        found = walk.order_by(*order.by(backwards=window.backwards)).limit(how_many).subquery("walked").c
        keys: sa.Select[Any] = sa.select(found.id, found[SORT]).where(found.met)
        # PostgreSQL sees that they come in order, and stops at the last of the page. SQLite would sort them all again:
        # it is not asked to, and tests/admin_views/test_paging.py holds that its rows come in the order of the walk.
        return self._cut(shown, keys, order.among(found), window, come_sorted=db.engine.dialect.name == "sqlite")

    def _walked(self, order: Order, *more: Any) -> sa.Select[Any]:
        """The keys met along the index of the sort: so many rows are wanted that some are never far."""
        return self.narrowed(*order.columns, *more, sort=(order.expression,)).where(*self.bounds)

    def _gathered(self, order: Order, up_to: int | None = limits.COUNTED_UP_TO) -> tuple[sa.Select[Any], Order]:
        """The keys of rows found before they are sorted, one more than `up_to` at most: the database may not walk the
        index of the sort to meet them. And how they are sorted then."""
        some = self.narrowed(*order.columns, sort=(order.expression,)).limit(up_to and up_to + 1)
        found = some.cte("found").prefix_with("MATERIALIZED")
        counted = sa.select(sa.func.count()).select_from(found).scalar_subquery().label(COUNTED)
        return sa.select(*found.c, counted), order.among(found.c)

    def _page(self, shown: sa.Select[Any], keys: sa.Select[Any], order: Order, window: Window) -> Sequence[Any]:
        """The rows of one page of these keys, and one more."""
        return read(self._cut(shown, keys, order, window)).all()

    def _cut(
        self, shown: sa.Select[Any], keys: sa.Select[Any], order: Order, window: Window, *, come_sorted: bool = False
    ) -> sa.Select[Any]:
        """One page of these keys and one more, joined to what is shown."""
        by = () if come_sorted else order.by(backwards=window.backwards)
        cut = self._beyond(keys, order, window).order_by(*by).limit(window.size + 1).subquery("page")
        columns = [cut.c[SORT].label("sorted_on"), *(one for one in cut.c if one.key == COUNTED)]
        query = shown.add_columns(*columns).select_from(cut).join(self.model, self.model.id == cut.c.id)
        by = order.among(cut.c).by(backwards=window.backwards)
        return joined(query, self.joins).order_by(*by)

    def _beyond(self, keys: sa.Select[Any], order: Order, window: Window) -> sa.Select[Any]:
        """Those of these keys that stand after where the page begins."""
        if window.cursor is None:
            return keys
        return keys.where(order.beyond(window.cursor, backwards=window.backwards))

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


def _kept(parts: tuple[Any, ...], ways: tuple[Any, ...], build: Callable[[], sa.Select[Any]]) -> sa.Select[Any]:
    """The statement made of these parts in these ways, built once. The parts are kept with it: while they are, no other
    has their identity."""
    key = (*map(id, parts), *ways)
    known = _KEPT.get(key)
    if known:
        return known[1]
    if len(_KEPT) >= KEPT:
        _KEPT.clear()
    made = build()
    _KEPT[key] = parts, made
    return made


def read(query: Any, values: Mapping[str, Any] | None = None) -> Any:
    """The rows of a query, as the driver gives them: the session, through which objects come, would cost as much again
    and has nothing to add to columns. `values`: of its parameters."""
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
