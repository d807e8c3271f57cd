"""Has this person just proved again who he is? If not, where he does, before he changes what is sensitive."""

from flask import g, redirect
from werkzeug.wrappers import Response

from admin_views.supplier.pages import person
from app.extensions import db
from app.models.users import WebSession
from app.services import step_up, unfinished_forms
from app.services.step_up import Purpose
from app.services.unfinished_forms import Fields


def is_given() -> bool:
    """In this session, less than ten minutes ago."""
    row = db.session.get(WebSession, g.web_session_id)
    return row is not None and step_up.is_fresh(row)


def first(purpose: Purpose, path: str, fields: Fields, *, with_files: bool = False) -> Response:
    """The same for a form sent to `path` too late: what was typed waits, sealed; its file is to be chosen again."""
    unfinished_forms.keep(person(), path, fields, with_files=with_files)
    db.session.commit()
    return ask(purpose)


def kept(path: str) -> dict[str, str]:
    """What was typed there before the proof; nothing when nothing waits."""
    found = unfinished_forms.of(person())
    return dict(found[1]) if found and found[0].path == path else {}


def ask(purpose: Purpose) -> Response:
    """To the page that asks for it, which leads back."""
    return redirect(f"/segurnums/compte/confirmer?pour={purpose.value}", 303)
