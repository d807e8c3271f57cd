"""What a grid shows: its columns, declared once and read by list, sort, « Filtrer… » and page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.domain.folding import fold
from app.domain.labelled import Labelled
from app.models.folded import folded
from app.services import formats


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column. The label is the model's unless given; `shown` turns the value into text.

    `sorted_on`: what the list is sorted on, when it is not the value. A closed list is sorted as its labels read,
    unless it is told otherwise. `unaided`: an index holds the whole list in this order, and none the part that a
    criterion meets (`Order`)."""

    key: str
    expression: Any
    label: str = ""
    sortable: bool = True
    numeric: bool = False
    shown: Callable[[Any], str] = formats.shown
    badge: bool = False
    sorted_on: Any = None
    unaided: bool = False

    def __post_init__(self) -> None:
        if self.sorted_on is None:
            object.__setattr__(self, "sorted_on", _in_order(self.expression))

    @property
    def heading(self) -> str:
        info = getattr(self.expression, "info", {})
        return self.label or info.get("label", self.key)


def by_name(key: str, expression: Any, label: str = "", **more: Any) -> Column:
    """A column of names: sorted whatever their case and their accents."""
    return Column(key, expression, label, sorted_on=folded(expression), **more)


def _in_order(expression: Any) -> Any:
    """What sorts a column: the rank of its label for a closed list, else its value."""
    members = getattr(expression.type, "enum_class", None)
    if not members or not issubclass(members, Labelled):
        return expression
    labels = sorted(members, key=lambda member: fold(member.label))
    return sa.case(*((expression == member, rank) for rank, member in enumerate(labels)))
