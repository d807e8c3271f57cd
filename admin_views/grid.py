"""The one list of the portal: read-only, scoped, filtered, sorted, paged. Every grid inherits it.

Flask-Admin gives the place (menu, URL, endpoint, access); the rows are Core rows of the declared columns, never whole
objects. `scope()` feeds list, count, look-ups and single rows alike: what it leaves out is 404. Nothing is writable:
the generated create, edit, delete, inline and export addresses answer 404.
"""

import functools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import abort, jsonify, request
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from admin_views import column_filters, paging, table
from admin_views.arguments import refuse_unknown
from admin_views.columns import Column
from admin_views.criteria import Filter, NumberFilter
from admin_views.guard import Guarded
from admin_views.pager import Pager, kept, sort_from
from admin_views.paging import Order
from admin_views.rows import Join, Rows
from admin_views.surround import Surround
from admin_views.whole_numbers import whole
from app.domain import limits
from app.domain.errors import RuleBroken
from app.extensions import db

PAGE_SIZE = 50
PROPOSALS = 10
EVERY_ROW, NO_ROW = sa.true(), sa.false()  # the condition that a criterion gives when every row meets it, or none


class Grid(Guarded, ModelView):
    """Subclasses give `model`, `columns`, `filters`, the `joins` they read, and `scope` where a person sees a part."""

    model: ClassVar[Any]
    joins: ClassVar[Sequence[Join]] = ()
    columns: ClassVar[Sequence[Column]] = ()
    filters: ClassVar[Sequence[Filter]] = ()
    title: ClassVar[str] = ""
    list_heading: ClassVar[str] = ""
    actions_heading: ClassVar[str] = "Action"
    empty_text: ClassVar[str] = "Aucune donnée disponible dans le tableau"
    default_sort: ClassVar[tuple[str, bool]] = ("id", True)
    filter_required_above: ClassVar[int | None] = None
    filters_by_column: ClassVar[bool] = False
    page_template: ClassVar[str] = "grid/page.html"

    form_base_class = FlaskForm
    can_create = can_edit = can_delete = can_export = can_view_details = False
    column_editable_list = None  # writes even where can_edit is False: never set it
    action_disallowed_list: ClassVar[list[str]] = ["delete"]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(self.model, db, **kwargs)
        self.surround = Surround(self)

    # --- what subclasses say

    def scope(self) -> Sequence[Any]:
        """The WHERE of what this person may see: list, count, look-ups and single rows all pass here."""
        return ()

    def scope_at_hand(self) -> bool:
        """Whether the rows in scope are met at once in any order offered (`Rows.at_hand`)."""
        return False

    def row_url(self, row: Any) -> str | None:
        """Where « Consulter » leads."""
        return None

    def row_actions(self, row: Any) -> Sequence[tuple[str, str]]:
        """More links of a row: (label, address)."""
        return ()

    @property
    def has_row_links(self) -> bool:
        """True when a row leads somewhere; only then is there an « Action » column."""
        kind = type(self)
        return kind.row_url is not Grid.row_url or kind.row_actions is not Grid.row_actions

    def body(self, rows: Sequence[Any]) -> Markup:
        """The rows of the table."""
        return table.body(self.columns, rows, self._links if self.has_row_links else None)

    def kept_by_boxes(self) -> list[tuple[str, str]]:
        """What « Filtrer… » keeps of the address: all but the boxes, and where the page begins."""
        return kept(*column_filters.names(self.columns))

    def kept_by_criteria(self) -> list[tuple[str, str]]:
        """What « Rechercher » keeps of the address: the sort and the boxes."""
        return kept(*(name for criterion in self.filters for name in criterion.names))

    def _links(self, row: Any) -> list[table.RowLink]:
        url = self.row_url(row)
        return [*([("Consulter", url)] if url else ()), *self.row_actions(row)]

    # --- reading

    def more_columns(self) -> Sequence[Any]:
        """What `row_url` and `row_actions` read beside the columns shown."""
        return ()

    def rows_met(self, values: MultiDict[str, str], order: Order) -> tuple[Rows, bool]:
        """The rows in scope that meet the criteria, to be read in this order, and whether any was given. Raises
        `RuleBroken` at a bad field."""
        given = values.to_dict(flat=False)
        met = [(criterion, criterion.conditions(given)) for criterion in self.filters]
        boxes = column_filters.conditions(self.columns, given) if self.filters_by_column else []
        conditions = [*(condition for _, found in met for condition in found), *boxes]
        narrowing = [one for one in conditions if one is not EVERY_ROW]
        searched = bool(boxes) or any(
            criterion.indexed_apart and found[0] is not EVERY_ROW for criterion, found in met if found
        )
        looked_for = bool(boxes) or any(criterion.looks_for(given) for criterion in self.filters)
        rows = Rows(
            self.model,
            self.joins,
            tuple(self.scope()),
            tuple(narrowing),
            searched=searched,
            looked_for=looked_for,
            at_hand=not narrowing and self.scope_at_hand(),
            bounds=tuple(one for criterion, found in met for one in criterion.bounds(given, found, order)),
        )
        return rows, bool(conditions)

    def order_asked(self, text: str | None) -> Order:
        """The order an address asks for (« -number »: descending), or the usual one. An unknown one is a 400."""
        sort, descending = (text.removeprefix("-"), text.startswith("-")) if text else self.default_sort
        if sort == "id":
            return Order(self.model.id, self.model.id, descending, nullable=False)
        column = next((one for one in self.columns if one.key == sort and one.sortable), None)
        if column is None:
            abort(400)
        return Order(self.model.id, column.sorted_on, descending, self._nullable(column), column.unaided)

    def _nullable(self, column: Column) -> bool:
        """Whether rows without a value may be met: a column that may be empty, or of a table that may have no row."""
        read = getattr(column.expression, "table", None)
        always_there = [self.model, *(one.model for one in self.joins if not one.outer)]
        if any(read is one.__table__ for one in always_there):
            return bool(getattr(column.expression, "nullable", True))
        return True

    def one(self, key: str) -> Any:
        """The object of this id when the person may see it, else 404."""
        row_id = whole(key)
        if row_id is None:
            abort(404)
        return db.session.scalar(self.get_query().where(self.model.id == row_id)) or abort(404)

    def get_query(self) -> Any:
        """Flask-Admin's own door to the rows, closed on the same scope."""
        return sa.select(self.model).where(*self.scope())

    def get_count_query(self) -> Any:
        return sa.select(sa.func.count()).select_from(self.get_query().subquery())

    def get_one(self, id: Any) -> Any:
        return self.one(str(id))

    # --- answering

    @expose("/")
    def index_view(self) -> str | tuple[str, int]:
        self._refuse_unknown_arguments()
        order = self.order_asked(request.args.get(paging.SORT))
        window = paging.window(request.args, order, PAGE_SIZE)
        pager, errors, must_filter, found = None, {}, False, []
        try:
            rows, narrowed = self.rows_met(request.args, order)
            above = None if narrowed else self.filter_required_above
            total, met = rows.read(self._shown, order, window, above)
            must_filter = above is not None and total > above
            if not must_filter:
                better = window.instead(len(met), total)
                if better is not None:
                    window = better
                    total, met = rows.read(self._shown, order, window)
                pager = Pager.of(total, window, order)
                found = pager.turn(met)
        except RuleBroken as refusal:
            errors[refusal.field or ""] = str(refusal)
        answer = self.render(
            self.page_template,
            grid=self,
            rows=found,
            pager=pager,
            order=order,
            values=request.args,
            errors=errors,
            must_filter=must_filter,
            sort_from=sort_from(),
            **self.page_context(),
        )
        return (answer, 400) if errors else answer

    def page_context(self) -> dict[str, Any]:
        """More variables of the page."""
        return {}

    @functools.cached_property
    def _shown(self) -> sa.Select[Any]:
        """What a page reads of its rows (`Rows.read`), built once."""
        columns = [column.expression.label(column.key) for column in self.columns]
        return sa.select(self.model.id.label("id"), *columns, *self.more_columns())

    def _refuse_unknown_arguments(self) -> None:
        known = {*paging.ARGUMENTS, *(name for criterion in self.filters for name in criterion.names)}
        if self.filters_by_column:
            known.update(column_filters.names(self.columns))
        refuse_unknown(known)

    @expose("/propositions")
    def lookup(self) -> Response:
        """What a number field proposes: at most ten numbers containing the three characters typed, or more, in the
        usual order of the list; those that begin alike in the order of numbers, in the same direction."""
        name, text = request.args.get("champ", ""), request.args.get("q", "").strip()
        criterion = next((one for one in self.filters if one.name == name and isinstance(one, NumberFilter)), None)
        if criterion is None:
            abort(404)
        if not limits.AUTOCOMPLETE_FROM <= len(text) <= limits.CRITERION_LENGTH:
            return jsonify([])
        sought = criterion.sought(text)
        if sought.condition is NO_ROW:
            return jsonify([])
        rows = Rows(self.model, self.joins, tuple(self.scope()), (sought.condition,), searched=True)
        order = self.order_asked(None)
        if sought.together:
            order = replace(order, expression=criterion.proposed, nullable=False)
        found = rows.first(criterion.proposed, PROPOSALS, order, sought.values, repeated=criterion.repeated)
        return jsonify(found)

    # --- the generated writing addresses: not here

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Response:
        abort(404)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Response:
        abort(404)

    @expose("/details/")
    def details_view(self) -> Response:
        abort(404)

    @expose("/delete/", methods=("POST",))
    def delete_view(self) -> Response:
        abort(404)

    @expose("/action/", methods=("POST",))
    def action_view(self) -> Response:
        abort(404)

    @expose("/ajax/update/", methods=("POST",))
    def ajax_update(self) -> Response:
        abort(404)

    @expose("/ajax/lookup/")
    def ajax_lookup(self) -> Response:
        abort(404)

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Response:
        abort(404)
