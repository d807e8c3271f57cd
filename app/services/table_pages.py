"""How is a long table of a request cut into pages? 200 establishments are read twenty at a time.

Guide « Les écrans du portail », § 5.2: « Précédent 1 Suivant » under each table of the accordions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, TypeVar

from app.domain import limits

Row = TypeVar("Row")
Asked = Mapping[str, int]  # by key of a table, the page asked in the address
NO_PAGE: Asked = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows of one page of a table. `key` names the table in the address and in the page; pages are numbered from 1.

    `asked`: this table's page is in the address, so that its accordion must be open.
    """

    key: str
    rows: tuple[Row, ...]
    number: int
    count: int
    total: int
    asked: bool

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def following(self) -> int | None:
        return self.number + 1 if self.number < self.count else None


def cut(key: str, rows: Sequence[Row], asked: Asked) -> Page[Row]:
    """The page asked of this table; the nearest one when there is no such page."""
    size = limits.DETAIL_ROWS
    count = max(1, -(-len(rows) // size))
    number = min(max(1, asked.get(key, 1)), count)
    start = (number - 1) * size
    return Page(key, tuple(rows[start : start + size]), number, count, len(rows), key in asked)
