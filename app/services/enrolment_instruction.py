"""What an officer does to an enrolment: asks, waits, takes up again, validates, rejects; one mail for each act.

Guides « Présentation du portail » (instruction, validation, identifiers) and « Les écrans du portail », § 3.1. The
page an officer acts on carries the version he saw: of two officers at once, one wins and the other is told.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm.exc import StaleDataError

from app.domain import enrolment_workflow
from app.domain.enrolment_steps import PieceKind
from app.domain.enrolment_workflow import Act
from app.domain.enums import BankAccountStatus
from app.domain.errors import Conflict, RuleBroken
from app.extensions import db
from app.models.enrolments import Enrolment, EnrolmentExchange
from app.services import (
    audit,
    clock,
    declared_changes,
    enrolment_differences,
    enrolment_follow_up,
    enrolment_pieces,
    enrolments,
    messages,
    ports,
    supplier_accounts,
    suppliers,
)
from app.services.actors import Actor
from app.services.messages import Event

CERTIFICATE_AWAITED = "Le certificat de référencement délivré par l'ANS est attendu."


@dataclass(frozen=True, slots=True)
class Deed:
    """Who acts, his word, and the kinds of the pieces he asks."""

    actor: Actor
    comment: str
    kinds: tuple[str, ...]


def act(
    enrolment: Enrolment, what: Act, actor: Actor, *, seen: int, comment: str = "", kinds: Collection[str] = ()
) -> None:
    """Apply one row of the workflow.

    Raises `Conflict` (somebody acted meanwhile), `IllegalAction` (status, `comment`), `NotAllowed` (role), `RuleBroken`
    on `kinds` (no piece, or one that may not be asked) or when no account may be opened.
    """
    enrolment_follow_up.lock(enrolment)
    enrolment_follow_up.refuse_stale(enrolment, seen)
    row = enrolment_workflow.check(enrolment.status, what, actor.roles, comment)
    before, deed = enrolment.status, Deed(actor, comment.strip(), tuple(kinds))
    _EFFECTS[what](enrolment, deed)
    enrolment.status = row.target
    try:
        db.session.flush()
    except StaleDataError as stale:
        raise Conflict("Cette demande d'enrôlement a été modifiée entre-temps. Rechargez la page.") from stale
    if what is not Act.VALIDATE:  # told by what opens the right to deposit
        audit.record(
            what.label,
            "enrolment",
            enrolment.number,
            actor,
            before={"status": before.value},
            after={"status": enrolment.status.value},
            comment=deed.comment,
        )


def _ask_document(enrolment: Enrolment, deed: Deed) -> None:
    known = enrolment_pieces.labels(enrolment)
    if not deed.kinds or not set(deed.kinds) <= known.keys():
        raise RuleBroken("Choisissez au moins une pièce de la liste.", field="kinds")
    asked = _ask(enrolment, deed, deed.comment, deed.kinds)
    _tell(Event.ENROLMENT_PIECE_ASKED, enrolment, asked.id, deed, pieces=[known[kind] for kind in deed.kinds])


def _await_certificate(enrolment: Enrolment, deed: Deed) -> None:
    asked = _ask(enrolment, deed, deed.comment or CERTIFICATE_AWAITED, (PieceKind.CERTIFICATE.value,))
    _tell(Event.ENROLMENT_CERTIFICATE_AWAITED, enrolment, asked.id, deed)


def _ask(enrolment: Enrolment, deed: Deed, question: str, kinds: tuple[str, ...]) -> EnrolmentExchange:
    _close_question(enrolment)
    asked = EnrolmentExchange(
        question=question, kinds=list(kinds), asked_by_id=deed.actor.id, asked_at=clock.now(), answer=""
    )
    enrolment.exchanges.append(asked)
    db.session.flush()
    return asked


def _close_question(enrolment: Enrolment) -> None:
    """What was asked before waits no more; the pieces already added to it stay in the file."""
    question = enrolment_follow_up.open_question(enrolment)
    if question is not None:
        question.answer, question.answered_at = "", clock.now()  # words that were not sent are no answer


def _resume(enrolment: Enrolment, deed: Deed) -> None:
    _close_question(enrolment)
    _tell(Event.ENROLMENT_RESUMED, enrolment, enrolment.version, deed)


def _reject(enrolment: Enrolment, deed: Deed) -> None:
    _close_question(enrolment)
    enrolment.judged_at, enrolment.judged_by_id = clock.now(), deed.actor.id
    account = enrolment.bank_account
    if account is not None and account.status is BankAccountStatus.PENDING:
        account.status = BankAccountStatus.INACTIVE
    _tell(Event.ENROLMENT_REJECTED, enrolment, enrolment.version, deed)


def _validate(enrolment: Enrolment, deed: Deed) -> None:
    """The right to deposit, the supplier as declared when he was not known, then who logs in."""
    differences = enrolment_differences.of(enrolment)
    enrolments.validate(enrolment, deed.actor)
    _pay_on_the_active_account(enrolment)
    opened = declared_changes.open_for(enrolment, deed.actor) if differences else []
    told = {"differences": differences, "opened": opened}
    _tell(Event.ENROLMENT_VALIDATED, enrolment, enrolment.version, deed, follows=False, **told)
    supplier_accounts.open_to(enrolment, deed.actor)


def _pay_on_the_active_account(enrolment: Enrolment) -> None:
    """A supplier that was known is paid where he was: the account declared besides is not his."""
    active, declared = suppliers.active_account(enrolment.supplier_id), enrolment.bank_account
    if active is None or active is declared:
        return
    if declared is not None and declared.status is BankAccountStatus.PENDING:
        declared.status = BankAccountStatus.INACTIVE
    enrolment.bank_account = active


def _tell(event: Event, enrolment: Enrolment, key: int, deed: Deed, *, follows: bool = True, **context: Any) -> None:
    """One mail to who filed it, with a new link to follow it when he has no account."""
    contact = enrolment_follow_up.contact_of(enrolment)
    messages.queue(
        event,
        contact.email,
        f"{event.value}:{enrolment.number}:{key}",
        supplier_id=enrolment.supplier_id if contact.space else None,
        request_id=None,
        secret=enrolment_follow_up.renew_link(enrolment) if follows and not contact.space else None,
        enrolment=enrolment,
        comment=deed.comment,
        space=contact.space,
        base_url=ports.get().public_base_url,
        **context,
    )


_EFFECTS: dict[Act, Callable[[Enrolment, Deed], None]] = {
    Act.ASK_DOCUMENT: _ask_document,
    Act.AWAIT_CERTIFICATE: _await_certificate,
    Act.RESUME: _resume,
    Act.VALIDATE: _validate,
    Act.REJECT: _reject,
}
