"""The image and the sound of a captcha, and the answer given to one in a form."""

from collections.abc import Callable

from flask import Blueprint, Response, abort, request

from app.domain.errors import RuleBroken
from app.extensions import db, limiter
from app.services import captchas

blueprint = Blueprint("captchas", __name__)


@blueprint.get("/segurnum/captcha/<token>.png")
def image(token: str) -> Response:
    return Response(_made(captchas.image, token), mimetype="image/png")


@blueprint.get("/segurnum/captcha/<token>.wav")
@limiter.limit("30 per minute")  # half a second of work each
def sound(token: str) -> Response:
    return Response(_made(captchas.sound, token), mimetype="audio/wav")


@blueprint.get("/segurnum/captcha/nouveau")
def new() -> dict[str, str]:
    """Another one, for a page that asks without being loaded again."""
    return {"token": captchas.issue()}


def refusal(*, held: bool = False) -> str | None:
    """Spend the captcha of the form that was sent. Returns why its answer is refused, in French; None when it is right.

    Commits, since an answer spends it whatever follows. `held`: the caller holds a row; only a refusal is committed,
    a right answer is the caller's to commit with the rest.
    """
    try:
        captchas.check(request.form.get("captcha_token", ""), request.form.get("captcha", ""))
    except RuleBroken as wrong:
        db.session.commit()
        return str(wrong)
    if not held:
        db.session.commit()
    return None


def _made(make: Callable[[str], bytes], token: str) -> bytes:
    try:
        return make(token)
    except LookupError:
        abort(404)
