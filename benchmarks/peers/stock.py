"""Stock Flask-Admin: `ModelView` on our models, its own templates, Flask-Login, the same columns and scoping.

Nothing of the library is changed but what a careful user sets: relations loaded by a join, French, the scope in its
two queries. The deep list is offset, the total is counted, the CSV export is its own.
"""

from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Flask, request
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_babel import Babel
from flask_login import LoginManager, current_user, login_user
from sqlalchemy.orm import joinedload

from admin_views.grid import PAGE_SIZE
from app.domain.enums import RequestStatus
from app.extensions import db, set_reading
from app.models.dossiers import Dossier
from app.models.requests import Avenant, FundingRequest
from app.models.users import User

STAFF_COLUMNS = (
    "number", "phase", "request.dossier.software_type", "supplier.name",
    "editor_number", "deposited_at", "status", "status_changed_at", "payment_state", "declared_ht", "retained",
    "amount",
)  # fmt: skip
SUPPLIER_COLUMNS = (
    "number", "phase", "editor_number", "request.dossier.software_type", "deposited_at", "status", "payment_state",
    "supplier.name", "declared_ht",
)  # fmt: skip


class StaffRequests(ModelView):
    """Every current request, as the staff's grid lists them."""

    page_size = PAGE_SIZE
    can_create = can_edit = can_delete = False
    can_export, export_max_rows = True, 0
    column_list = STAFF_COLUMNS
    column_sortable_list = ("number", "deposited_at", "status_changed_at", "declared_ht")
    column_default_sort: ClassVar[Any] = [("deposited_at", True), ("id", True)]
    column_searchable_list = ("number",)
    column_filters = ("status", "phase")
    named_filter_urls = True

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated)

    def scoped(self, query: Any) -> Any:
        return query.filter(Avenant.is_current, Avenant.status != RequestStatus.INCOMPLETE)

    def get_query(self) -> Any:
        dossier = joinedload(Avenant.request).joinedload(FundingRequest.dossier).load_only(Dossier.software_type)
        return self.scoped(super().get_query().options(dossier, joinedload(Avenant.supplier)))

    def get_count_query(self) -> Any:
        return self.scoped(super().get_count_query())


class SupplierRequests(StaffRequests):
    """Those of the supplier logged in, the last deposited first."""

    column_list = SUPPLIER_COLUMNS

    def scoped(self, query: Any) -> Any:
        return super().scoped(query).filter(Avenant.supplier_id == current_user.supplier_id)


def create(database_url: str) -> Flask:
    """The WSGI application: `POST /login` with a `username`, `/staff/`, `/supplier/`."""
    flask = Flask(__name__)
    flask.config |= {
        "SECRET_KEY": "banc-d-essai",
        "SQLALCHEMY_DATABASE_URI": database_url.replace("postgresql:", "postgresql+psycopg:"),
    }
    db.init_app(flask)
    Babel(flask, default_locale="fr")
    LoginManager(flask).user_loader(_user)
    flask.before_request(lambda: set_reading(True))
    flask.add_url_rule("/login", view_func=_login, methods=["POST"])
    admin = Admin(flask, name="Demandes")
    admin.add_view(StaffRequests(Avenant, db, endpoint="staff", url="/staff"))
    admin.add_view(SupplierRequests(Avenant, db, endpoint="supplier", url="/supplier"))
    return flask


def _user(uniquifier: str) -> User | None:
    return db.session.scalar(sa.select(User).where(User.fs_uniquifier == uniquifier))


def _login() -> str:
    """Passwords are no part of what is measured."""
    login_user(db.session.scalars(sa.select(User).where(User.username == request.form["username"])).one())
    return "ok"
