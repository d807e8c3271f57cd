"""Where in a list does a page begin? After a row, before a row, at the end: never « after 500 000 rows ».

A cursor is the key of a row and the value it is sorted on, as text in the address (« 812.2026-01-05T08:30:00+00:00 »).
What comes from an address is read here, and is a 400 when it is none.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import abort
from werkzeug.datastructures import MultiDict

from admin_views.whole_numbers import whole
from app.models.types import Money, UtcDateTime

AFTER, BEFORE, LAST, PAGE, SORT = "apres", "avant", "fin", "page", "tri"
ARGUMENTS = (AFTER, BEFORE, LAST, PAGE, SORT)
MAX_CURSOR = 400  # characters: the longest text a list sorts on, and its key
_KEY, _VALUE = "cursor_key", "cursor_value"  # among the parameters of a statement
_EUROS = re.compile(r"-?\d{1,15}(\.\d{1,2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A row of a list: its key, and the value of the column the list is sorted on (None: it has none); or what stands
    for them in a statement (`Order.unsaid`)."""

    id: Any
    value: Any

    def __str__(self) -> str:
        return str(self.id) if self.value is None else f"{self.id}.{_written(self.value)}"


@dataclass(frozen=True, slots=True)
class Window:
    """One page of a list: `size` rows read from `cursor`, or from one end; `backwards`, from the end towards the start.

    `number`: its rank, told by the address, shown and never computed with.
    """

    size: int
    cursor: Cursor | None
    backwards: bool
    number: int

    def instead(self, found: int, total: int) -> "Window | None":
        """The page to show when few rows were found: the first one, whole, when nothing stands before those found
        backwards; the last one when nothing is left after the cursor. None when this one is right."""
        if self.cursor is None or not total:
            return None
        if self.backwards:
            return Window(self.size, None, backwards=False, number=1) if found <= self.size else None
        return Window(self.size, None, backwards=True, number=self.number) if not found else None


@dataclass(frozen=True, slots=True)
class Order:
    """A list sorted on one column, the key breaking ties, so that pages never overlap. Rows without a value come last
    (first when descending). `nullable`: such rows may be met. `unaided`: only the whole list has an index in this
    order; what a criterion meets may all stand at its other end."""

    key: Any
    expression: Any
    descending: bool
    nullable: bool
    unaided: bool = False

    @property
    def columns(self) -> tuple[Any, Any]:
        """What a page is cut on: the key, and the value sorted on."""
        return self.key.label("id"), self.expression.label(SORT)

    def among(self, found: Any) -> "Order":
        """The same order over rows already read as `columns`."""
        key = found["id"]
        return replace(self, key=key, expression=key if self.expression is self.key else found[SORT])

    def by(self, *, backwards: bool) -> Sequence[Any]:
        """What to sort on, forwards or backwards."""
        ends = [self.key] if self.expression is self.key else [self.expression, self.key]
        if self.nullable:
            ends.insert(0, self.expression.is_(None))
        return [end.desc() if self.descending != backwards else end for end in ends]

    def beyond(self, cursor: Cursor, *, backwards: bool) -> Any:
        """The rows after the cursor; before it, backwards."""
        down = self.descending != backwards
        if self.expression is self.key:
            return self.key < cursor.id if down else self.key > cursor.id
        if not self.nullable:
            here, there = sa.tuple_(self.expression, self.key), sa.tuple_(self._bound(cursor.value), cursor.id)
            return here < there if down else here > there
        further = self.key < cursor.id if down else self.key > cursor.id
        if cursor.value is None:
            same = sa.and_(self.expression.is_(None), further)
            return sa.or_(same, self.expression.is_not(None)) if down else same
        value = self._bound(cursor.value)
        side = self.expression < value if down else self.expression > value
        tied = sa.or_(side, sa.and_(self.expression == value, further))
        return tied if down else sa.or_(tied, self.expression.is_(None))

    def unsaid(self, cursor: Cursor | None) -> Cursor | None:
        """A cursor like this one whose key and value are yet to be said: a statement made with it serves for others."""
        if cursor is None:
            return None
        value = None if cursor.value is None else sa.bindparam(_VALUE, type_=self.expression.type)
        return Cursor(sa.bindparam(_KEY, type_=self.key.type), value)

    def said(self, cursor: Cursor | None) -> dict[str, Any]:
        """What a statement made with `unsaid` lacks."""
        return {_KEY: cursor.id, _VALUE: cursor.value} if cursor else {}

    def cursor_of(self, found: Any) -> str:
        """The cursor of a row of a page (`Rows.read`), as an address carries it."""
        return str(Cursor(found.id, None if self.expression is self.key else found.sorted_on))

    def read(self, text: str) -> Cursor:
        """The cursor written in an address; 400 when it is none of this order."""
        key, dot, value = text.partition(".")
        row_id, valued = whole(key), self.expression is not self.key
        well_formed = bool(dot) == valued or (valued and self.nullable)
        if row_id is None or not well_formed or len(text) > MAX_CURSOR:
            abort(400)
        return Cursor(row_id, _read(self.expression.type, value) if dot else None)

    def _bound(self, value: Any) -> Any:
        return value if isinstance(value, sa.BindParameter) else sa.bindparam(None, value, type_=self.expression.type)


def window(values: MultiDict[str, str], order: Order, size: int) -> Window:
    """The page an address asks for. A malformed one is a 400: two starts at once, a cursor or a rank that is none."""
    starts = [name for name in (AFTER, BEFORE, LAST) if values.get(name)]
    number = whole(values.get(PAGE) or "1")
    repeated = any(len(values.getlist(name)) > 1 for name in ARGUMENTS)
    if repeated or len(starts) > 1 or not number or (number > 1 and not starts):
        abort(400)
    if not starts:
        return Window(size, None, backwards=False, number=1)
    start = starts[0]
    if start == LAST:
        if values[LAST] != "1":
            abort(400)
        return Window(size, None, backwards=True, number=number)
    return Window(size, order.read(values[start]), backwards=start == BEFORE, number=number)


def _written(value: Any) -> str:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(getattr(value, "value", value))


def _read(kind: Any, text: str) -> Any:
    """The value of a column of this type written in a cursor; 400 when it is none."""
    try:
        match kind:
            case sa.Enum():
                return kind.enum_class(text) if kind.enum_class else text
            case UtcDateTime():
                moment = dt.datetime.fromisoformat(text)
                return moment.astimezone(dt.UTC) if moment.tzinfo else abort(400)
            case Money():
                return Decimal(text) if _EUROS.fullmatch(text) else abort(400)
            case sa.Date():
                return dt.date.fromisoformat(text)
            case sa.Boolean():
                return {"True": True, "False": False}[text]
            case sa.Integer():
                number = whole(text)
                return abort(400) if number is None else number
    except (ValueError, KeyError, OverflowError):
        abort(400)
    return text
