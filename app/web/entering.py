"""From a right password to an open session: the second factor, then, at the first login, the secret question.

Nobody is logged in before the last step: until then a signed cookie remembers for ten minutes who is entering.
Guides « Opérateur MSS », « Première connexion »; second factor compulsory for staff (settled).
"""

from flask import Blueprint, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_security.utils import login_user
from werkzeug.wrappers import Response

from app.domain import limits, passwords
from app.domain.errors import RuleBroken
from app.extensions import db, limiter
from app.models.users import User
from app.services import accounts, clock, credentials, ports, second_factor
from app.services.second_factor import Proposal
from forms.credentials import CodeForm, QuestionForm

blueprint = Blueprint("entering", __name__, url_prefix="/segurnums/connexion")
HOME = "/segurnums/espace"
_ENTERING, PROPOSED = "entering", "proposed_factor"
WRONG_CODE = "Ce code n'est pas celui-là, ou il a déjà servi."


def begin(user: User, leads_to: str = HOME) -> Response:
    """The password is right: lead this person to what is still missing, or in. `leads_to`: a path of ours."""
    session[_ENTERING] = {"who": user.fs_uniquifier, "at": clock.now().timestamp(), "proved": False, "to": leads_to}
    return _go_on(user)


def _go_on(user: User) -> Response:
    state = session[_ENTERING]
    if not state["proved"] and user.has_second_factor:
        return redirect(url_for("entering.code"), 303)
    if not state["proved"] and user.is_staff:
        return redirect(url_for("entering.factor"), 303)
    if not user.settled:
        return redirect(url_for("entering.question"), 303)
    session.pop(_ENTERING)
    login_user(user, authn_via=["password"])
    db.session.commit()
    return redirect(state["to"], 303)


def _who() -> User | None:
    """Who is entering; None when nobody is, or the ten minutes are over."""
    state = session.get(_ENTERING)
    if not state or clock.now().timestamp() - state["at"] > limits.ENTERING_MINUTES * 60:
        return None
    user = accounts.of_uniquifier(state["who"])
    return user if user and user.active and not accounts.is_locked(user) else None


def _again() -> Response:
    session.pop(_ENTERING, None)
    return redirect(url_for("security.login"), 303)


def _proved(user: User) -> Response:
    session[_ENTERING] = session[_ENTERING] | {"proved": True}
    return _go_on(user)


@blueprint.route("/code", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
def code() -> ResponseReturnValue:
    """The code of the application, or a recovery code."""
    user = _who()
    if user is None or not user.has_second_factor:
        return _again()
    form = CodeForm()
    if not form.validate_on_submit():
        return render_template("security/code.html", form=form), 422 if form.errors else 200
    right = second_factor.accept(user, str(form.code.data))
    (accounts.forgive if right else accounts.blame)(user)
    db.session.commit()
    if right:
        return _proved(user)
    if accounts.is_locked(user):
        return _again()
    form.refuse(RuleBroken(WRONG_CODE, field="code"))
    return render_template("security/code.html", form=form), 422


@blueprint.route("/second-facteur", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
def factor() -> ResponseReturnValue:
    """Staff without second factor choose one before anything else."""
    user = _who()
    if user is None or user.has_second_factor:
        return _again()
    form, proposal = CodeForm(), proposal_for(user)
    if not form.validate_on_submit():
        return render_template("security/factor.html", form=form, proposal=proposal), 422 if form.errors else 200
    codes = second_factor.confirm(user, proposal.secret, str(form.code.data))
    db.session.commit()
    if codes is None:
        form.refuse(RuleBroken(WRONG_CODE, field="code"))
        return render_template("security/factor.html", form=form, proposal=proposal), 422
    session.pop(PROPOSED)
    session[_ENTERING] = session[_ENTERING] | {"proved": True}
    return render_template("security/recovery.html", codes=codes, leads_to=url_for("entering.go_on"), method="post")


def proposal_for(user: User) -> Proposal:
    """The second factor proposed to this browser: the same one until it is confirmed."""
    try:
        proposal = second_factor.propose(user, ports.get().sealer.open(session[PROPOSED]))
    except (KeyError, ValueError):
        proposal = second_factor.propose(user)
        session[PROPOSED] = ports.get().sealer.seal(proposal.secret)
    return proposal


@blueprint.post("/suite")
def go_on() -> ResponseReturnValue:
    """After the recovery codes were read."""
    user = _who()
    return _go_on(user) if user else _again()


@blueprint.route("/question-secrete", methods=["GET", "POST"])
def question() -> ResponseReturnValue:
    """« Positionnement de la question secrète pour <identifiant> », then the home page."""
    user = _who()
    if user is None or user.settled or not _may_settle(user):
        return _again()
    form = QuestionForm()
    if form.validate_on_submit():
        try:
            credentials.set_question(user, str(form.question.data), str(form.answer.data))
            db.session.commit()
            return _go_on(user)
        except RuleBroken as refusal:
            db.session.rollback()
            form.refuse(refusal)
    return render_template("security/question.html", form=form, username=user.username), 422 if form.errors else 200


def _may_settle(user: User) -> bool:
    return bool(session[_ENTERING]["proved"]) or not (user.has_second_factor or user.is_staff)


def rule_for(user: User) -> str:
    """What the screens say of passwords to this person."""
    return passwords.rule(staff=user.is_staff)
