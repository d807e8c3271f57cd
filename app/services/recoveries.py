"""Asking back what was paid: a décideur proposes, an ordonnateur issues or refuses, a comptable records what came back.

Source: guide « Les écrans du portail », § 5.1 (« ordre de recouvrement total » → « Annulée »); a part leaves the status
(docs/decisions, « A recovery goes back through three hands »). Amounts in euros.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.domain import numbers, recovery_workflow
from app.domain.enums import RequestStatus
from app.domain.errors import Conflict, IllegalAction, RuleBroken
from app.domain.recovery_workflow import Act
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.budget import Decision
from app.models.payments import Payment
from app.models.recoveries import RecoveryOrder
from app.models.requests import Avenant, FundingRequest
from app.services import audit, budget, clock, counters, messages, payments, recovery_facts, standing_soldes
from app.services import requests as request_service
from app.services.actors import SYSTEM, Actor
from app.services.messages import Event

SUBJECT = "recovery_order"


def find(number: str) -> RecoveryOrder | None:
    """The order of this number, with its payment."""
    query = sa.select(RecoveryOrder).where(RecoveryOrder.number == number)
    return db.session.scalar(query.options(joinedload(RecoveryOrder.payment).joinedload(Payment.avenant)))


def propose(avenant: Avenant, amount: Decimal, reason: str, actor: Actor, *, seen: int | None = None) -> RecoveryOrder:
    """Ask back `amount` of what was paid on this avenant. Nobody is told until the order is issued.

    Raises `Conflict` (changed meanwhile, an order is open), `IllegalAction` (not paid, its solde stands on it),
    `NotAllowed`, `RuleBroken` (amount, reason).
    """
    row = recovery_workflow.check(None, Act.PROPOSE, actor.roles)
    _lock_dossier(avenant)
    request_service.refuse_stale(avenant, seen)
    payment = _paid(avenant)
    request_service.refuse_same_person(avenant, row.duty, actor)
    if running := recovery_facts.open_of(payment):
        raise Conflict(f"L'ordre de recouvrement {running.number} est déjà en cours sur {avenant.number}.")
    left = recovery_facts.left_of(payment)
    recovery_workflow.check_amount(amount, left)
    if not reason.strip():
        raise RuleBroken("Le motif du recouvrement est obligatoire.", field="reason")
    _refuse_under_a_solde(avenant, whole=amount == left)
    assert actor.id is not None, "only a person proposes"
    year = clock.today().year
    made = RecoveryOrder(
        number=numbers.recovery_order(year, counters.take_one(f"recovery-order-{year}")),
        payment=payment,
        request_id=avenant.request_id,
        amount=amount,
        is_total=amount == left,
        reason=reason.strip(),
        status=row.target,
        proposed_by_id=actor.id,
        proposed_at=clock.now(),
    )
    db.session.add(made)
    request_service.touch(avenant)
    _record(made, Act.PROPOSE, actor, {"amount": str(amount), "requests": [avenant.number]}, made.reason)
    return made


def issue(order: RecoveryOrder, actor: Actor, *, seen: int | None = None) -> RecoveryOrder:
    """The ordonnateur signs: the supplier is told and owes the amount. Raises `Conflict`, `NotAllowed`."""
    avenant = _hold(order, Act.ISSUE, actor, seen)
    _refuse_under_a_solde(avenant, whole=order.is_total)
    _judge(order, Act.ISSUE, actor)
    messages.tell_supplier(Event.RECOVERY_ISSUED, avenant, f"{order.id}", order=order)
    return order


def refuse(order: RecoveryOrder, reason: str, actor: Actor, *, seen: int | None = None) -> RecoveryOrder:
    """The ordonnateur does not sign, and says why. Raises `Conflict`, `NotAllowed`, `RuleBroken` (no reason)."""
    _hold(order, Act.REFUSE, actor, seen)
    if not reason.strip():
        raise RuleBroken("Le motif du refus est obligatoire.", field="comment")
    _judge(order, Act.REFUSE, actor, reason.strip())
    return order


def _judge(order: RecoveryOrder, act: Act, actor: Actor, judgement: str = "") -> None:
    order.status, order.judgement = recovery_workflow.BY_ACT[act].target, judgement
    order.judged_by_id, order.judged_at = actor.id, clock.now()
    db.session.flush()
    _record(order, act, actor, {"recovery_status": order.status.value}, judgement)


def confirm(
    order: RecoveryOrder, recovered_on: dt.date, reference: str, actor: Actor, *, seen: int | None = None
) -> Avenant:
    """The money came back on `recovered_on` (Paris day): the envelope gets it, the supplier is told, and the request is
    « Annulée » once all that was paid came back. Returns the current avenant.

    Raises `Conflict` (already recorded), `NotAllowed`, `RuleBroken` (day, reference).
    """
    avenant = _hold(order, Act.CONFIRM, actor, seen)
    reference = reference.strip()
    _refuse_odd_facts(order, recovered_on, reference)
    order.status = recovery_workflow.BY_ACT[Act.CONFIRM].target
    order.recovered_on, order.reference = recovered_on, reference
    order.recovered_by_id, order.recovered_at = actor.id, clock.now()
    db.session.flush()
    current = avenant
    if order.is_total:
        current = request_service.act(avenant, Action.RECOVER, SYSTEM, comment=f"{order.number} : {order.reason}")
    else:
        request_service.touch(avenant)
    if avenant.decision_id is not None:
        budget.give_back(db.session.get_one(Decision, avenant.decision_id).envelope, order.amount)
    messages.tell_supplier(Event.RECOVERY_DONE, current, f"{order.id}", order=order)
    after = {"recovery_status": order.status.value, "paid_on": recovered_on.isoformat(), "reference": reference}
    _record(order, Act.CONFIRM, actor, after)
    return current


def _hold(order: RecoveryOrder, act: Act, actor: Actor, seen: int | None) -> Avenant:
    """Lock the dossier then the order, and refuse who may not, or comes too late. Returns the avenant that was paid."""
    avenant = order.payment.avenant
    _lock_dossier(avenant)
    db.session.refresh(order, with_for_update={"of": RecoveryOrder})
    row = recovery_workflow.check(order.status, act, actor.roles)
    if seen is not None and seen != order.version:
        raise Conflict(f"L'ordre de recouvrement {order.number} a été modifié entre-temps. Rechargez la page.")
    request_service.refuse_same_person(avenant, row.duty, actor)
    return avenant


def _lock_dossier(avenant: Avenant) -> None:
    """Hold the current avenants of its dossier, the avance's then the solde's: none is judged meanwhile."""
    query = (
        sa.select(Avenant)
        .join(FundingRequest, FundingRequest.id == Avenant.request_id)
        .where(FundingRequest.dossier_id == avenant.request.dossier_id, Avenant.is_current)
        .order_by(Avenant.id)
        .with_for_update(of=Avenant)
        .execution_options(populate_existing=True)
    )
    db.session.scalars(query).all()
    db.session.refresh(avenant)


def _paid(avenant: Avenant) -> Payment:
    payment = payments.payment_of(avenant)
    if avenant.status is not RequestStatus.DECIDED or payment is None or payment.paid_on is None:
        raise IllegalAction(f"La demande {avenant.number} n'est pas payée : il n'y a rien à recouvrer.")
    return payment


def _refuse_under_a_solde(avenant: Avenant, *, whole: bool) -> None:
    """An avance is not asked back whole while its solde lives, nor in part between its validation and its decision."""
    if whole:
        request_service.refuse_with_a_living_solde(avenant)
    if solde := standing_soldes.on(avenant, [RequestStatus.VALIDATED]):
        raise IllegalAction(
            f"Le solde {solde.number} est validé avec ce qui a été versé : il doit être décidé ou annulé d'abord."
        )


def _refuse_odd_facts(order: RecoveryOrder, recovered_on: dt.date, reference: str) -> None:
    if recovered_on > clock.today():
        raise RuleBroken("La date de recouvrement est dans le futur.", field="paid_on")
    if order.judged_at is not None and recovered_on < clock.paris_day(order.judged_at):
        raise RuleBroken("La date de recouvrement précède l'émission de l'ordre.", field="paid_on")
    if not reference:
        raise RuleBroken("La référence du recouvrement est obligatoire.", field="reference")
    taken = sa.select(RecoveryOrder.id).where(RecoveryOrder.reference == reference, RecoveryOrder.id != order.id)
    if db.session.scalar(taken):
        raise RuleBroken(f"La référence {reference} est déjà celle d'un autre recouvrement.", field="reference")


def _record(order: RecoveryOrder, act: Act, actor: Actor, after: dict[str, Any], comment: str = "") -> None:
    """The order has its journal, the request tells of it in its own."""
    number = order.payment.avenant.number
    audit.record(act.label, SUBJECT, order.number, actor, after=after, comment=comment)
    told = {"recovery_order": order.number, "amount": str(order.amount)}
    audit.record(act.label, "request", number, actor, after=told, comment=comment)
