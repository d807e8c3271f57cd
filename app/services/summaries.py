"""The summary tables: requests grouped by the database, pivoted by pandas, exact to the cent.

The same requests as the CSV exports (current, complete), among those the person sees. Only the groups reach Python, a
few thousand at most; amounts are whole cents from the database to the last sum, never floats.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from app.domain import limits
from app.domain.enums import PaymentState, Phase, RequestStatus, Role
from app.domain.errors import RuleBroken
from app.domain.labelled import Labelled
from app.domain.summary_tables import Dimension, Measure, Question
from app.extensions import db
from app.models.corridors import Corridor
from app.models.payments import Payment
from app.models.requests import Avenant
from app.models.suppliers import Supplier
from app.models.types import UtcDateTime
from app.services import audit, clock, formats, staff_scope
from app.services.actors import Actor

Value = int | Decimal
Headings = dict[Any, "Heading"]
ALL = "Tous"
TOTAL = "Total"


@dataclass(frozen=True, slots=True)
class Heading:
    """A value of a dimension, as shown; `month` is its first day when the value is a month."""

    label: str
    month: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its headings, one per dimension in rows, then its values."""

    headings: tuple[Heading, ...]
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """The answer. Values of a line: one per measure for each heading of `columns`, then for their total; only the
    total where nothing is in columns. `totals`: the same over all the lines. Euros are `Decimal`, counts `int`."""

    question: Question
    corridor: str
    columns: tuple[Heading, ...]
    lines: tuple[Line, ...]
    totals: tuple[Value, ...]
    made_at: dt.datetime

    @property
    def groups(self) -> tuple[Heading, ...]:
        """What the values come under, one heading for each run of measures; none where nothing is in columns."""
        return (*self.columns, Heading(TOTAL)) if self.question.columns else ()

    @property
    def blocks(self) -> list[list[Line]]:
        """The lines; where two dimensions are in rows, those of one value of the first together."""
        if len(self.question.rows) == 1:
            return [list(self.lines)] if self.lines else []
        return [list(lines) for _, lines in groupby(self.lines, key=lambda line: line.headings[0])]

    @property
    def columns_in_full(self) -> tuple[str, ...]:
        """The name of each column of values on one line: « 11/2026 – Montant payé »."""
        measures = self.question.measures
        if not self.groups:
            return tuple(measure.label for measure in measures)
        if len(measures) == 1:
            return tuple(group.label for group in self.groups)
        return tuple(f"{group.label} – {measure.label}" for group in self.groups for measure in measures)

    @property
    def criteria(self) -> tuple[tuple[str, str | dt.date], ...]:
        """(what, chosen) of the question, in words; days as days."""
        asked = self.question
        return (
            ("Mesures", ", ".join(measure.label for measure in asked.measures)),
            ("Lignes", ", ".join(dimension.label for dimension in asked.rows)),
            ("Colonnes", asked.columns.label if asked.columns else formats.NOTHING),
            ("Déposées à partir du", asked.deposited_from or formats.NOTHING),
            ("Déposées jusqu'au", asked.deposited_to or formats.NOTHING),
            ("Couloir", self.corridor),
            ("Type", asked.phase.label if asked.phase else ALL),
        )


def compute(question: Question, roles: Collection[Role]) -> Summary:
    """Answer with the requests these roles see. Raises `RuleBroken`: no such corridor, table too large."""
    corridor = _corridor(question.corridor)
    groups = _groups(question, roles)
    headings = [
        _HEADINGS[dimension]({group[place] for group in groups}) for place, dimension in enumerate(question.dimensions)
    ]
    columns = tuple(headings[-1].values()) if question.columns else ()
    _refuse_large(question, groups, len(columns))
    lines, totals = _pivoted(question, _ranked(groups, headings))
    labels = [tuple(one.values()) for one in headings]
    made = tuple(
        Line(tuple(labels[place][rank] for place, rank in enumerate(ranks)), _values(question, cells))
        for ranks, cells in lines
    )
    return Summary(question, corridor, columns, made, _values(question, totals), clock.now())


def record_export(summary: Summary, file_name: str, actor: Actor) -> None:
    """Audit that this table leaves in a file; committed before it does."""
    chosen = "; ".join(f"{what} : {formats.shown(value)}" for what, value in summary.criteria)
    audit.record("export", "export", file_name, actor, after={"title": summary.question.title}, comment=chosen)


# --- what the database groups


_KEYS: dict[Dimension, Any] = {
    # + "", + 0: a database would follow an index sorted on it and fetch a million rows one by one, three times slower.
    Dimension.CORRIDOR: Avenant.corridor_code + "",
    Dimension.PHASE: Avenant.phase,
    Dimension.STATUS: Avenant.status,
    Dimension.PAYMENT_STATE: Avenant.payment_state,
    Dimension.SOFTWARE: Avenant.software_type + "",
    Dimension.SUPPLIER: Avenant.supplier_id + 0,
}
_MONTHS: dict[Dimension, Any] = {
    Dimension.DEPOSITED: Avenant.deposited_at,
    Dimension.DECIDED: Avenant.decided_at,
    Dimension.PAID: Payment.paid_on,
}
_CENTS: dict[Measure, Any] = {
    Measure.DECLARED: Avenant.declared_ht,
    Measure.RETAINED: Avenant.retained,
    # The amount is known from the validation on; a cancelled request keeps it and is no longer decided.
    Measure.DECIDED: sa.case((Avenant.decided_at.is_not(None), Avenant.amount)),
    Measure.PAID: Payment.amount,
}


def _groups(question: Question, roles: Collection[Role]) -> Sequence[Any]:
    """One row per group: a key per dimension, then a whole number per measure (amounts in cents)."""
    keys = [_key(dimension).label(f"key_{place}") for place, dimension in enumerate(question.dimensions)]
    query = (
        _joined(sa.select(*keys, *map(_measured, question.measures)).select_from(Avenant), question)
        .where(Avenant.is_current, staff_scope.condition(roles), *_restrictions(question))
        .group_by(*(key.name for key in keys))
        .limit(limits.SUMMARY_CELLS + 1)
    )
    return db.session.execute(query).all()


def _key(dimension: Dimension) -> Any:
    """What the requests are grouped by; a month is its first day (2026-11-01), NULL where there is none."""
    if dimension not in _MONTHS:
        return _KEYS[dimension]
    column = _MONTHS[dimension]
    first, last = db.session.execute(sa.select(_end(sa.func.min, column), _end(sa.func.max, column))).one()
    if first is None:
        return sa.null()
    return sa.case((column.is_not(None), _month_among(column, list(_months_between(_day(first), _day(last))))))


def _end(of: Any, column: Any) -> Any:
    """The first or the last value, read at the end of the index where there is one."""
    query = sa.select(of(column))
    return (query.where(Avenant.is_current) if column.class_ is Avenant else query).scalar_subquery()


def _months_between(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The first days of the months these days are in, and of those between."""
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield dt.date(month // 12, month % 12 + 1, 1)


def _month_among(column: Any, months: Sequence[dt.date]) -> Any:
    """The month, found by halves among these: nothing but comparisons, so that neither database has to know Paris."""
    if len(months) == 1:
        return sa.literal(months[0].isoformat())
    middle = len(months) // 2
    start = clock.midnight(months[middle]) if isinstance(column.type, UtcDateTime) else months[middle]
    return sa.case((column < start, _month_among(column, months[:middle])), else_=_month_among(column, months[middle:]))


def _day(value: dt.date) -> dt.date:
    """The Paris day of an instant; a day as it is."""
    return clock.paris_day(value) if isinstance(value, dt.datetime) else value


def _measured(measure: Measure) -> Any:
    if not measure.is_money:
        return sa.func.count().label(measure.value)
    total = sa.func.sum(sa.type_coerce(_CENTS[measure], sa.BigInteger))
    return sa.cast(sa.func.coalesce(total, 0), sa.BigInteger).label(measure.value)


def _joined(query: sa.Select[Any], question: Question) -> sa.Select[Any]:
    """Only the tables this question needs: a join costs as much as the rest at a million requests."""
    if Measure.PAID in question.measures or Dimension.PAID in question.dimensions:
        paid = sa.and_(Payment.avenant_id == Avenant.id, Payment.paid_on.is_not(None))
        query = query.outerjoin(Payment, paid)
    return query


def _restrictions(question: Question) -> list[Any]:
    found: list[Any] = []
    if question.deposited_from:
        found.append(Avenant.deposited_at >= clock.midnight(question.deposited_from))
    if question.deposited_to:
        found.append(Avenant.deposited_at < clock.midnight(question.deposited_to + dt.timedelta(1)))
    if question.corridor:
        found.append(Avenant.corridor_code == question.corridor)
    if question.phase:
        found.append(Avenant.phase == question.phase)
    return found


def _corridor(code: str | None) -> str:
    """The name of the corridor asked. Raises `RuleBroken` when there is none."""
    if code is None:
        return ALL
    labels = {known: label for known, label in db.session.execute(sa.select(Corridor.code, Corridor.label))}
    if code not in labels:
        raise RuleBroken("Choisissez un couloir de la liste.", field="corridor")
    return f"{code} – {labels[code]}"


# --- what the values of a dimension are called, in the order shown


def _months(none: str) -> Callable[[Collection[str | None]], Headings]:
    """Months in their order; `none` is where there is no month, last."""

    def headings(keys: Collection[str | None]) -> Headings:
        days = {key: dt.date.fromisoformat(key) for key in sorted(key for key in keys if key)}
        named = {key: Heading(f"{day:%m/%Y}", day) for key, day in days.items()}
        return named | ({None: Heading(none)} if None in keys else {})

    return headings


def _members(enum: type[Labelled]) -> Callable[[Collection[Any]], Headings]:
    return lambda keys: {member: Heading(member.label) for member in enum if member in keys}


def _corridors(keys: Collection[str]) -> Headings:
    query = sa.select(Corridor.code, Corridor.label).where(Corridor.code.in_(keys)).order_by(Corridor.code)
    return {code: Heading(f"{code} – {label}") for code, label in db.session.execute(query)}


def _suppliers(keys: Collection[int]) -> Headings:
    """By name; the SIRET tells apart those of one name."""
    columns = (Supplier.id, Supplier.name, Supplier.siret)
    query = sa.select(*columns).where(Supplier.id.in_(keys)).order_by(Supplier.name, Supplier.siret)
    return {key: Heading(f"{name} ({siret})") for key, name, siret in db.session.execute(query)}


_HEADINGS: dict[Dimension, Callable[[Any], Headings]] = {
    Dimension.CORRIDOR: _corridors,
    Dimension.PHASE: _members(Phase),
    Dimension.STATUS: _members(RequestStatus),
    Dimension.PAYMENT_STATE: _members(PaymentState),
    Dimension.SOFTWARE: lambda keys: {key: Heading(key) for key in sorted(keys)},
    Dimension.DEPOSITED: _months(formats.NOTHING),
    Dimension.DECIDED: _months("Non décidée"),
    Dimension.PAID: _months("Non payée"),
    Dimension.SUPPLIER: _suppliers,
}


# --- the table


def _refuse_large(question: Question, groups: Sequence[Any], columns: int) -> None:
    """A table nobody reads is refused before it is made."""
    lines = len({group[: len(question.rows)] for group in groups})
    width = max(columns, 1) * len(question.measures)
    if width <= limits.SUMMARY_COLUMNS and lines * width <= limits.SUMMARY_CELLS:
        return
    raise RuleBroken(
        f"Le tableau serait trop grand (au plus {formats.whole(limits.SUMMARY_CELLS)} cases et"
        f" {limits.SUMMARY_COLUMNS} colonnes) : choisissez d'autres lignes ou colonnes, moins de mesures, ou une"
        " période plus courte.",
        field="columns" if width > limits.SUMMARY_COLUMNS else "rows",
    )


def _ranked(groups: Sequence[Any], headings: Sequence[Headings]) -> list[tuple[int, ...]]:
    """The same groups, each key replaced by its rank in the order shown: nothing but whole numbers."""
    ranks = [{key: rank for rank, key in enumerate(one)} for one in headings]
    return [
        (*(known[key] for known, key in zip(ranks, group, strict=False)), *group[len(headings) :]) for group in groups
    ]


def _pivoted(question: Question, ranked: list[tuple[int, ...]]) -> tuple[list[tuple[Any, Any]], Sequence[int]]:
    """([(ranks of the row, cells)], totals): whole numbers, absent groups are zeros."""
    import pandas  # here: it takes a second and 60 MiB that no other screen needs

    rows = [f"row_{place}" for place in range(len(question.rows))]
    column = ["column"] if question.columns else []
    measures = [measure.value for measure in question.measures]
    frame = pandas.DataFrame(ranked, columns=[*rows, *column, *measures], dtype="int64")
    table = frame.groupby(rows)[measures].sum()
    if column:
        wide = frame.set_index([*rows, *column])[measures].unstack("column", fill_value=0)
        order = [(measure, rank) for rank in sorted(frame["column"].unique()) for measure in measures]
        table = pandas.concat([wide[order], table], axis=1)
    ranks = [index if isinstance(index, tuple) else (index,) for index in table.index.tolist()]
    return list(zip(ranks, table.to_numpy().tolist(), strict=True)), table.sum().tolist()


def _values(question: Question, cells: Sequence[int]) -> tuple[Value, ...]:
    """Cells come by measures in turn: cents become euros."""
    money = [measure.is_money for measure in question.measures]
    return tuple(Decimal(cell).scaleb(-2) if money[rank % len(money)] else cell for rank, cell in enumerate(cells))
