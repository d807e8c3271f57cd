"""« Mettre en paiement » then « Enregistrer le paiement »: an ordonnateur's order, a comptable's confirmation.

An order copies the supplier's bank account; one avenant is in one order, for ever (unique key).
"""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.domain import numbers, request_workflow
from app.domain.amounts import ZERO
from app.domain.enums import RequestStatus
from app.domain.errors import Conflict, IllegalAction, RuleBroken
from app.domain.request_workflow import PaymentAct
from app.domain.separation import Duty
from app.extensions import db
from app.models.payments import Payment, PaymentOrder
from app.models.requests import Avenant
from app.services import audit, clock, counters, decisions, formats, letter_contents, messages, suppliers
from app.services import requests as request_service
from app.services.actors import Actor
from app.services.messages import Event

ORDER, CONFIRM = PaymentAct.ORDER.label, PaymentAct.CONFIRM.label


def order(chosen: Sequence[tuple[int, int]], actor: Actor) -> PaymentOrder:
    """One numbered order for every chosen request (avenant id, version seen), or nothing.

    Raises `Conflict` (already ordered, changed meanwhile), `IllegalAction`, `NotAllowed`, `RuleBroken` (no account).
    """
    request_workflow.payment_step(PaymentAct.ORDER, actor.roles)
    assert actor.id is not None, "only a person orders"
    avenants = decisions.lock_all(chosen)
    for avenant in avenants:
        _refuse_unpayable(avenant)
        request_service.refuse_same_person(avenant, Duty.ORDER, actor)
    payments = [_payment(avenant) for avenant in avenants]
    year = clock.today().year
    made = PaymentOrder(
        number=numbers.payment_order(year, counters.take_one(f"payment-order-{year}")),
        ordered_by_id=actor.id,
        ordered_at=clock.now(),
        payment_count=len(payments),
        control_total=sum((payment.amount for payment in payments), ZERO),
        payments=payments,
    )
    db.session.add(made)
    db.session.flush()
    for avenant in avenants:
        request_service.touch(avenant)
        audit.record(
            ORDER, "request", avenant.number, actor, after={"order": made.number, "amount": str(avenant.amount)}
        )
    audit.record(
        ORDER,
        "payment_order",
        made.number,
        actor,
        after={"control_total": str(made.control_total), "requests": [avenant.number for avenant in avenants]},
    )
    return made


def _refuse_unpayable(avenant: Avenant) -> None:
    if avenant.status is not RequestStatus.DECIDED:
        raise IllegalAction(
            f"La demande {avenant.number} est au statut « {avenant.status.label} » : elle doit être décidée."
        )
    if payment_of(avenant):
        raise Conflict(f"La demande {avenant.number} est déjà mise en paiement.")
    if not avenant.amount:
        raise IllegalAction(f"La demande {avenant.number} est décidée à 0,00 € : il n'y a rien à payer.")


def _payment(avenant: Avenant) -> Payment:
    account = suppliers.active_account(avenant.supplier_id)
    if account is None:
        raise RuleBroken(f"Le fournisseur de la demande {avenant.number} n'a pas de coordonnées bancaires actives.")
    return Payment(avenant=avenant, amount=avenant.amount, iban=account.iban, bic=account.bic, holder=account.holder)


def payment_of(avenant: Avenant) -> Payment | None:
    """The payment of this avenant, ordered or confirmed, with its order."""
    query = sa.select(Payment).where(Payment.avenant_id == avenant.id).options(joinedload(Payment.order))
    return db.session.scalar(query)


def confirm(payment: Payment, paid_on: dt.date, reference: str, actor: Actor, *, seen: int | None = None) -> Payment:
    """The transfer was made on `paid_on` (Paris day) under `reference`. Mails the supplier, asks for the avis.

    Raises `Conflict` (already confirmed), `NotAllowed`, `RuleBroken` (date, reference).
    """
    step = request_workflow.payment_step(PaymentAct.CONFIRM, actor.roles)
    avenant = payment.avenant
    request_service.lock(avenant)
    request_service.refuse_stale(avenant, seen)
    db.session.refresh(payment)
    if payment.paid_on is not None:
        raise Conflict(f"Le paiement de {avenant.number} est déjà enregistré, au {formats.day(payment.paid_on)}.")
    request_service.refuse_same_person(avenant, Duty.CONFIRM, actor)
    reference = reference.strip()
    _refuse_odd_facts(payment, paid_on, reference)
    payment.paid_on, payment.reference = paid_on, reference
    payment.confirmed_by_id, payment.confirmed_at = actor.id, clock.now()
    before = request_service.snapshot(avenant)
    avenant.payment_state = step.target
    letter_contents.owe_payment_advice(payment)
    messages.tell_supplier(Event.PAYMENT_DONE, avenant, f"{avenant.id}", payment=payment)
    request_service.flush(avenant)
    after = request_service.snapshot(avenant) | {"paid_on": paid_on.isoformat(), "reference": reference}
    audit.record(CONFIRM, "request", avenant.number, actor, before=before, after=after)
    return payment


def _refuse_odd_facts(payment: Payment, paid_on: dt.date, reference: str) -> None:
    if paid_on > clock.today():
        raise RuleBroken("La date de paiement est dans le futur.", field="paid_on")
    if paid_on < clock.paris_day(payment.order.ordered_at):
        raise RuleBroken("La date de paiement précède la mise en paiement.", field="paid_on")
    if not reference:
        raise RuleBroken("La référence du virement est obligatoire.", field="reference")
    if db.session.scalar(sa.select(Payment.id).where(Payment.reference == reference, Payment.id != payment.id)):
        raise RuleBroken(f"La référence {reference} est déjà celle d'un autre virement.", field="reference")
