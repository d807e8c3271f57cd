"""« J'ai oublié mon identifiant », « J'ai oublié mon mot de passe », and what a mailed link opens.

The token of a link leaves the address bar at once: it is found, remembered by its row, and the pages that follow carry
nothing. Opening the link spends nothing (mail scanners open links): choosing the password does.
"""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import RuleBroken
from app.extensions import db, limiter
from app.models.credentials import AccessLink
from app.services import access_links, credentials, lost_credentials
from app.web import entering
from forms.credentials import AddressForm, AnswerForm, NewPasswordForm

blueprint = Blueprint("lost_credentials", __name__, url_prefix="/segurnums")
_LINK, _ANSWERED = "access_link", "question_answered"
ASKED = "Indiquez l'adresse électronique donnée à l'enrôlement : nous vous y écrivons dans tous les cas."
SENT = "Un courriel vient d'être envoyé à l'adresse indiquée. S'il n'arrive pas, vérifiez vos courriers indésirables."
WRONG_ANSWER = "Ce n'est pas la réponse à votre question secrète."


def _to_whom() -> str:
    """Anybody may have a mail sent to any address: to each of them some only, known or not."""
    return request.form.get("email", "").strip().lower()


@blueprint.route("/identifiant-oublie", methods=["GET", "POST"])
@limiter.limit("10 per minute", methods=["POST"])
@limiter.limit("5 per hour", methods=["POST"], key_func=_to_whom)
def identifier() -> ResponseReturnValue:
    return _ask("J'ai oublié mon identifiant", lost_credentials.identifier)


@blueprint.route("/mot-de-passe-oublie", methods=["GET", "POST"])
@limiter.limit("10 per minute", methods=["POST"])
@limiter.limit("5 per hour", methods=["POST"], key_func=_to_whom)
def password() -> ResponseReturnValue:
    return _ask("J'ai oublié mon mot de passe", lost_credentials.password)


def _ask(title: str, send: Callable[[str], None]) -> ResponseReturnValue:
    form = AddressForm()
    if form.validate_on_submit():
        send(str(form.email.data))
        db.session.commit()
        return render_template("security/sent.html", title=title, said=SENT)
    page = render_template(
        "security/one_field.html",
        form=form,
        control=form.email,
        title=title,
        said=ASKED,
        button="Envoyer",
        back=url_for("security.login"),
    )
    return page, 422 if form.errors else 200


@blueprint.get("/acces/<token>")
@limiter.limit("30 per minute")
def open_link(token: str) -> ResponseReturnValue:
    link = access_links.find(token)
    if link is None:
        return render_template("security/dead_link.html"), 404
    session[_LINK] = link.id
    session.pop(_ANSWERED, None)
    return redirect(url_for(".choose"), 303)


@blueprint.route("/acces", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
def choose() -> ResponseReturnValue:
    """The secret question when there is one, then the password; then as after any right password."""
    link = access_links.again(session[_LINK]) if _LINK in session else None
    if link is None:
        return render_template("security/dead_link.html"), 404
    if link.user.secret_answer and session.get(_ANSWERED) != link.id:
        return _question(link)
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            credentials.choose_by_link(link, str(form.new.data))
            db.session.commit()
        except RuleBroken as refusal:
            db.session.rollback()
            form.refuse(refusal)
        else:
            session.pop(_LINK)
            session.pop(_ANSWERED, None)
            flash("Votre mot de passe est changé.", "success")
            return entering.begin(link.user)
    page = render_template("security/password.html", form=form, user=link.user, rule=entering.rule_for(link.user))
    return page, 422 if form.errors else 200


def _question(link: AccessLink) -> ResponseReturnValue:
    form = AnswerForm()
    if form.validate_on_submit():
        right = credentials.answered(link, str(form.answer.data))
        db.session.commit()
        if right:
            session[_ANSWERED] = link.id
            return redirect(url_for(".choose"), 303)
        if access_links.again(link.id) is None:
            return render_template("security/dead_link.html"), 404
        form.refuse(RuleBroken(WRONG_ANSWER, field="answer"))
    page = render_template("security/answer.html", form=form, question=link.user.secret_question)
    return page, 422 if form.errors else 200
