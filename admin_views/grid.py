"""The one list of the portal: read-only, scoped, filtered, sorted, paged. Every grid inherits it.

Flask-Admin gives the place (menu, URL, endpoint, access); the rows are Core rows of the declared columns, never whole
objects. `scope()` feeds list, count, look-ups and single rows alike: what it leaves out is 404. Nothing is writable:
the generated create, edit, delete, inline and export addresses answer 404.
"""

from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import abort, jsonify, request
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from admin_views import column_filters
from admin_views.columns import Column
from admin_views.criteria import Filter, NumberFilter
from admin_views.guard import Guarded
from admin_views.whole_numbers import whole
from app.domain import limits
from app.domain.errors import RuleBroken
from app.extensions import db

PAGE_SIZE = 50
MAX_PAGE = 1_000_000
PROPOSALS = 10


class Grid(Guarded, ModelView):
    """Subclasses give `model`, `columns`, `filters`, and `scope` where a person sees only a part."""

    model: ClassVar[Any]
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

    # --- what subclasses say

    def joined(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """Join what the columns need."""
        return query

    def scope(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """Narrow to what this person may see: list, count, look-ups and single rows all pass here."""
        return query

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

    # --- reading

    def select(self, *extra: Any) -> sa.Select[Any]:
        """The scoped query over the declared columns, the key first."""
        columns = [column.expression.label(column.key) for column in self.columns]
        return self.scope(self.joined(sa.select(self.model.id.label("id"), *columns, *extra).select_from(self.model)))

    def filtered(self, values: MultiDict[str, str]) -> sa.Select[Any]:
        """The query narrowed by the criteria. Raises `RuleBroken` naming the field of a bad one."""
        query = self.select()
        for criterion in self.filters:
            query = criterion.narrow(query, values.to_dict(flat=False))
        if self.filters_by_column:
            query = column_filters.narrow(query, self.columns, values.to_dict(flat=False))
        return query

    def ordered(self, query: sa.Select[Any], sort: str, descending: bool) -> sa.Select[Any]:
        """Sorted on a column, the key breaking ties, so that pages never overlap."""
        column = next((one for one in self.columns if one.key == sort and one.sortable), None)
        key = self.model.id
        if column is None:
            if sort != "id":
                abort(400)
            return query.order_by(key.desc() if descending else key)
        ends = (column.expression, key)
        return query.order_by(*(end.desc() if descending else end for end in ends))

    def count(self, query: sa.Select[Any]) -> int:
        return db.session.scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0

    def one(self, key: str) -> Any:
        """The object of this id when the person may see it, else 404."""
        row_id = whole(key)
        if row_id is None:
            abort(404)
        query = self.scope(self.joined(sa.select(self.model).where(self.model.id == row_id)))
        return db.session.scalar(query) or abort(404)

    def get_query(self) -> Any:
        """Flask-Admin's own door to the rows, closed on the same scope."""
        return self.scope(self.joined(sa.select(self.model)))

    def get_count_query(self) -> Any:
        return sa.select(sa.func.count()).select_from(self.get_query().subquery())

    def get_one(self, id: Any) -> Any:
        return self.one(str(id))

    # --- answering

    @expose("/")
    def index_view(self) -> str | tuple[str, int]:
        page = _page_number(request.args.get("page", "1"))
        sort, descending = self._sort(request.args.get("tri"))
        errors: dict[str, str] = {}
        try:
            query = self.filtered(request.args)
        except RuleBroken as refusal:
            errors[refusal.field or ""] = str(refusal)
            query = None
        total = self.count(query) if query is not None else 0
        must_filter = self._must_filter(total)
        rows: Sequence[Any] = ()
        if query is not None and not must_filter:
            page = min(page, max(1, -(-total // PAGE_SIZE)))
            window = self.ordered(query, sort, descending).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
            rows = db.session.execute(window).all()
        answer = self.render(
            self.page_template,
            grid=self,
            rows=rows,
            total=total,
            page=page,
            pages=max(1, -(-total // PAGE_SIZE)),
            sort=sort,
            descending=descending,
            values=request.args,
            errors=errors,
            must_filter=must_filter,
            sorted_url=_sorted_url,
            page_url=_page_url,
            **self.page_context(),
        )
        return (answer, 422) if errors else answer

    def page_context(self) -> dict[str, Any]:
        """More variables of the page."""
        return {}

    def _filtering(self) -> bool:
        names = {name for criterion in self.filters for name in criterion.names}
        if self.filters_by_column:
            names.update(column_filters.names(self.columns))
        return any(request.args.get(name, "").strip() for name in names)

    def _must_filter(self, total: int) -> bool:
        above = self.filter_required_above
        return above is not None and total > above and not self._filtering()

    def _sort(self, text: str | None) -> tuple[str, bool]:
        if not text:
            return self.default_sort
        return text.lstrip("-"), text.startswith("-")

    @expose("/propositions")
    def lookup(self) -> Response:
        """What a number field proposes: at most ten numbers containing the three characters typed, or more."""
        name, text = request.args.get("champ", ""), request.args.get("q", "").strip()
        criterion = next((one for one in self.filters if one.name == name and isinstance(one, NumberFilter)), None)
        if criterion is None:
            abort(404)
        if len(text) < limits.AUTOCOMPLETE_FROM:
            return jsonify([])
        query = self.scope(self.joined(sa.select(criterion.expression).select_from(self.model)))
        query = query.where(criterion.condition(text)).order_by(criterion.expression).limit(PROPOSALS)
        return jsonify(list(db.session.scalars(query)))

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


def _sorted_url(key: str, descending: bool) -> str:
    """This list on another sort, from its first page."""
    return _with(tri=f"-{key}" if descending else key, page=None)


def _page_url(page: int) -> str:
    return _with(page=str(page))


def _with(**changes: str | None) -> str:
    """This address with some of its arguments changed; None takes one away."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in changes and value]
    kept += [(name, value) for name, value in changes.items() if value is not None]
    return f"{request.path}?{urlencode(kept)}"


def _page_number(text: str) -> int:
    page = whole(text)
    if page is None or not 1 <= page <= MAX_PAGE:
        abort(400)
    return page
