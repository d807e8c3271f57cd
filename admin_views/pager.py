"""What stands under a list: how many rows, and the addresses of its first, previous, next and last pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from flask import request

from admin_views import paging
from admin_views.paging import Order, Window
from app.domain import limits
from app.services import formats


@dataclass(slots=True)
class Pager:
    """`links` holds the addresses there are to go to. `pages` is None when there are too many to say."""

    total: int
    window: Window
    order: Order
    pages: int | None
    links: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, total: int, window: Window, order: Order) -> "Pager":
        """`total`: as counted (`Rows.count`). The last page of a list counted whole holds what the others left."""
        if total > limits.COUNTED_UP_TO:
            return cls(total, window, order, None)
        pages = max(1, -(-total // window.size))
        if window.cursor is None and window.backwards:
            window = replace(window, size=total - (pages - 1) * window.size or window.size, number=pages)
        return cls(total, window, order, pages)

    @property
    def counted(self) -> str:
        """« 812 lignes », « plus de 10 000 lignes »."""
        return f"{formats.counted(self.total, limits.COUNTED_UP_TO)} ligne{'s' if self.total > 1 else ''}"

    @property
    def place(self) -> str:
        """« Page 3 sur 12 »; empty in a list too long to have numbered pages."""
        return f"Page {min(self.window.number, self.pages)} sur {self.pages}" if self.pages else ""

    def turn(self, found: Sequence[Any]) -> list[Any]:
        """The rows of the page in the order of the list, from those read (`Rows.read`); notes where else one may go."""
        window, size = self.window, self.window.size
        further = len(found) > size
        page = list(found[:size])
        if window.backwards:
            page.reverse()
        before = further if window.backwards else window.cursor is not None
        after = (window.backwards and window.cursor is not None) or (further and not window.backwards)
        number = window.number
        if before:
            self.links["first"] = _with({})
            if page:
                start = self.order.cursor_of(page[0])
                self.links["prev"] = _with({paging.BEFORE: start, paging.PAGE: max(1, number - 1)})
        if after:
            if page:
                end = self.order.cursor_of(page[-1])
                self.links["next"] = _with({paging.AFTER: end, paging.PAGE: number + 1})
            self.links["last"] = _with({paging.LAST: 1})
        return page


def sort_from() -> str:
    """Where this list is from its first page, up to its sort: what follows is the key of a column, after a « - » when
    it descends."""
    return _with({paging.SORT: ""})


def kept(*left: str) -> list[tuple[str, str]]:
    """The criteria and the sort of this address, and not where its page begins. `left`: what is left out besides."""
    out = {paging.AFTER, paging.BEFORE, paging.LAST, paging.PAGE, *left}
    return [(name, value) for name, value in request.args.items(multi=True) if value and name not in out]


def _with(changes: Mapping[str, str | int]) -> str:
    """This list from its start, with these arguments: its criteria and, unless changed, its sort are kept."""
    arguments = urlencode([*kept(*changes), *changes.items()])
    return f"{request.path}?{arguments}" if arguments else request.path
