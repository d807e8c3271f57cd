"""What a search form is made of: each criterion says how what was typed narrows the list.

Those that only the staff's grids have are in `admin_views.staff.criteria`.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from admin_views.paging import Order
from app.domain import limits, periods
from app.domain.errors import RuleBroken
from app.domain.labelled import Labelled
from app.models import folded
from app.services import clock, known_values, number_search

Choices = Sequence[tuple[str, str]]
Values = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Filter:
    """A named criterion of the search form. Subclasses say how the text typed narrows the list. `along`: an index holds
    what it meets in the order of this column. `indexed_apart`: what it meets is found by an index that no list is
    sorted on."""

    name: str
    label: str
    expression: Any
    along: Any = field(default=None, kw_only=True)

    kind = "text"
    indexed_apart = False

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def conditions(self, values: Values) -> list[Any]:
        """The WHERE of what was typed, none when nothing was. Raises `RuleBroken` naming the field of what is wrong."""
        text = typed(values, self.name)
        return [self.condition(text)] if text else []

    def condition(self, text: str) -> Any:
        """Contains, whatever the case and the accents."""
        return folded.contains(self.expression, text)

    def looks_for(self, values: Values) -> bool:
        """Whether what was typed is looked for, row by row or in that index: all it meets is not to be gathered."""
        return self.indexed_apart and bool(typed(values, self.name))

    def bounds(self, values: Values, found: Sequence[Any], order: Order) -> Sequence[Any]:
        """What is true of the rows it meets, and shortens a walk along the index of this order (`Rows`). `found`: its
        conditions."""
        return found if self.along is order.expression else ()


@dataclass(frozen=True, slots=True)
class KnownValueFilter(Filter):
    """Contains, for a column that takes few values in a table that is long. `shown`: how a value is shown."""

    shown: Callable[[str], str] = str
    indexed_apart = True

    def condition(self, text: str) -> Any:
        return known_values.contains(self.expression, text, self.shown)


@dataclass(frozen=True, slots=True)
class NumberFilter(Filter):
    """« Numéro de demande »: contains, from three characters, proposed as one types from `lookup`. `repeated`: several
    rows of the list may bear the same number."""

    kind = "lookup"
    indexed_apart = True
    repeated = False

    @property
    def proposed(self) -> Any:
        """The column of the numbers proposed."""
        return self.expression

    def condition(self, text: str) -> Any:
        return number_search.contains(long_enough(text, self.name))

    def looks_for(self, values: Values) -> bool:
        text = typed(values, self.name)
        return bool(text) and number_search.is_looked_for(text)

    def bounds(self, values: Values, found: Sequence[Any], order: Order) -> Sequence[Any]:
        """The numbers that begin alike stand together."""
        return number_search.bounds(typed(values, self.name)) if found and order.expression is self.expression else ()

    def sought(self, text: str) -> number_search.Sought:
        """The condition without the text, three characters or more, and what it lacks."""
        return number_search.sought(text)


@dataclass(frozen=True, slots=True)
class ChoiceFilter(Filter):
    """One value of a list; the empty one is « Tous »."""

    choices: Callable[[], Choices] = field(default=lambda: ())
    kind = "choice"

    def condition(self, text: str) -> Any:
        if text not in dict(self.choices()):
            raise RuleBroken("Choisissez une valeur de la liste.", field=self.name)
        return self.expression == text


@dataclass(frozen=True, slots=True)
class MultiChoiceFilter(ChoiceFilter):
    """Several values of a list at once."""

    kind = "multi"

    def conditions(self, values: Values) -> list[Any]:
        chosen = [text for text in values.get(self.name, []) if text]
        if not chosen:
            return []
        if not set(chosen) <= set(dict(self.choices())):
            raise RuleBroken("Choisissez des valeurs de la liste.", field=self.name)
        return [self.expression == chosen[0] if len(chosen) == 1 else self.expression.in_(chosen)]

    def bounds(self, values: Values, found: Sequence[Any], order: Order) -> Sequence[Any]:
        """No index holds several values together."""
        several = len([text for text in values.get(self.name, []) if text]) > 1
        return () if several else ChoiceFilter.bounds(self, values, found, order)


@dataclass(frozen=True, slots=True)
class PeriodFilter(Filter):
    """« Déposée entre le » / « et le »: both days (Paris, included) or none."""

    label_to: str = "Et le"
    kind = "period"

    @property
    def names(self) -> tuple[str, str]:
        return (f"{self.name}_du", f"{self.name}_au")

    def conditions(self, values: Values) -> list[Any]:
        texts = [typed(values, name) for name in self.names]
        if not any(texts):
            return []
        if not all(texts):
            missing = self.names[texts.index("")]
            raise RuleBroken("Renseignez les deux dates, ou aucune.", field=missing)
        start, end = (_day(text, name) for text, name in zip(texts, self.names, strict=True))
        periods.check(start, end, self.names)
        return [self.expression >= clock.midnight(start), self.expression < clock.midnight(end + dt.timedelta(1))]


def _day(text: str, name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as bad:
        raise RuleBroken("Saisissez une date : jj/mm/aaaa.", field=name) from bad


def typed(values: Values, name: str) -> str:
    """What was typed in a field, its spaces around set aside; empty when it is not there. Raises `RuleBroken` when it
    is longer than anything it may find."""
    text = (values.get(name) or [""])[0].strip()
    if len(text) > limits.CRITERION_LENGTH:
        raise RuleBroken(f"Saisissez {limits.CRITERION_LENGTH} caractères au plus.", field=name)
    return text


def long_enough(text: str, name: str) -> str:
    """The text, when an index of trigrams may find it. Raises `RuleBroken` under three characters."""
    if len(text) < limits.AUTOCOMPLETE_FROM:
        raise RuleBroken(f"Saisissez au moins {limits.AUTOCOMPLETE_FROM} caractères.", field=name)
    return text


def choices_of(enum: type[Labelled], without: Sequence[Labelled] = ()) -> Callable[[], Choices]:
    """The members of a closed list, for a filter."""
    offered = [(member.value, member.label) for member in enum if member not in without]
    return lambda: offered
