"""What stands around the rows of a list, its search form, its headings and its boxes, as HTML (`grid/parts.html`).

Drawn once for each way it may look: a criterion that nobody filled is the same on every page. What somebody typed is
drawn for him, and not kept.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flask import current_app, request
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict

from admin_views import column_filters
from admin_views.criteria import ChoiceFilter, Filter
from admin_views.paging import Order

if TYPE_CHECKING:
    from admin_views.grid import Grid

Values = MultiDict[str, str]
KEPT = 512  # ways a criterion looks: a supplier's own choices make one each
_HERE = "\0"  # stands for the address of the list in headings that are kept; no address holds one


class Criteria:
    """The search form of a list that has these criteria, whether it is a grid or not."""

    def __init__(self, criteria: Sequence[Filter]) -> None:
        self._named = {one.name: one for one in criteria}
        self._blank_criterion = functools.lru_cache(KEPT)(self._criterion)

    def criterion(self, criterion: Filter, values: Values, errors: Mapping[str, str]) -> Markup:
        """One field of the search form, with what was typed in it."""
        offered = tuple(criterion.choices()) if isinstance(criterion, ChoiceFilter) else ()
        typed = any(text for name in criterion.names for text in values.getlist(name))
        if typed or not errors.keys().isdisjoint(criterion.names):
            return _macro("criterion")(criterion, offered, values, errors, request.path)
        return self._blank_criterion(criterion.name, offered, request.path)

    def _criterion(self, name: str, offered: Sequence[tuple[str, str]], path: str) -> Markup:
        return _macro("criterion")(self._named[name], offered, MultiDict(), {}, path)


class Surround(Criteria):
    """All that stands around the rows of one grid."""

    def __init__(self, grid: "Grid") -> None:
        super().__init__(grid.filters)
        self._grid = grid
        self._head = functools.cache(self._drawn_head)
        self._blank_boxes = functools.cache(lambda: _macro("boxes")(grid, MultiDict(), {}))

    def head(self, order: Order, sort_from: str) -> Markup:
        """The headings, each leading to its sort. `sort_from`: the address of the list, up to the sort (`pager`)."""
        here = next((one.key for one in self._grid.columns if order.expression is one.sorted_on), "")
        return Markup(self._head(here, order.descending).replace(_HERE, escape(sort_from)))

    def _drawn_head(self, here: str, descending: bool) -> str:
        return str(_macro("head")(self._grid, here, descending, _HERE))

    def boxes(self, values: Values, errors: Mapping[str, str]) -> Markup:
        """« Filtrer… » under each heading, with what was typed there."""
        names = column_filters.names(self._grid.columns)
        if any(values.get(name) for name in names) or not errors.keys().isdisjoint(names):
            return _macro("boxes")(self._grid, values, errors)
        return self._blank_boxes()


def _macro(name: str) -> Any:
    return getattr(current_app.jinja_env.get_template("grid/parts.html").module, name)
