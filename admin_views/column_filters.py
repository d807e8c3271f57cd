"""« Filtrer… » under each heading: how the text typed there narrows the list, by the type of the column.

Guide « Les écrans du portail », § 3.1 and § 5.1. Text: contains; a closed list: its label contains; a date: the day
(jj/mm/aaaa), the month (mm/aaaa) or the year; an amount: that amount.
"""

import calendar
import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from admin_views.columns import Column
from admin_views.criteria import Values, typed
from admin_views.whole_numbers import whole
from app.domain.errors import RuleBroken
from app.domain.folding import holds
from app.domain.labelled import Labelled
from app.models import folded
from app.models.types import Money, UtcDateTime
from app.services import clock

PREFIX = "f_"
_DATE = re.compile(r"(?:(?:(?P<day>\d{1,2})/)?(?P<month>\d{1,2})/)?(?P<year>[12]\d{3})")
_SPACES = re.compile(r"\s")
_AMOUNT = re.compile(r"\d{1,12}([.,]\d{1,2})?")
_NO_SUCH = sa.false()


def names(columns: Sequence[Column]) -> list[str]:
    return [PREFIX + column.key for column in columns]


def conditions(columns: Sequence[Column], values: Values) -> list[Any]:
    """The WHERE of every filled box. Raises `RuleBroken` naming the box of an unreadable one."""
    boxes = [(column, typed(values, PREFIX + column.key)) for column in columns]
    return [_condition(column, text) for column, text in boxes if text]


def _condition(column: Column, text: str) -> Any:
    expression, kind = column.expression, column.expression.type
    match kind:
        case sa.Enum():
            return _labelled(expression, kind, text)
        case UtcDateTime() | sa.Date():
            return _dated(column, text, instants=isinstance(kind, UtcDateTime))
        case Money():
            return expression == _amount(column, text)
        case sa.JSON():
            return folded.contains(folded.listed(expression), text)
        case sa.Integer():
            number = whole(text)
            return _NO_SUCH if number is None else expression == number
    return folded.contains(expression, text)


def _labelled(expression: Any, kind: sa.Enum, text: str) -> Any:
    members = kind.enum_class or ()
    return expression.in_([one for one in members if isinstance(one, Labelled) and holds(one.label, text)])


def _dated(column: Column, text: str, *, instants: bool) -> Any:
    first, last = _span(column, text)
    if instants:
        start, end = (clock.midnight(day) for day in (first, last + dt.timedelta(1)))
        return sa.and_(column.expression >= start, column.expression < end)
    return column.expression.between(first, last)


def _span(column: Column, text: str) -> tuple[dt.date, dt.date]:
    found = _DATE.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        year, month, day = (int(found[part]) if found[part] else None for part in ("year", "month", "day"))
        first = dt.date(year or 0, month or 1, day or 1)
        last_month = month or 12
        return first, first if day else dt.date(first.year, last_month, calendar.monthrange(first.year, last_month)[1])
    except ValueError as bad:
        raise RuleBroken("Saisissez une date (jj/mm/aaaa), un mois (mm/aaaa) ou une année.", _name(column)) from bad


def _amount(column: Column, text: str) -> Decimal:
    text = _SPACES.sub("", text)  # as a summary table writes thousands
    if not _AMOUNT.fullmatch(text):
        raise RuleBroken("Saisissez un montant, par exemple 4444.44.", _name(column))
    return Decimal(text.replace(",", "."))


def _name(column: Column) -> str:
    return PREFIX + column.key
