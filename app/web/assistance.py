"""« Contacter l'assistance »: the public form, and the exchange a person follows by the link of his mails.

Guide « Les écrans du portail », § 8. The captcha is asked of strangers; who is logged in has proved enough.
"""

from typing import BinaryIO

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.domain import permissions
from app.domain.enums import Role, TicketKind, TicketPhase
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.domain.permissions import Capability
from app.extensions import db, limiter
from app.models.corridors import Corridor
from app.models.tickets import Ticket
from app.models.users import User
from app.services import attachments, captchas, rejection_evidence, simulations, tickets
from app.services.rejection_evidence import Evidence
from app.services.tickets import Question
from app.web import captchas as captcha_fields
from app.web import files
from forms import uploads
from forms.contact import ContactForm, MessageForm

blueprint = Blueprint("assistance", __name__)
REPORTED = "simulation"  # the argument by which « Signaler ce rejet » names what is reported


def _who() -> User | None:
    if not current_user.is_authenticated:
        return None
    user: User = current_user._get_current_object()
    return user


@blueprint.route("/segurnum/contacter-assistance", methods=["GET", "POST"])
@limiter.limit("5 per 30 seconds", methods=["POST"])
def contact() -> ResponseReturnValue:
    user = _who()
    if user is None and REPORTED in request.args:
        return redirect(url_for("security.login", next=request.full_path))
    evidence = _evidence(user)
    form = ContactForm(data=_known_of(user) | (evidence.known if evidence else {})).offer(_corridors())
    if form.validate_on_submit() and _passes_captcha(form, user):
        try:
            ticket = tickets.open_ticket(_question(form), user, evidence.archive() if evidence else _file(form))
            db.session.commit()
            return render_template("public/contact_sent.html", ticket=ticket)
        except (Conflict, NotAllowed):
            raise
        except RuleBroken as refusal:
            db.session.rollback()
            form.refuse(refusal)
    page = render_template(
        "public/contact.html", form=form, captcha=None if user else captchas.issue(), evidence=evidence
    )
    return page, 422 if form.errors else 200


def _evidence(user: User | None) -> Evidence | None:
    """« Signaler ce rejet »: that of the simulation the address names, which must be his; else 404."""
    asked = request.args.get(REPORTED)
    if asked is None or user is None:
        return None
    well_formed = asked.isascii() and asked.isdecimal() and len(asked) < 10
    found = simulations.find(int(asked), user.supplier_id) if well_formed and user.supplier_id else None
    return rejection_evidence.of(found) if found else abort(404)


def _passes_captcha(form: ContactForm, user: User | None) -> bool:
    if user is not None:
        return True
    refused = captcha_fields.refusal()
    if refused:
        form.refuse(RuleBroken(refused, field=captchas.FIELD))
    return refused is None


def _question(form: ContactForm) -> Question:
    return Question(
        corridor_code=str(form.corridor_code.data),
        phase=TicketPhase(form.phase.data),
        kind=TicketKind(form.kind.data),
        name=str(form.name.data),
        company=form.company.data or "",
        email=str(form.email.data),
        phone=str(form.phone.data),
        ans_number=form.ans_number.data or "",
        about=str(form.about.data),
        body=str(form.body.data),
    )


def _known_of(user: User | None) -> dict[str, str]:
    """What the portal already knows of who asks, and what the address says the question is about."""
    known = {"about": request.args.get("demande", "")[:30]}
    if user is not None:
        known |= {"name": user.full_name, "email": user.email}
        known |= {"company": user.supplier.name} if user.supplier else {}
    return known


def _corridors() -> list[tuple[str, str]]:
    query = sa.select(Corridor.code, Corridor.label).order_by(Corridor.label)
    return [(code, label) for code, label in db.session.execute(query)]


def _file(form: MessageForm) -> tuple[str, BinaryIO] | None:
    return uploads.stream(form.file.data) if uploads.picked(form.file.data) else None


@blueprint.route("/segurnum/assistance/<token>", methods=["GET", "POST"])
@limiter.limit("5 per 30 seconds", methods=["POST"])
def follow(token: str) -> ResponseReturnValue:
    """The exchange, and a word more."""
    ticket = tickets.followed(token) or abort(404)
    form = MessageForm()
    if form.validate_on_submit():
        try:
            tickets.reply(ticket, str(form.body.data), _who(), _file(form))
            db.session.commit()
            flash("Votre message est envoyé.", "success")
            return redirect(url_for(".follow", token=token), 303)
        except RuleBroken as refusal:
            db.session.rollback()
            form.refuse(refusal)
            ticket = tickets.followed(token) or abort(404)
    files_of = f"{url_for('.follow', token=token)}/fichiers"
    page = render_template("public/ticket.html", ticket=ticket, form=form, files=files_of, back=None)
    return page, 422 if form.errors else 200


@blueprint.get("/segurnum/assistance/<token>/fichiers/<row:attachment_id>")
def file(token: str, attachment_id: int) -> ResponseReturnValue:
    return _sent(tickets.followed(token) or abort(404), attachment_id)


@blueprint.get("/segurnums/messages/<number>/fichiers/<row:attachment_id>")
@files.open_to(lambda: Role.SUPPLIER in current_user.role_set)
def own_file(number: str, attachment_id: int) -> ResponseReturnValue:
    user = _who()
    return _sent((tickets.of_colleague(number, user) if user else None) or abort(404), attachment_id)


@blueprint.get("/gestion/assistance/<number>/fichiers/<row:attachment_id>")
@files.open_to(lambda: permissions.may(current_user.role_set, Capability.ANSWER_TICKETS))
def staff_file(number: str, attachment_id: int) -> ResponseReturnValue:
    return _sent(tickets.find(number) or abort(404), attachment_id)


def _sent(ticket: Ticket, attachment_id: int) -> ResponseReturnValue:
    found = tickets.attachment_of(ticket, attachment_id) or abort(404)
    return files.streamed(attachments.open_content(found), found)
