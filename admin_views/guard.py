"""Who enters a screen. Nothing opens unless the screen says so: a stranger goes to the login, the others get 403."""

from typing import Any, ClassVar

from flask import abort, redirect, request, url_for
from flask_admin import AdminIndexView, BaseView
from flask_login import current_user
from werkzeug.wrappers import Response

from app.domain import permissions
from app.domain.enums import Role
from app.domain.permissions import Capability


class Guarded:
    """A staff screen names its `capability`; a supplier's screen sets `for_suppliers`. Neither: closed to everybody."""

    capability: Capability | None = None
    for_suppliers = False

    def is_accessible(self) -> bool:
        if not current_user.is_authenticated:
            return False
        roles = current_user.role_set
        if self.for_suppliers:
            return Role.SUPPLIER in roles
        return self.capability is not None and permissions.may(roles, self.capability)

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Response:
        if not current_user.is_authenticated:
            return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
        abort(403)


class Screen(Guarded, BaseView):
    """An own page: a form, one service call, an answer. `landing` names the method a link to the whole leads to, when
    none of its pages is « / »."""

    landing: ClassVar[str] = ""

    def __init__(self, **kwargs: Any) -> None:
        if self.landing:
            self._default_view = self.landing
        super().__init__(**kwargs)


class StaffHome(Guarded, AdminIndexView):
    """The home of all staff, whatever their role."""

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated and current_user.is_staff)


class SupplierHome(Guarded, AdminIndexView):
    for_suppliers = True
