"""The page of one enrolment for the ASP: what was declared, its pieces beside it, the controls, what one may do.

A mixin of the grid « Demandes d'enrôlement ».
"""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, request
from flask_admin import expose
from flask_login import current_user
from werkzeug.wrappers import Response

from admin_views.staff.writing import actor, attempt, key, may, require
from app.domain import enrolment_workflow
from app.domain.enrolment_workflow import Act, Transition
from app.domain.permissions import Capability
from app.models.enrolment_drafts import EnrolmentPiece
from app.models.enrolments import Enrolment
from app.services import (
    audit,
    audit_words,
    enrolment_checks,
    enrolment_follow_up,
    enrolment_instruction,
    enrolment_pieces,
    enrolment_view,
)
from forms.enrolment_instruction import AskPieceForm, CertificateForm
from forms.staff import CommentForm, SeenForm

DONE = {
    Act.ASK_DOCUMENT: "La pièce est demandée par courriel.",
    Act.AWAIT_CERTIFICATE: "Le certificat est attendu : le déclarant est prévenu par courriel.",
    Act.RESUME: "L'instruction reprend : le déclarant est prévenu par courriel.",
    Act.VALIDATE: "L'enrôlement est validé : les courriels de validation et d'accès partent.",
    Act.REJECT: "L'enrôlement est rejeté : le motif part par courriel.",
}


class EnrolmentInstruction:
    """GET /gestion/enrolements/<number>, POST …/actions/<act>."""

    render: Callable[..., str]

    @expose("/<number>")
    def instruction(self, number: str) -> str:
        return self._page(_find(number))

    @expose("/<number>/actions/<act>", methods=["POST"])
    def act(self, number: str, act: str) -> Response | tuple[str, int]:
        require(Capability.INSTRUCT)
        what = next((one for one in DONE if one.value == act), None) or abort(404)
        enrolment = _find(number)
        form = _form(what, enrolment)
        valid = form.validate()
        if form.seen.errors:
            abort(400)
        if not valid or not attempt(form, lambda: _do(enrolment, what, form)):
            return self._page(_find(number), {what: form}), 422
        flash(DONE[what], "success")
        return redirect(f"/gestion/enrolements/{number}", 303)

    def _page(self, enrolment: Enrolment, tried: dict[Act, SeenForm] | None = None) -> str:
        rows = enrolment_workflow.acts_open_to(enrolment.status, current_user.role_set)
        reads = may(Capability.INSTRUCT)
        given = _given(enrolment)
        return self.render(
            "staff/enrolment.html",
            enrolment=enrolment,
            sections=enrolment_view.sections(
                enrolment, bank=may(Capability.READ_BANK), full_iban=may(Capability.READ_IBAN)
            ),
            checks=enrolment_checks.of(enrolment),
            labels=enrolment_pieces.labels(enrolment),
            offered=[(row, (tried or {}).get(row.act) or _fresh(row, enrolment)) for row in rows],
            tried=tried or {},
            pieces=given,
            piece=_piece(given) if reads else None,
            reads_pieces=reads,
            trail=audit.entries_of("enrolment", enrolment.number),
            words=audit_words,
        )


def _find(number: str) -> Enrolment:
    return enrolment_follow_up.find(key(number)) or abort(404)


def _given(enrolment: Enrolment) -> list[EnrolmentPiece]:
    """Its pieces, but those of an answer that is not sent yet."""
    question = enrolment_follow_up.open_question(enrolment)
    return [one for one in enrolment.pieces if question is None or one.exchange_id != question.id]


def _piece(given: list[EnrolmentPiece]) -> EnrolmentPiece | None:
    """The piece read beside the data: that of `?piece=`, else the first."""
    text = request.args.get("piece")
    if text is None:
        return given[0] if given else None
    return next((one for one in given if str(one.id) == text), None) or abort(404)


def _form(what: Act, enrolment: Enrolment) -> Any:
    """The form of an act, its controls told apart from the others' of the page."""
    if what is Act.ASK_DOCUMENT:
        form = AskPieceForm()
        form.kinds.choices = list(enrolment_pieces.labels(enrolment).items())
        return form.apart(what.value)
    if what is Act.AWAIT_CERTIFICATE:
        return CertificateForm().apart(what.value)
    return (CommentForm() if enrolment_workflow.BY_ACT[what].needs_comment else SeenForm()).apart(what.value)


def _fresh(row: Transition, enrolment: Enrolment) -> Any:
    form = _form(row.act, enrolment)
    form.process(formdata=None, seen=enrolment.version)
    if isinstance(form, AskPieceForm):
        form.kinds.choices = list(enrolment_pieces.labels(enrolment).items())
    return form.apart(row.act.value)


def _do(enrolment: Enrolment, what: Act, form: Any) -> None:
    comment = form.comment.data or "" if "comment" in form else ""
    kinds = form.kinds.data if "kinds" in form else ()
    enrolment_instruction.act(enrolment, what, actor(), seen=form.seen.data, comment=comment, kinds=kinds)
