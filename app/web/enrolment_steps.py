"""What a step of an enrolment shows and receives: its form, its pieces, the place of what is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast

from flask import request
from wtforms import Field

from app.domain.contacts import email_fault
from app.domain.enrolment_steps import ANSWERS, KEPT_OF_THE_REGISTER, NAMES, OF_THE_SUPPLIER, STEPS, Piece, Step
from app.domain.enums import EnrolmentKind
from app.domain.errors import RuleBroken
from app.domain.vat import VatRegime
from app.extensions import db
from app.models.enrolment_drafts import EnrolmentDraft
from app.services import (
    attachments,
    bank_register,
    complementary_enrolments,
    enrolment_cases,
    enrolment_drafts,
    enrolment_filing,
)
from app.services.documents import Stored
from forms import uploads
from forms.enrolment import ReferencingForm, SiretForm, StepForm, of_step, tidied

Sent = Mapping[str, Stored | RuleBroken]  # by the code of the piece: its file, kept in the store, or why it is refused

_TEMPLATES = {
    Step.REFERENCING: "public/enrolment_referencing.html",
    Step.APPLICANT: "public/enrolment_applicant.html",
    Step.BANK: "public/enrolment_bank.html",
    Step.VAT: "public/enrolment_vat.html",
    Step.CONFIRMATION: "public/enrolment_confirmation.html",
}
_KNOWN_TEMPLATES = {
    Step.APPLICANT: "supplier/enrolment_applicant.html",
    Step.BANK: "supplier/enrolment_bank.html",
}
FOUND = ("ans_number", "siret")  # by a search, never typed over


@dataclass
class Shown:
    """A step before a person. `asks_number`, `asks_siret`: the software, the company of the applicant is still to be
    found. `known`: of a supplier whose people and account are shown, not asked. `refusals`: of files and of what is
    known, told besides what the form finds."""

    step: Step
    form: StepForm
    asks_number: bool = False
    asks_siret: bool = False
    known: bool = False
    captcha_errors: list[str] = field(default_factory=list)
    refusals: list[RuleBroken] = field(default_factory=list)

    @property
    def template(self) -> str:
        if self.asks_siret:
            return "public/enrolment_siret.html"
        return _KNOWN_TEMPLATES.get(self.step, _TEMPLATES[self.step]) if self.known else _TEMPLATES[self.step]

    def is_right(self) -> bool:
        """Judge what was sent: each refusal stands at its field."""
        right = self.form.validate()
        for refusal in (*self.refusals, *self._of_account()):
            self.form.refuse(refusal)
            right = False
        return right

    def _of_account(self) -> list[RuleBroken]:
        """What the register of banks says against an IBAN and a BIC, each well written."""
        if self.step is not Step.BANK or self.known:
            return []
        iban, bic = self.form["iban"], self.form["bic"]
        found = []
        if iban.data and not iban.errors and (fault := bank_register.iban_fault(iban.data)):
            found.append(RuleBroken(fault, field="iban"))
        if bic.data and not bic.errors and (fault := bank_register.bic_fault(bic.data, iban.data or "")):
            found.append(RuleBroken(fault, field="bic"))
        return found


def looks_up(draft: EnrolmentDraft) -> bool:
    """Whether its company is looked up by SIRET: the supplier of a complementary one is known."""
    return draft.kind is EnrolmentKind.INITIAL


def shown(draft: EnrolmentDraft, step: Step) -> Shown:
    """A step as it was left."""
    if step is Step.APPLICANT and not draft.answers.get("siret"):
        return siret_asked()
    known = not looks_up(draft)
    form = of_step(step, draft.answers, enrolment_cases.offered(draft, step), known=known)
    return Shown(step, form, known=known)


def number_asked() -> Shown:
    return Shown(Step.REFERENCING, ReferencingForm(), asks_number=True)


def siret_asked() -> Shown:
    return Shown(Step.APPLICANT, SiretForm(), asks_siret=True)


def proved(draft: EnrolmentDraft, step: Step) -> Sent:
    """The files just sent with an open step, proved and put in the store. Commits first: nothing is held while the
    antivirus reads them."""
    if draft.enrolment_id is not None or step.number > draft.furthest_step:
        return {}
    chosen = {
        piece.code: sent
        for piece in enrolment_cases.offered(draft, step)
        if (sent := uploads.picked(request.files.get(piece.code)))
    }
    db.session.commit()
    return {code: _stored(code, sent.filename or "", cast(BinaryIO, sent.stream)) for code, sent in chosen.items()}


def _stored(code: str, name: str, content: BinaryIO) -> Stored | RuleBroken:
    try:
        return attachments.store(name, content)
    except RuleBroken as refusal:
        return RuleBroken(str(refusal), field=code)


def received(draft: EnrolmentDraft, step: Step, sent: Sent) -> Shown:
    """A step just sent: its answers and its files are kept first, then it may be judged."""
    known = not looks_up(draft)
    if not (known and step in OF_THE_SUPPLIER):
        enrolment_drafts.answer(draft, _typed(draft, step))
    offered = enrolment_cases.offered(draft, step)
    refused = _keep_files(draft, offered, sent)
    lacking = {one.code for one in enrolment_cases.missing(draft, step)} - {one.field or "" for one in refused}
    if known and step is Step.BANK and not complementary_enrolments.known(draft)["iban"]:
        refused.append(RuleBroken(enrolment_filing.UNPAID))
    form = of_step(step, draft.answers, offered, lacking, known=known)
    _show_kept(form, draft)
    return Shown(step, form, known=known, refusals=refused)


def _keep_files(draft: EnrolmentDraft, offered: tuple[Piece, ...], sent: Sent) -> list[RuleBroken]:
    """Keep the files of the pieces this step may ask. Returns the refusals of the others."""
    refused = []
    for piece in offered:
        match sent.get(piece.code):
            case RuleBroken() as refusal:
                refused.append(refusal)
            case Stored() as stored:
                enrolment_drafts.keep_piece(draft, piece, stored)
    return refused


def _typed(draft: EnrolmentDraft, step: Step) -> dict[str, str]:
    """What was sent for the answers of this step; the register's part of an address is not to be typed over."""
    register: dict[str, str] = draft.answers.get("register") or {}
    fixed = {name: register[name] for name in KEPT_OF_THE_REGISTER if register.get(name)}
    asked = [name for name in ANSWERS[step] if name not in FOUND and name in request.form]
    typed = {name: tidied(request.form[name]) for name in asked} | (fixed if step is Step.APPLICANT else {})
    return _with_proposals(typed) if step is Step.BANK else typed


def _with_proposals(typed: dict[str, str]) -> dict[str, str]:
    """An empty BIC or bank is proposed from the IBAN; what was typed never gives way."""
    known = bank_register.proposed(typed.get("iban", ""))
    proposed = {"bic": known.bic, "bank_name": known.bank_name}
    return typed | {name: value for name, value in proposed.items() if value and not typed.get(name)}


def _show_kept(form: StepForm, draft: EnrolmentDraft) -> None:
    """Fields hold what was kept rather than what was sent: tidied, proposed, or the register's."""
    for name in (name for step in STEPS for name in ANSWERS[step] if name in form):
        control: Field = form[name]
        kept = draft.answers.get(name, "")
        control.data, control.raw_data = kept, [kept] if kept else []


def told(draft: EnrolmentDraft, shown: Shown) -> dict[str, Any]:
    """What a page that saves as one types is answered: the files held, those refused, what the bank register says."""
    return {
        "pieces": {code: one.attachment.file_name for code, one in enrolment_drafts.held_of(draft).items()},
        "refused": {one.field: str(one) for one in shown.refusals if one.field},
        "proposed": {name: draft.answers.get(name, "") for name in ("bic", "bank_name")},
    }


def is_sure(draft: EnrolmentDraft, email: str) -> bool:
    """Whether an address was typed twice alike, and may exist."""
    who = "declarant" if draft.answers.get("declarant_email") == email else "representative"
    return bool(email) and email == draft.answers.get(f"{who}_email_again") and email_fault(email) is None


def _said(draft: EnrolmentDraft | None) -> dict[str, Any]:
    """What was typed, and what is known now of a supplier."""
    return draft.answers | complementary_enrolments.known(draft) if draft else {}


def context(draft: EnrolmentDraft | None, shown: Shown) -> dict[str, Any]:
    """What the page of a step needs besides its form."""
    referencing = enrolment_cases.referencing_of(draft) if draft else None
    register: dict[str, str] = (draft.answers.get("register") or {}) if draft else {}
    return {
        "step": shown.step,
        "steps": STEPS,
        "form": shown.form,
        "asks_number": shown.asks_number,
        "captcha_errors": shown.captcha_errors,
        "draft": draft,
        "answers": dict.fromkeys(NAMES, "") | _said(draft),
        "held": enrolment_drafts.held_of(draft) if draft else {},
        "asked": enrolment_cases.asked(draft) if draft else (),
        "referencing": referencing,
        "corridor": enrolment_cases.spec_of(referencing) if referencing else None,
        "fixed": [name for name in KEPT_OF_THE_REGISTER if register.get(name)],
        "register": register,
        "vat_labels": {one.value: one.label for one in VatRegime},
    }
