"""A form sent after the session had expired is not lost: it is kept, and offered once the person is in again.

Only for the very browser whose session expired: not after a logout, nor a session ended elsewhere.
"""

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from app.extensions import db
from app.services import unfinished_forms
from app.web import entering, lost_credentials, own_access, sessions, step_up

blueprint = Blueprint("resuming", __name__)
_NEVER_KEPT = frozenset({"csrf_token", "password", "captcha", "captcha_token"})
# Where these names are those of secrets; elsewhere a code is that of a corridor, an answer that of a frequent question.
_OF_CREDENTIALS = frozenset(
    {
        own_access.SUPPLIER,
        own_access.STAFF,
        "security",
        *(one.blueprint.name for one in (entering, lost_credentials, step_up)),
    }
)
_SECRETS = frozenset({"old", "new", "again", "answer", "code"})


def init_app(app: Flask) -> None:
    app.after_request(_keep)
    app.register_blueprint(blueprint)


def _keep(response: Response) -> Response:
    """Where a POST was answered by the login page: keep its fields, and let the login lead to them."""
    if request.method != "POST" or response.status_code != 302 or not _to_login(response):
        return response
    user = sessions.expired_user()
    if user is None:
        return response
    unkept = _NEVER_KEPT | (_SECRETS if request.blueprint in _OF_CREDENTIALS else frozenset())
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in unkept]
    if fields:
        unfinished_forms.keep(user, request.full_path.rstrip("?"), fields, with_files=bool(request.files))
        db.session.commit()
        response.headers["Location"] = url_for("security.login", next=url_for("resuming.page"))
    return response


def _to_login(response: Response) -> bool:
    return response.headers.get("Location", "").partition("?")[0] == url_for("security.login")


@blueprint.get("/segurnums/reprise")
def page() -> ResponseReturnValue:
    """What was being sent, to be sent again with one click."""
    if not current_user.is_authenticated:
        return redirect(url_for("security.login", next=request.path))
    kept = unfinished_forms.of(current_user._get_current_object())
    if kept is None:
        abort(404)
    row, fields = kept
    return render_template("security/resume.html", path=row.path, fields=fields, with_files=row.with_files)
