"""The criteria of the staff grids that are not a plain column."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from flask_login import current_user
from sqlalchemy.sql import operators

from admin_views.criteria import ChoiceFilter, Choices, Filter, NumberFilter, Values, long_enough, typed
from admin_views.paging import Order
from admin_views.rows import read
from app.domain import numbers
from app.domain.enums import Phase
from app.extensions import db
from app.models import folded
from app.models.audit import AuditEntry
from app.models.corridors import Corridor
from app.models.referencings import Referencing
from app.models.requests import Avenant
from app.models.suppliers import Supplier
from app.services import audit_words, number_search, trigrams, worklists
from app.services.worklists import Task

WAITING = "attente"


@dataclass(frozen=True, slots=True)
class SupplierFilter(Filter):
    """A supplier, by his name or his SIRET."""

    expression: Any = None

    def condition(self, text: str) -> Any:
        return supplier_condition(text)


@dataclass(frozen=True, slots=True)
class RequestsOfFilter(SupplierFilter):
    """The requests of the suppliers found: their keys first, so that the list is read by supplier."""

    def condition(self, text: str) -> Any:
        keys = db.session.scalars(sa.select(Supplier.id).where(supplier_condition(text))).all()
        return Avenant.supplier_id == keys[0] if len(keys) == 1 else Avenant.supplier_id.in_(keys)

    def bounds(self, values: Values, found: Sequence[Any], order: Order) -> Sequence[Any]:
        """The numbers of one supplier stand together in an index of their own."""
        return [one for one in found if one.operator is operators.eq] if order.expression is Avenant.number else ()


@dataclass(frozen=True, slots=True)
class RequestsOfCorridorFilter(ChoiceFilter):
    """The requests of one corridor. Its numbers stand together among those of all."""

    expression: Any = Avenant.corridor_code
    choices: Any = field(default=lambda: corridors())

    def bounds(self, values: Values, found: Sequence[Any], order: Order) -> Sequence[Any]:
        code = typed(values, self.name) if order.expression is Avenant.number else ""
        return number_search.within_corridor(code) if code else ChoiceFilter.bounds(self, values, found, order)


@dataclass(frozen=True, slots=True)
class RequestNumberFilter(NumberFilter):
    """What concerns the requests whose number contains the text. `expression`: the request's key; `number`: the column
    of its number."""

    number: Any = None
    repeated = True

    @property
    def proposed(self) -> Any:
        return self.number

    def condition(self, text: str) -> Any:
        if number_search.is_looked_for(long_enough(text, self.name)):
            return self._of_those(number_search.contains(text))
        return self._with_one(number_search.begins(text, self.number))

    def sought(self, text: str) -> number_search.Sought:
        found = number_search.sought(text, self.number)
        searched = number_search.is_looked_for(text)
        return replace(found, condition=(self._of_those if searched else self._with_one)(found.condition))

    def _of_those(self, numbered: Any) -> Any:
        return self.expression.in_(sa.select(Avenant.request_id).where(numbered))

    def _with_one(self, numbered: Any) -> Any:
        return self.expression.is_not(None) if numbered is sa.true() else numbered


def supplier_condition(text: str) -> sa.ColumnElement[bool]:
    """Name or SIRET contains the text, spaces of a SIRET set aside."""
    return sa.or_(folded.contains(Supplier.name, text), Supplier.siret.contains(text.replace(" ", ""), autoescape=True))


@dataclass(frozen=True, slots=True)
class TaskFilter(ChoiceFilter):
    """What waits for the person himself: the same condition as the counters of his home."""

    expression: Any = None
    choices: Any = field(default=lambda: _tasks())

    def condition(self, text: str) -> Any:
        ChoiceFilter.condition(self, text)
        return worklists.with_supplier() if text == WAITING else worklists.condition(Task(text), current_user.id)

    def bounds(self, values: Values, found: Sequence[Any], order: Order) -> Sequence[Any]:
        """A task is one status; waiting is several, that no index holds together."""
        return () if typed(values, self.name) == WAITING else ChoiceFilter.bounds(self, values, found, order)


def _tasks() -> Choices:
    tasks = worklists.tasks_of(current_user)
    waiting = [(WAITING, "En attente du fournisseur")] if Task.INSTRUCT in tasks else []
    return [(task.value, task.label) for task in tasks] + waiting


@dataclass(frozen=True, slots=True)
class AnyOfFilter(Filter):
    """A text looked for in several columns at once."""

    expression: Any = ()

    def condition(self, text: str) -> Any:
        return sa.or_(*(folded.contains(column, text) for column in self.expression))


@dataclass(frozen=True, slots=True)
class AuditSubjectFilter(Filter):
    """What an entry of the journal is about: a whole number of request or dossier, else a part of the text."""

    indexed_apart = True

    def condition(self, text: str) -> Any:
        dossier = numbers.dossier_of(text)
        if dossier is None:
            return trigrams.SUBJECTS.contains(long_enough(text, self.name))
        whole = text.strip().upper()
        asked = [whole] if whole != dossier else [dossier, *(numbers.request(dossier, phase) for phase in Phase)]
        return sa.and_(AuditEntry.subject_kind.in_(audit_words.SUBJECTS), AuditEntry.subject.in_(asked))


def corridors() -> Choices:
    """The corridors that have a version."""
    query = sa.select(Corridor.code, Corridor.label).order_by(Corridor.code)
    return [(code, f"{code} – {label}") for code, label in read(query)]


def software_types() -> Choices:
    """The software types the ANS has referenced."""
    types = read(sa.select(Referencing.software_type).distinct().order_by(Referencing.software_type))
    return [(kind, kind) for (kind,) in types]
