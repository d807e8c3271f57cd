"""Has this person just proved again who he is? If not, where he does, before he changes what is sensitive."""

from flask import g, redirect
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.users import WebSession
from app.services import step_up
from app.services.step_up import Purpose


def is_given() -> bool:
    """In this session, less than ten minutes ago."""
    row = db.session.get(WebSession, g.web_session_id)
    return row is not None and step_up.is_fresh(row)


def ask(purpose: Purpose) -> Response:
    """To the page that asks for it, which leads back."""
    return redirect(f"/segurnums/compte/confirmer?pour={purpose.value}", 303)
