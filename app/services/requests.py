"""What people and the system do to a funding request: `act` is the only writer of a status.

Services flush; the caller (view, job, command) commits. Locks are taken in one order: request, envelope, counter, audit
head (at the commit). A stale page (`seen` is not the version of today) raises `Conflict`.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from app.domain import deadlines, request_workflow, separation
from app.domain.enums import ALIVE, Phase, RequestStatus, Role
from app.domain.errors import Conflict, IllegalAction, NotAllowed
from app.domain.request_workflow import Action
from app.domain.separation import Duty
from app.extensions import db
from app.models.budget import Decision
from app.models.documents import Document
from app.models.payments import Payment, PaymentOrder
from app.models.recoveries import RecoveryOrder
from app.models.rejections import Rejection
from app.models.requests import Avenant, FundingRequest, InformationRequest
from app.services import asked as asked_service
from app.services import (
    audit,
    beneficiary_claims,
    clock,
    corridor_versions,
    formats,
    letter_contents,
    liquidation,
    messages,
    next_avenant,
    recovery_facts,
    standing_soldes,
)
from app.services.actors import Actor
from app.services.asked import NOTHING, Asked
from app.services.messages import Event


@dataclass(frozen=True, slots=True)
class Deed:
    """What the effect of an action may need: who, his comment, the decision when there is one, what is asked."""

    actor: Actor
    comment: str = ""
    decision: Decision | None = None
    asked: Asked = NOTHING


def act(
    avenant: Avenant,
    action: Action,
    actor: Actor,
    *,
    comment: str = "",
    seen: int | None = None,
    decision: Decision | None = None,
    asked: Asked = NOTHING,
) -> Avenant:
    """Apply one row of the workflow to a request. Returns its current avenant (a new one for a cancellation).

    Raises `Conflict` (somebody acted meanwhile), `IllegalAction`, `NotAllowed`.
    """
    lock(avenant)
    refuse_stale(avenant, seen)
    row = request_workflow.check(avenant.status, action, actor.roles, comment)
    before = snapshot(avenant)
    comment = comment.strip()
    assert row.target is not None, "what deletes a request is no act: app.services.incomplete"
    current = _EFFECTS[action](avenant, Deed(actor, comment, decision, asked)) or avenant
    current.status, current.status_changed_at = row.target, clock.now()
    current.payment_state = row.payment or current.payment_state
    flush(avenant)
    audit.record(
        action.label, "request", avenant.number, actor, before=before, after=snapshot(current), comment=comment
    )
    return current


def lock(avenant: Avenant) -> None:
    """Hold the row until the commit and read it afresh (on SQLite the whole transaction already holds the base)."""
    db.session.refresh(avenant, with_for_update={"of": Avenant})


def refuse_stale(avenant: Avenant, seen: int | None) -> None:
    """Raise `Conflict` when the person acts on another version than the one of today, saying what happened."""
    if (seen is None or seen == avenant.version) and avenant.is_current:
        return
    last = audit.last_entry("request", avenant.number)
    happened = f" : « {last.action} » par {last.actor} le {formats.minute(last.at)}" if last else ""
    raise Conflict(
        f"La demande {avenant.number} a été modifiée entre-temps{happened}. Elle est maintenant au statut"
        f" « {avenant.status.label} ». Rien n'a été enregistré de votre action."
    )


def flush(avenant: Avenant) -> None:
    """Write, or raise `Conflict` when the row changed under us."""
    try:
        db.session.flush()
    except StaleDataError as stale:
        number: str = sa.inspect(avenant).dict.get("number", "")
        raise Conflict(f"La demande {number} a été modifiée entre-temps. Rechargez la page.") from stale


def touch(avenant: Avenant) -> None:
    """Count a new version of the row, so that a page opened before is stale."""
    sa.orm.attributes.flag_modified(avenant, "payment_state")
    flush(avenant)


def snapshot(avenant: Avenant) -> dict[str, Any]:
    """What the audit keeps of a request before and after an act."""
    return {
        "status": avenant.status.value,
        "payment_state": avenant.payment_state.value,
        "amount": None if avenant.amount is None else str(avenant.amount),
        "ordinal": avenant.ordinal,
    }


def refuse_same_person(avenant: Avenant, duty: Duty, actor: Actor) -> None:
    """Four different people on one dossier. Raises `NotAllowed`. The system is nobody."""
    if actor.id is None:
        return
    for done_by in _duties_done(avenant.request.dossier_id):
        separation.check(duty, actor.id, done_by)


def _duties_done(dossier_id: int) -> list[dict[Duty, int | None]]:
    query = (
        sa.select(*_HELD.values())
        .join(FundingRequest, FundingRequest.id == Avenant.request_id)
        .outerjoin(Decision, Decision.id == Avenant.decision_id)
        .outerjoin(Payment, Payment.avenant_id == Avenant.id)
        .outerjoin(PaymentOrder, PaymentOrder.id == Payment.order_id)
        .outerjoin(RecoveryOrder, RecoveryOrder.payment_id == Payment.id)
        .where(FundingRequest.dossier_id == dossier_id)
    )
    return [dict(zip(_HELD, row, strict=True)) for row in db.session.execute(query)]


# Where each duty is written.
_HELD: dict[Duty, Any] = {
    Duty.VALIDATE: Avenant.judged_by_id,
    Duty.DECIDE: Decision.decided_by_id,
    Duty.ORDER: PaymentOrder.ordered_by_id,
    Duty.CONFIRM: Payment.confirmed_by_id,
    Duty.PROPOSE_RECOVERY: RecoveryOrder.proposed_by_id,
    Duty.ISSUE_RECOVERY: RecoveryOrder.judged_by_id,
    Duty.CONFIRM_RECOVERY: RecoveryOrder.recovered_by_id,
}


# --- what each action does besides changing the status


def _complete(avenant: Avenant, deed: Deed) -> None:
    _confirm_pieces(avenant)
    avenant.completed_at = clock.now()
    avenant.expires_on = None


def _confirm_pieces(avenant: Avenant) -> None:
    """What was given is given for good: staff see it, its supplier no longer removes it."""
    db.session.execute(
        sa.update(Document)
        .where(Document.request_id == avenant.request_id, Document.confirmed_at.is_(None))
        .values(confirmed_at=clock.now())
    )


def _instruct(avenant: Avenant) -> None:
    """The amounts appear from the first staff action on (guide « Les écrans du portail », § 5.2)."""
    avenant.first_instructed_at = avenant.first_instructed_at or clock.now()
    with contextlib.suppress(IllegalAction):  # no ceiling for a beneficiary: it may be asked about or rejected
        liquidation.freeze(avenant)


def _ask_document(avenant: Avenant, deed: Deed) -> None:
    _ask(avenant, Action.ASK_DOCUMENT, Event.DOCUMENT_ASKED, deed)


def _ask_amendment(avenant: Avenant, deed: Deed) -> None:
    asked = _ask(avenant, Action.ASK_AMENDMENT, Event.AMENDMENT_ASKED, deed)
    delays = corridor_versions.delays_of(avenant.dossier.corridor_code)
    asked.remind_on = deadlines.amendment_reminder(clock.today(), delays.amendment_reminder)
    asked.closes_on = deadlines.amendment_closing(clock.today(), delays.amendment)


def _ask(avenant: Avenant, action: Action, event: Event, deed: Deed) -> InformationRequest:
    _instruct(avenant)
    assert deed.actor.id is not None, "only a person asks"
    opened = asked_service.checked(avenant, deed.asked)
    asked = InformationRequest(
        avenant=avenant,
        action=action.value,
        comment=deed.comment,
        asked_at=clock.now(),
        asked_by_id=deed.actor.id,
        asked_fields=list(opened.fields),
        asked_kinds=list(opened.kinds),
    )
    db.session.add(asked)
    db.session.flush()
    messages.tell_supplier(event, avenant, f"{asked.id}", comment=deed.comment, said=asked_service.said_of(asked))
    return asked


def _resolve(avenant: Avenant, deed: Deed) -> None:
    asked = open_information_request(avenant)
    if asked:
        asked.resolved_at, asked.resolution = clock.now(), _ended_by(deed.actor)
        asked.typed = {}
    _confirm_pieces(avenant)


def _ended_by(actor: Actor) -> str:
    """Who ended what was asked: its supplier, the officer who cancels the request, or J+20."""
    if actor.id is None:
        return "system"
    return "supplier" if Role.SUPPLIER in actor.roles else "officer"


def _validate(avenant: Avenant, deed: Deed) -> None:
    _judge(avenant, deed.actor)
    _refuse_while_the_avance_is_asked_back(avenant)
    liquidation.freeze(avenant)
    letter_contents.owe_decision(avenant)
    messages.tell_supplier(Event.REQUEST_VALIDATED, avenant, f"{avenant.id}")


def _refuse_while_the_avance_is_asked_back(avenant: Avenant) -> None:
    """What a solde is worth depends on what is left of the avance."""
    order = recovery_facts.open_on_avance(avenant.request.dossier_id) if avenant.phase is Phase.SOLDE else None
    if order:
        raise IllegalAction(
            f"L'ordre de recouvrement {order.number} est en cours sur l'avance de ce dossier : le solde se valide une"
            " fois la somme recouvrée, ou la proposition refusée."
        )


def _reject(avenant: Avenant, deed: Deed) -> None:
    _judge(avenant, deed.actor)
    beneficiary_claims.release(avenant)
    db.session.add(Rejection(avenant_id=avenant.id, reasons=deed.comment, wordings=[]))
    messages.tell_supplier(Event.REQUEST_REJECTED, avenant, f"{avenant.id}", comment=deed.comment)


def _judge(avenant: Avenant, actor: Actor) -> None:
    refuse_same_person(avenant, Duty.VALIDATE, actor)
    _instruct(avenant)
    avenant.judged_at, avenant.judged_by_id = clock.now(), actor.id


def _decide(avenant: Avenant, deed: Deed) -> None:
    """`app.services.decisions` reserves the envelope and makes the decision first."""
    assert deed.decision is not None, "a decision is made by app.services.decisions"
    avenant.decided_at, avenant.decision_id = deed.decision.decided_at, deed.decision.id


def _cancel(avenant: Avenant, deed: Deed) -> Avenant:
    """The initial avenant becomes « Historisée », a new one « Annulée » (guide « Les écrans du portail », § 5.1)."""
    refuse_with_a_living_solde(avenant)
    _resolve(avenant, deed)
    beneficiary_claims.release(avenant)
    cancelled = next_avenant.cancelling(avenant)
    cancelled.status, cancelled.status_changed_at = RequestStatus.CANCELLED, clock.now()
    avenant.status, avenant.is_current = RequestStatus.SUPERSEDED, False
    avenant.status_changed_at = clock.now()
    flush(avenant)
    db.session.add(cancelled)
    if deed.actor.id is not None:  # a total recovery tells of itself: app.services.recoveries
        db.session.flush()
        messages.tell_supplier(Event.REQUEST_CANCELLED, cancelled, f"{cancelled.id}", comment=deed.comment)
    return cancelled


def refuse_with_a_living_solde(avenant: Avenant) -> None:
    """An avance does not die before its solde. Raises `NotAllowed`."""
    if solde := standing_soldes.on(avenant, ALIVE):
        raise NotAllowed(f"Le solde {solde.number} de ce dossier est en cours : il doit être annulé d'abord.")


_EFFECTS: dict[Action, Callable[[Avenant, Deed], Avenant | None]] = {
    Action.COMPLETE: _complete,
    Action.ASK_DOCUMENT: _ask_document,
    Action.ADD_DOCUMENT: _resolve,
    Action.ASK_AMENDMENT: _ask_amendment,
    Action.AMEND: _resolve,
    Action.LEAVE: _resolve,
    Action.CLOSE_AMENDMENT: _resolve,
    Action.VALIDATE: _validate,
    Action.REJECT: _reject,
    Action.DECIDE: _decide,
    Action.CANCEL: _cancel,
    Action.CANCEL_DECIDED: _cancel,
    Action.RECOVER: _cancel,
}


def open_information_request(avenant: Avenant) -> InformationRequest | None:
    """What the supplier still has to answer, if anything."""
    query = sa.select(InformationRequest).where(
        InformationRequest.avenant_id == avenant.id, InformationRequest.resolved_at.is_(None)
    )
    return db.session.scalar(query)
