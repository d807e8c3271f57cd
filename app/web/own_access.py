"""« Sécurité de mon compte »: one's password, secret question, second factor and open sessions.

The same pages for suppliers (under « Mon compte ») and for staff. Guide « Opérateur MSS » for the three-field password
screen; the second factor is optional for suppliers, whom it protects from a stolen password (settled).
"""

from collections.abc import Callable

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.domain.errors import RuleBroken
from app.extensions import db, limiter
from app.models.users import User, WebSession
from app.services import accounts, actors, credentials, second_factor, web_sessions
from app.web import entering, sessions
from forms.credentials import ChangePasswordForm, CodeForm, QuestionForm

SUPPLIER, STAFF = "supplier_access", "staff_access"  # the two names under which the blueprint is mounted
blueprint = Blueprint("own_access", __name__)


@blueprint.before_request
def _guard() -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
    if current_user.is_staff != (request.blueprint == STAFF):
        abort(403)
    return None


def _me() -> User:
    user: User = current_user._get_current_object()
    return user


def _session() -> WebSession:
    row = sessions.current()
    assert row is not None, "somebody is logged in"
    return row


@blueprint.get("/")
def page() -> ResponseReturnValue:
    user = _me()
    return render_template(
        "security/own_access.html",
        user=user,
        sessions=web_sessions.open_ones(user),
        here=_session().id,
        recovery_left=second_factor.recovery_left(user),
    )


@blueprint.post("/sessions/<row:session_id>/fermer")
def end_session(session_id: int) -> ResponseReturnValue:
    if session_id == _session().id or not web_sessions.end(_me(), session_id):
        abort(404)
    db.session.commit()
    flash("La session est fermée.", "success")
    return redirect(url_for(".page"), 303)


@blueprint.post("/sessions/fermer-les-autres")
def end_others() -> ResponseReturnValue:
    ended = web_sessions.end_others(_me(), _session().id)
    db.session.commit()
    flash(f"Sessions fermées : {ended}.", "success")
    return redirect(url_for(".page"), 303)


@blueprint.route("/mot-de-passe", methods=["GET", "POST"])
@limiter.limit("10 per minute", methods=["POST"])
def password() -> ResponseReturnValue:
    """Every session ends with the change; the one that made it is opened again."""
    form, user = ChangePasswordForm(), _me()
    if form.validate_on_submit():
        try:
            credentials.change(user, str(form.old.data), str(form.new.data))
        except RuleBroken as refusal:
            db.session.rollback()
            form.refuse(refusal)
        else:
            sessions.open_session(current_app._get_current_object(), user)  # type: ignore[attr-defined]
            flash("Votre mot de passe est changé. Vos autres sessions sont fermées.", "success")
            return redirect(url_for(".page"), 303)
    page = render_template("security/password.html", form=form, user=user, rule=entering.rule_for(user))
    return page, 422 if form.errors else 200


@blueprint.route("/question-secrete", methods=["GET", "POST"])
def question() -> ResponseReturnValue:
    form, user = QuestionForm(), _me()
    if form.validate_on_submit():
        try:
            credentials.set_question(user, str(form.question.data), str(form.answer.data))
            db.session.commit()
            flash("Votre question secrète est enregistrée.", "success")
            return redirect(url_for(".page"), 303)
        except RuleBroken as refusal:
            db.session.rollback()
            form.refuse(refusal)
    return render_template("security/question.html", form=form, username=user.username), 422 if form.errors else 200


@blueprint.route("/second-facteur", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
def factor() -> ResponseReturnValue:
    """A supplier adds a second factor to his password."""
    user = _me()
    if user.has_second_factor:
        return redirect(url_for(".page"), 303)
    form, proposal = CodeForm(), entering.proposal_for(user)
    if form.validate_on_submit():
        codes = second_factor.confirm(user, proposal.secret, str(form.code.data))
        db.session.commit()
        if codes is not None:
            session.pop(entering.PROPOSED)
            return render_template("security/recovery.html", codes=codes, leads_to=url_for(".page"), method="get")
        form.refuse(RuleBroken(entering.WRONG_CODE, field="code"))
    return render_template("security/factor.html", form=form, proposal=proposal), 422 if form.errors else 200


@blueprint.route("/codes-de-recuperation", methods=["GET", "POST"])
@limiter.limit("10 per minute", methods=["POST"])
def recovery() -> ResponseReturnValue:
    """New recovery codes, for a code of the application."""
    return _proved_by_code("Nouveaux codes de récupération", _renewed)


@blueprint.route("/second-facteur/retirer", methods=["GET", "POST"])
@limiter.limit("10 per minute", methods=["POST"])
def remove_factor() -> ResponseReturnValue:
    """For a code of the application; staff may not."""
    if _me().is_staff:
        abort(403)
    return _proved_by_code("Retirer le second facteur", _removed)


def _proved_by_code(title: str, then: Callable[[User], ResponseReturnValue]) -> ResponseReturnValue:
    """Ask for a code before a change of the second factor; five wrong ones count as wrong passwords do."""
    user, form = _me(), CodeForm()
    if not user.has_second_factor:
        abort(404)
    if form.validate_on_submit():
        if not accounts.is_locked(user) and second_factor.accept(user, str(form.code.data)):
            return then(user)
        accounts.blame(user)
        db.session.commit()
        form.refuse(RuleBroken(entering.WRONG_CODE, field="code"))
    page = render_template(
        "security/one_field.html",
        form=form,
        control=form.code,
        title=title,
        said="Saisissez un code de votre application, ou l'un de vos codes de récupération.",
        button="Valider",
        back=url_for(".page"),
    )
    return page, 422 if form.errors else 200


def _renewed(user: User) -> ResponseReturnValue:
    codes = second_factor.renew_recovery(user)
    db.session.commit()
    return render_template("security/recovery.html", codes=codes, leads_to=url_for(".page"), method="get")


def _removed(user: User) -> ResponseReturnValue:
    second_factor.remove(user, actors.of(user))
    db.session.commit()
    flash("Le second facteur est retiré.", "success")
    return redirect(url_for(".page"), 303)
