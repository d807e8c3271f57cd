"""Who may open a supplier's page that is not one of his admin?"""

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.domain.enums import Role


def refuse_others() -> ResponseReturnValue | None:
    """The login for a stranger, 403 for who is no supplier; None for a supplier."""
    if not current_user.is_authenticated:
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
    if Role.SUPPLIER not in current_user.role_set:
        abort(403)
    return None
