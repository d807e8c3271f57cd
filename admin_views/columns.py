"""What a grid shows: its columns, declared once and read by list, sort, « Filtrer… » and page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.services import formats


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column. The label is the model's unless given; `shown` turns the value into text."""

    key: str
    expression: Any
    label: str = ""
    sortable: bool = True
    numeric: bool = False
    shown: Callable[[Any], str] = formats.shown
    badge: bool = False

    @property
    def heading(self) -> str:
        info = getattr(self.expression, "info", {})
        return self.label or info.get("label", self.key)
