"""« Confirmer que c'est bien vous »: the password and a mailed code, before a supplier changes what is sensitive.

The page leads back to where one was going: one of the places of `Purpose`, never an address that was sent to it.
"""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.domain.enums import Role
from app.domain.errors import RuleBroken
from app.extensions import db, limiter
from app.services import step_up
from app.services.step_up import Purpose
from app.web import sessions
from forms.credentials import StepUpForm

blueprint = Blueprint("step_up", __name__, url_prefix="/segurnums/compte/confirmer")
PLACES = {
    Purpose.BANK: "/segurnums/compte/coordonnees-bancaires/nouvelle",
    Purpose.PEOPLE: "/segurnums/compte/personnes",
    Purpose.USERS: "/segurnums/compte/utilisateurs",
}


@blueprint.before_request
def _guard() -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
    if Role.SUPPLIER not in current_user.role_set:
        abort(403)
    return None


def _purpose() -> Purpose:
    """What the person was about to do; 400 for anything else."""
    try:
        return Purpose(request.args.get("pour", ""))
    except ValueError:
        abort(400)


@blueprint.route("", methods=["GET", "POST"])
@limiter.limit("10 per minute", methods=["POST"])
def page() -> ResponseReturnValue:
    purpose, form = _purpose(), StepUpForm()
    row = sessions.current()
    assert row is not None, "somebody is logged in"
    if form.validate_on_submit():
        try:
            step_up.prove(row, str(form.password.data), str(form.code.data))
            db.session.commit()
            return redirect(PLACES[purpose], 303)
        except RuleBroken as refusal:
            db.session.commit()  # a wrong code is counted
            form.refuse(refusal)
    rendered = render_template("security/step_up.html", form=form, purpose=purpose, user=current_user)
    return rendered, 422 if form.errors else 200


@blueprint.post("/code")
@limiter.limit("3 per minute")
def send() -> ResponseReturnValue:
    """Mail a code; the former one is void."""
    purpose = _purpose()
    step_up.send_code(current_user._get_current_object(), purpose.label)
    db.session.commit()
    flash(f"Un code est parti à l'adresse {current_user.email}.", "success")
    return redirect(url_for(".page", pour=purpose.value), 303)
