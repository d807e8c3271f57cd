"""« Terminer »: a draft becomes a numbered enrolment, once, with all its pieces, acknowledged by mail.

Guides « Présentation du portail » and « Opérateur MSS », last step (confirmation, M1).
"""

from typing import Any

from sqlalchemy.exc import IntegrityError

from app.domain.enrolment_steps import NAMES, NO, STEPS, Step
from app.domain.enums import CompanyCheck, EnrolmentKind
from app.domain.errors import RuleBroken
from app.domain.vat import VatRegime
from app.extensions import db
from app.models.bank_accounts import BankAccount
from app.models.enrolment_drafts import EnrolmentDraft
from app.models.enrolments import Enrolment
from app.models.referencings import Referencing
from app.models.suppliers import Supplier
from app.services import (
    actors,
    clock,
    complementary_enrolments,
    declared_companies,
    enrolment_cases,
    enrolment_companies,
    enrolment_drafts,
    enrolment_follow_up,
    enrolments,
    formats,
    messages,
    suppliers,
)
from app.services.actors import SYSTEM
from app.services.messages import Event

UNPAID = "Aucune coordonnée bancaire n'est active : faites valider les vôtres, puis terminez votre demande."
TWICE = "Une demande d'enrôlement pour ce SIRET et ce numéro vient d'être déposée."


def filed(draft: EnrolmentDraft) -> Enrolment | None:
    """The enrolment this draft became, if it did."""
    return db.session.get(Enrolment, draft.enrolment_id) if draft.enrolment_id else None


def file(draft: EnrolmentDraft) -> Enrolment:
    """The enrolment of this draft, whose lock the caller holds; the same one again when it was filed already.

    Raises `RuleBroken` for what is missing, or when the company may not enrol this software (any more).
    """
    done = filed(draft)
    if done is not None:
        return done
    _refuse_unfinished(draft)
    referencing = enrolment_cases.referencing_of(draft)
    complementary = draft.kind is EnrolmentKind.COMPLEMENTARY
    enrolment_cases.refuse_unless_open(draft.answers["siret"], referencing, complementary=complementary)
    try:
        with db.session.begin_nested():
            enrolment = _write(draft, referencing)
    except IntegrityError as twice:
        raise RuleBroken(TWICE) from twice
    _acknowledge(enrolment, draft)
    return enrolment


def _refuse_unfinished(draft: EnrolmentDraft) -> None:
    if draft.furthest_step < Step.CONFIRMATION.number:
        step = STEPS[draft.furthest_step - 1]
        raise RuleBroken(f"L'étape {step.number} - {step.label} est à compléter.")
    lacking = enrolment_cases.missing(draft)
    if lacking:
        first = lacking[0]
        raise RuleBroken(f"Il manque une pièce à l'étape {first.step.number} : « {first.label} ».")


def _write(draft: EnrolmentDraft, referencing: Referencing) -> Enrolment:
    declared = _declared(draft)
    supplier, account = _paid(draft, declared)
    enrolment = enrolments.deposit(
        supplier,
        referencing,
        account,
        VatRegime(declared["vat"]),
        draft.kind,
        actors.of(draft.user) if draft.user else SYSTEM,
        declared=declared,
        company_check=enrolment_companies.first_check(declared) if draft.user is None else CompanyCheck.VERIFIED,
    )
    needed = {one.code for one in enrolment_cases.asked(draft)}
    for code, piece in enrolment_drafts.held_of(draft).items():
        if code in needed:
            piece.draft_id, piece.enrolment_id = None, enrolment.id
        else:
            enrolment_drafts.drop_piece(piece)
    draft.enrolment_id, draft.touched_at = enrolment.id, clock.now()
    db.session.flush()
    return enrolment


def _declared(draft: EnrolmentDraft) -> dict[str, Any]:
    """Everything that was typed, and what the register gave, or what is known of the supplier now; nothing of a person
    who was named, then no more."""
    said = {name: draft.answers.get(name, "") for name in NAMES} | complementary_enrolments.known(draft)
    if said["is_representative"] != NO:
        said |= dict.fromkeys((name for name in NAMES if name.startswith("declarant_") or name == "quality"), "")
    return said | {"register": draft.answers.get("register")}


def _paid(draft: EnrolmentDraft, declared: dict[str, Any]) -> tuple[Supplier, BankAccount]:
    if draft.supplier is None:
        supplier = declared_companies.supplier_of(declared)
        return supplier, declared_companies.account_of(supplier, declared)
    account = suppliers.active_account(draft.supplier.id)
    if account is None:
        raise RuleBroken(UNPAID)
    return draft.supplier, account


def _acknowledge(enrolment: Enrolment, draft: EnrolmentDraft) -> None:
    """M1, with where to follow it: the space of who has one, else the first of its links."""
    space = enrolment_follow_up.contact_of(enrolment).space
    messages.queue(
        Event.ENROLMENT_FILED,
        draft.user.email if draft.user else declared_companies.email_of(enrolment.declared),
        f"{Event.ENROLMENT_FILED.value}:{enrolment.number}",
        supplier_id=enrolment.supplier_id if draft.user else None,
        request_id=None,
        secret=None if space else enrolment_follow_up.renew_link(enrolment),
        space=space,
        enrolment=enrolment,
        deposited=formats.day(enrolment.deposited_at),
    )
