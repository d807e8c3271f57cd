"""Which addresses does each list of the portal have? Itself, its end, each sort, each box, each criterion; of the
longest, each criterion on each sort.

They are read from the lists themselves: one that is added, or a criterion, is looked at without a word here. What is
asked is taken from the rows of the world, and what no row holds besides.
"""

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask

from admin_views import column_filters
from admin_views.criteria import ChoiceFilter, Filter, NumberFilter, PeriodFilter
from admin_views.grid import Grid
from admin_views.rows import joined
from app.demo import people
from app.domain import permissions
from app.domain.labelled import Labelled
from app.extensions import db
from app.models.requests import Avenant
from app.models.types import UtcDateTime
from benchmarks import portal

PERIOD = ("2025-03-01", "2025-03-31")
NUMBERS = ("719", "FIN", "MDV", "INM", "FINMDV0", "ZZZ", portal.HELD_BY_NONE)
SUPPLIER, ABSENT = "LOGICIELS 250", "zzzz"
Asked = list[tuple[str, str]]


def by_person(flask: Flask, supplier: str, supplier_id: int) -> dict[str, list[str]]:
    """The addresses of every list, by who may read it; `supplier` reads his own. Inside an application context."""
    found: dict[str, list[str]] = {}
    for view in (one for site in flask.extensions["admin"] for one in site._views if isinstance(one, Grid)):
        who = supplier if view.for_suppliers else _reader(view)
        of_supplier = getattr(view.model, "supplier_id", None) if view.for_suppliers else None
        own = sa.true() if of_supplier is None else of_supplier == supplier_id
        every = (*_sorts(view), *_boxes(view, own), *_criteria(view, own), *_pairs(view, own))
        asked = [urlencode(one) for one in every]
        found.setdefault(who, []).extend(f"{view.url}/?{one}" for one in asked)
    return found


def _reader(view: Grid) -> str:
    """The first member of the staff who may read this list."""
    return next(one.username for one in people.STAFF if permissions.may([one.role], view.capability))


def _sorts(view: Grid) -> Iterator[Asked]:
    # A supplier's long list asks for a criterion: the sorts are those of one that all his rows meet.
    met = [("numero", "FIN")] if view.filter_required_above else []
    yield []
    yield [*met, ("fin", "1")]
    for column in view.columns:
        if column.sortable:
            yield [*met, ("tri", column.key)]
            yield [*met, ("tri", f"-{column.key}")]


def _boxes(view: Grid, own: Any) -> Iterator[Asked]:
    if not view.filters_by_column:
        return
    for column in view.columns:
        name = column_filters.PREFIX + column.key
        for text in dict.fromkeys(_texts(view, column.expression, own)):
            yield [(name, text)]
            yield [(name, text), ("tri", "declared_ht")] if view.filter_required_above else [(name, text)]


def _criteria(view: Grid, own: Any) -> Iterator[Asked]:
    for criterion in view.filters:
        yield from _values(view, criterion, own)


def _pairs(view: Grid, own: Any) -> Iterator[Asked]:
    """Each criterion of the longest list on each of its sorts: an index may serve one, and be walked in vain for both;
    of a number, every text: what it is says where its numbers stand. The list of a supplier holds his own rows,
    whatever the sort."""
    if view.model is not Avenant or view.for_suppliers:
        return
    for criterion in view.filters:
        for asked in islice(_values(view, criterion, own), None if isinstance(criterion, NumberFilter) else 1):
            yield from ([*asked, ("tri", f"-{column.key}")] for column in view.columns if column.sortable)


def _values(view: Grid, criterion: Filter, own: Any) -> Iterator[Asked]:
    match criterion:
        case PeriodFilter():
            yield list(zip(criterion.names, PERIOD, strict=True))
        case ChoiceFilter():
            yield from ([(criterion.name, value)] for value in _choices(criterion))
        case NumberFilter():
            yield from ([(criterion.name, number)] for number in NUMBERS)
        case _:
            yield from ([(criterion.name, text)] for text in _typed(view, criterion, own))


def _choices(criterion: ChoiceFilter) -> list[str]:
    """The values offered; those that depend on who asks are none of ours (`plans`)."""
    try:
        return [value for value, _ in criterion.choices()]
    except AttributeError:  # of nobody logged in
        return []


def _typed(view: Grid, criterion: Filter, own: Any) -> list[str]:
    expressions = criterion.expression if isinstance(criterion.expression, tuple) else (criterion.expression,)
    if expressions[0] is None:
        return [SUPPLIER, ABSENT]
    return list(dict.fromkeys(text for one in expressions for text in _texts(view, one, own)))


def _texts(view: Grid, expression: Any, own: Any) -> list[str]:
    """What may be typed of a column: a part of a value met, and what is met nowhere."""
    query = joined(sa.select(expression).select_from(view.model), view.joins)
    value = db.session.scalar(query.where(own, expression.is_not(None)).limit(1))
    if isinstance(value, Labelled):
        return [value.label, ABSENT]
    if isinstance(value, dt.datetime | dt.date):
        return [f"{value:%m/%Y}", f"{value:%d/%m/%Y}"] if isinstance(expression.type, UtcDateTime) else [f"{value:%Y}"]
    if isinstance(value, str):
        return [value[1:9] if len(value) > 9 else value, ABSENT]
    if isinstance(value, list):
        return [str(value[0])]
    return [] if value is None else [str(value)]
