"""Who filed an enrolment reads where it stands and answers what is asked, by the link of his mails or logged in.

The same pages under both addresses. The link shows the state and what is asked, never what was declared: a mail may be
read by others than who it was for.
"""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.domain.enrolment_steps import FILES_HINT
from app.domain.enums import EnrolmentStatus
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.extensions import db, limiter
from app.models.enrolments import Enrolment
from app.models.users import User
from app.services import enrolment_follow_up, enrolment_pieces
from app.web import supplier_pages
from forms import uploads
from forms.enrolment import tidied
from forms.enrolment_instruction import AnswerForm

BY_LINK, IN_SPACE = "enrolment_follow_up", "enrolment_answer"  # the two names under which the blueprint is mounted
ADDRESSES = {
    BY_LINK: "/segurnum/enrolement/suivi/<token>",
    IN_SPACE: "/segurnums/enrolements/<row:enrolment_id>/reponse",
}
blueprint = Blueprint("enrolment_answers", __name__)
MEANINGS = {
    EnrolmentStatus.IN_PROGRESS: "Un gestionnaire va l'instruire. Rien ne vous est demandé pour le moment.",
    EnrolmentStatus.AWAITING_DOCUMENT: "Une pièce vous est demandée : l'instruction reprendra après votre réponse.",
    EnrolmentStatus.AWAITING_CERTIFICATE: "Le certificat de référencement de l'ANS est attendu : ajoutez-le dès que"
    " vous l'avez.",
    EnrolmentStatus.VALIDATED: "Vous pouvez déposer des demandes de financement depuis votre espace personnel.",
    EnrolmentStatus.REJECTED: "Le motif vous a été envoyé par courriel. Vous pouvez déposer une nouvelle demande.",
}


@blueprint.before_request
def _guard() -> ResponseReturnValue | None:
    return None if request.blueprint == BY_LINK else supplier_pages.refuse_others()


@blueprint.get("")
def page(**where: str) -> ResponseReturnValue:
    enrolment = _found()
    return _page(enrolment, _form(enrolment))


@blueprint.post("/pieces")
@limiter.limit("20 per minute")
def add(**where: str) -> ResponseReturnValue:
    enrolment, kind = _found(), request.form.get("kind", "")
    _keep_words(enrolment)
    db.session.commit()
    try:
        piece = enrolment_follow_up.add_piece(enrolment, kind, uploads.stream(request.files.get("file")), _who())
        name = piece.attachment.file_name
        db.session.commit()
    except (Conflict, NotAllowed):
        raise
    except RuleBroken as refusal:
        db.session.rollback()
        enrolment = _found()
        return _page(enrolment, _form(enrolment), {kind: str(refusal)}), 422
    flash(f"La pièce « {name} » est ajoutée. Envoyez votre réponse pour la transmettre.", "success")
    return _back()


@blueprint.post("/pieces/<row:piece_id>/suppression")
def remove(piece_id: int, **where: str) -> ResponseReturnValue:
    enrolment = _found()
    _keep_words(enrolment)
    name = enrolment_follow_up.remove_piece(enrolment, piece_id, _who()) or abort(404)
    db.session.commit()
    flash(f"La pièce « {name} » est supprimée.", "success")
    return _back()


@blueprint.post("/envoyer")
@limiter.limit("20 per minute")
def send(**where: str) -> ResponseReturnValue:
    enrolment, form = _found(), AnswerForm()
    valid = form.validate()
    if form.seen.errors:
        abort(400)
    if valid:
        try:
            enrolment_follow_up.answer(enrolment, form.answer.data or "", _who(), seen=int(form.seen.data))
            db.session.commit()
            flash("Votre réponse est envoyée : l'instruction reprend.", "success")
            return _back()
        except (Conflict, NotAllowed):
            raise
        except RuleBroken as refusal:
            db.session.rollback()
            enrolment = _found()
            form.refuse(refusal)
    return _page(enrolment, form), 422


def _keep_words(enrolment: Enrolment) -> None:
    """The message being typed comes with a piece (static/portal.js); a page without script sends none."""
    typed = request.form.get("answer")
    if typed is not None:
        enrolment_follow_up.keep_words(enrolment, tidied(typed))


def _found() -> Enrolment:
    """That of the address; another's, or a link that was replaced, is 404."""
    where = request.view_args or {}
    if request.blueprint == BY_LINK:
        return enrolment_follow_up.followed(where["token"]) or abort(404)
    return enrolment_follow_up.of_supplier(where["enrolment_id"], current_user) or abort(404)


def _who() -> User | None:
    """The person of the space; nobody by a link, whoever is logged in beside."""
    if request.blueprint == BY_LINK:
        return None
    user: User = current_user._get_current_object()
    return user


def _address() -> str:
    where = dict(request.view_args or {})
    where.pop("piece_id", None)
    return url_for(".page", **where)


def _back() -> ResponseReturnValue:
    return redirect(_address(), 303)


def _form(enrolment: Enrolment) -> AnswerForm:
    form = AnswerForm(formdata=None)
    question = enrolment_follow_up.open_question(enrolment)
    form.seen.data, form.answer.data = enrolment.version, question.answer if question else ""
    return form


def _page(enrolment: Enrolment, form: AnswerForm, refused: dict[str, str] | None = None) -> str:
    question = enrolment_follow_up.open_question(enrolment)
    given = enrolment_follow_up.pieces_of(question) if question else ()
    return render_template(
        "enrolment/follow_up.html",
        enrolment=enrolment,
        meaning=MEANINGS[enrolment.status],
        question=question,
        given={piece.kind: piece for piece in given},
        labels=enrolment_pieces.labels(enrolment),
        form=form,
        here=_address(),
        refused=refused or {},
        hint=FILES_HINT,
        leads_back=None if request.blueprint == BY_LINK else f"/segurnums/enrolements/{enrolment.id}",
    )
