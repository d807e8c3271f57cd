"""An enrolment being filled: five steps, each at its address, over a draft the server keeps from the first one.

Guides « Présentation du portail », « Opérateur MSS » and « Les écrans du portail », § 3.2. The same pages on the public
portal and in a supplier's space (`enrolment_doors`). What is sent is kept before it is judged; a wrong step answers 422
as it was.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.domain import limits
from app.domain.enrolment_steps import Step, numbered
from app.domain.errors import Conflict, RuleBroken
from app.extensions import db, limiter
from app.models.enrolment_drafts import EnrolmentDraft
from app.services import (
    attachments,
    captchas,
    enrolment_cases,
    enrolment_companies,
    enrolment_drafts,
    enrolment_filing,
    enrolment_models,
)
from app.web import captchas as captcha_fields
from app.web import enrolment_doors, enrolment_steps, files
from app.web.enrolment_steps import Shown
from forms import uploads

blueprint = Blueprint("enrolment_wizard", __name__)
blueprint.before_request(enrolment_doors.guard)
GONE = "Votre demande a été effacée ou a expiré. Recommencez la saisie, ou suivez le lien de votre courriel."


def _to(draft: EnrolmentDraft, step: Step | None = None) -> Response:
    if draft.enrolment_id is not None:
        return redirect(url_for(".done"), 303)
    return redirect(url_for(".step", slug=(step or numbered(draft.furthest_step)).value), 303)


@blueprint.get("")
def start() -> ResponseReturnValue:
    """Goes on with what was begun here, else asks the N° ANS."""
    door = enrolment_doors.opened()
    draft = door.draft()
    if draft is None or draft.enrolment_id is not None:
        door.forget()
        return _page(None, enrolment_steps.number_asked())
    return _to(draft)


@blueprint.get("/<slug>")
def step(slug: str) -> ResponseReturnValue:
    here, draft = _step_named(slug), enrolment_doors.opened().draft()
    if draft is None:
        if here is Step.REFERENCING:
            return _page(None, enrolment_steps.number_asked())
        flash(GONE, "warning")
        return redirect(url_for(".step", slug=Step.REFERENCING.value), 303)
    if draft.enrolment_id is not None:
        return _to(draft)
    if here.number > draft.furthest_step:
        first = numbered(draft.furthest_step)
        flash(f"Terminez d'abord l'étape {first.number} - {first.label}.", "warning")
        return _to(draft)
    return _page(draft, enrolment_steps.shown(draft, here))


@blueprint.post("/<slug>")
@limiter.limit("60 per minute")
@uploads.accepts(limits.ENROLMENT_PIECES_BYTES, strangers=True)
def send(slug: str) -> ResponseReturnValue:
    """`act`: search, reset, save, next or finish. What was typed is kept whatever the answer."""
    here, act, draft = _step_named(slug), request.form.get("act", "next"), enrolment_doors.opened().draft()
    if draft is None or (draft.enrolment_id is not None and (here, act) == (Step.REFERENCING, "search")):
        return _begin(here)
    sent = {} if act == "search" else enrolment_steps.proved(draft, here)
    enrolment_drafts.hold(draft)
    if draft.enrolment_id is not None:
        return _to(draft)
    if here.number > draft.furthest_step:
        raise Conflict("Cette étape suit une autre, qui n'est pas terminée.")
    if here is Step.CONFIRMATION:
        return _finish(draft)
    if act == "reset":
        return _reset(draft, here, sent)
    if act == "search":
        return _renumber(draft) if here is Step.REFERENCING else _search(draft, here)
    return _keep(draft, here, act, sent)


def _begin(here: Step) -> ResponseReturnValue:
    """The search of the first step opens the draft."""
    if here is not Step.REFERENCING:
        raise Conflict(GONE)
    shown = enrolment_steps.number_asked()
    return _number_taken(shown, enrolment_doors.opened().begin) or (_page(None, shown), 422)


def _renumber(draft: EnrolmentDraft) -> ResponseReturnValue:
    """Another number for what is being filled: what does not depend on it stays."""
    shown, door = enrolment_steps.number_asked(), enrolment_doors.opened()
    taken = _number_taken(shown, lambda number: enrolment_cases.renumber(draft, door.find(number)))
    return taken or (_page(draft, shown), 422)


def _number_taken(shown: Shown, take: Callable[[str], None]) -> ResponseReturnValue | None:
    """The first step for the number searched; None when it is refused, told at its field."""
    if shown.form.validate():
        try:
            take(str(shown.form["ans_number"].data))
            db.session.commit()
            return redirect(url_for(".step", slug=shown.step.value), 303)
        except RuleBroken as refusal:
            db.session.rollback()
            shown.form.refuse(refusal)
    return None


def _reset(draft: EnrolmentDraft, here: Step, sent: enrolment_steps.Sent) -> ResponseReturnValue:
    """« Réinitialiser » asks the number again, and changes nothing until another one is found; the company is forgotten
    at once. What was typed or chosen beside it stays."""
    enrolment_steps.received(draft, here, sent)
    if here is Step.APPLICANT and enrolment_steps.looks_up(draft):
        enrolment_companies.reset(draft)
    db.session.commit()
    if here is Step.REFERENCING:
        return _page(draft, enrolment_steps.number_asked())
    return redirect(url_for(".step", slug=here.value), 303)


def _search(draft: EnrolmentDraft, here: Step) -> ResponseReturnValue:
    """The company of a SIRET: the captcha is spent before anything is looked up."""
    if here is not Step.APPLICANT or not enrolment_steps.looks_up(draft):
        return _to(draft, here)
    if draft.answers.get("siret"):  # found already: the button was pressed twice
        return _to(draft, here)
    shown = enrolment_steps.siret_asked()
    if not shown.form.validate():
        return _page(draft, shown), 422
    refused = captcha_fields.refusal()
    if refused:
        shown.captcha_errors = [refused]
        return _page(draft, shown), 422
    try:
        _find_company(draft, "".join(str(shown.form.siret.data).split()))
    except RuleBroken as refusal:
        shown.form.refuse(refusal)
    db.session.commit()
    return (_page(draft, shown), 422) if shown.form.errors else _to(draft, here)


def _find_company(draft: EnrolmentDraft, siret: str) -> None:
    """The register may take seconds to answer: the draft is let go meanwhile, and held again."""
    enrolment_companies.refuse_unless_it_may(draft, siret)
    db.session.commit()
    answer = enrolment_companies.ask(siret)
    enrolment_drafts.hold(draft)
    if draft.enrolment_id is not None:
        return
    enrolment_companies.put(draft, siret, answer)
    if not answer.answered:
        flash("Le répertoire SIRENE ne répond pas : saisissez la dénomination et l'adresse.", "warning")


def _keep(draft: EnrolmentDraft, here: Step, act: str, sent: enrolment_steps.Sent) -> ResponseReturnValue:
    """A step sent to go on, or as it is being filled."""
    if here is Step.APPLICANT and enrolment_steps.looks_up(draft) and not draft.answers.get("siret"):
        shown = enrolment_steps.siret_asked()
        shown.form.refuse(RuleBroken("Recherchez d'abord votre SIRET.", field="siret"))
        return _page(draft, shown), 422
    shown = enrolment_steps.received(draft, here, sent)
    right = shown.is_right()
    (enrolment_drafts.pass_step if right and act == "next" else enrolment_drafts.fall_back)(draft, here)
    if here is Step.APPLICANT:
        enrolment_doors.opened().tell_address(draft, passed=act == "next")
    db.session.commit()
    if act == "save":
        return jsonify(enrolment_steps.told(draft, shown))
    return _to(draft, numbered(here.number + 1)) if right else (_page(draft, shown), 422)


def _finish(draft: EnrolmentDraft) -> ResponseReturnValue:
    """Under the lock of the draft: of « Terminer » sent ten times, nine find it filed."""
    shown = enrolment_steps.shown(draft, Step.CONFIRMATION)
    boxes = shown.form.validate()
    refused = captcha_fields.refusal(held=True) if enrolment_doors.opened().asks_captcha else None
    if refused:
        shown.captcha_errors = [refused]
        return _page(draft, shown), 422
    if boxes:
        try:
            with db.session.begin_nested():
                enrolment_filing.file(draft)
        except RuleBroken as refusal:
            shown.form.refuse(refusal)
    db.session.commit()
    return (_page(draft, shown), 422) if shown.form.errors else _to(draft)


@blueprint.get("/confirmee")
def done() -> ResponseReturnValue:
    """« Confirmation », with the number."""
    door = enrolment_doors.opened()
    draft = door.draft()
    enrolment = enrolment_filing.filed(draft) if draft else None
    if enrolment is None:
        return redirect(url_for(".start"), 303)
    return render_template("public/enrolment_done.html", enrolment=enrolment, home=door.home)


@blueprint.get("/reprendre/<token>")
@limiter.limit("30 per minute")
def resume(token: str) -> ResponseReturnValue:
    """The link of the mail: the draft comes to this browser."""
    draft = enrolment_drafts.of_token(token) if request.blueprint == enrolment_doors.PUBLIC else None
    if draft is None:
        abort(404)
    session[enrolment_doors.TOKEN] = token
    return _to(draft)


@blueprint.post("/quitter")
def leave() -> ResponseReturnValue:
    """« Quitter sans enregistrer »: the draft and its files are erased."""
    door = enrolment_doors.opened()
    draft = door.draft()
    door.forget()
    if draft is not None:
        enrolment_drafts.hold(draft)
        if draft.enrolment_id is None:
            enrolment_drafts.erase(draft)
        db.session.commit()
        flash("Votre saisie est effacée.", "success")
    return redirect(door.home, 303)


@blueprint.get("/pieces/<row:attachment_id>")
def piece(attachment_id: int) -> ResponseReturnValue:
    draft = enrolment_doors.opened().draft()
    found = enrolment_drafts.attachment_of(draft, attachment_id) if draft else None
    if found is None:
        abort(404)
    return files.streamed(attachments.open_content(found), found)


@blueprint.get("/modeles/<name>.pdf")
def model(name: str) -> ResponseReturnValue:
    """« Modèle contrat de prestation », « Modèle de mandat »."""
    content = enrolment_models.pdf_of(name)
    if content is None:
        abort(404)
    headers = {"Content-Disposition": files.disposition("attachment", f"{name}.pdf")}
    return Response(content, mimetype="application/pdf", headers=headers)


def _step_named(slug: str) -> Step:
    if slug not in tuple(Step):
        abort(404)
    return Step(slug)


def _page(draft: EnrolmentDraft | None, shown: Shown) -> str:
    context: dict[str, Any] = enrolment_steps.context(draft, shown)
    door = enrolment_doors.opened()
    asks = door.asks_captcha and (shown.step is Step.CONFIRMATION or shown.asks_siret)
    return render_template(
        shown.template,
        **context,
        captcha=captchas.issue() if asks else None,
        base=url_for(".start"),
        leave=url_for(".leave"),
        home=door.home,
        company=door.company(),
    )
