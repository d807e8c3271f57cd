"""What is being asked back of the payments of a dossier, and what came back. Reads only; amounts in euros."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.domain.amounts import ZERO
from app.domain.enums import RECOVERY_OPEN, Phase, RecoveryStatus, RequestStatus
from app.extensions import db
from app.models.payments import Payment
from app.models.recoveries import RecoveryOrder
from app.models.requests import Avenant, FundingRequest
from app.services import standing_soldes


def recovered_of_payment() -> sa.ScalarSelect[Any]:
    """An expression on `Payment`: what came back of it."""
    return (
        sa.select(sa.func.coalesce(sa.func.sum(RecoveryOrder.amount), 0))
        .where(RecoveryOrder.payment_id == Payment.id, RecoveryOrder.status == RecoveryStatus.RECOVERED)
        .correlate(Payment)
        .scalar_subquery()
    )


def left_of(payment: Payment) -> Decimal:
    """What may still be asked back of a payment: what was paid, less what is asked or already came back."""
    asked = sa.select(sa.func.sum(RecoveryOrder.amount)).where(
        RecoveryOrder.payment_id == payment.id, RecoveryOrder.status != RecoveryStatus.REFUSED
    )
    return payment.amount - (db.session.scalar(asked) or ZERO)


def likely(avenant: Avenant, payment: Payment) -> Decimal:
    """What one most likely asks back: what its solde found overpaid and nobody asked yet, else all that is left."""
    left = left_of(payment)
    overpaid = _excess(avenant) - (payment.amount - left)
    return min(overpaid, left) if overpaid > ZERO else left


def _excess(avenant: Avenant) -> Decimal:
    """By how much the decided solde of its dossier found the avance beyond the engagement."""
    solde = standing_soldes.on(avenant, [RequestStatus.DECIDED])
    return (solde.excess if solde else None) or ZERO


def open_of(payment: Payment) -> RecoveryOrder | None:
    """The order of this payment that is proposed or issued, if any."""
    return db.session.scalar(
        sa.select(RecoveryOrder).where(RecoveryOrder.payment_id == payment.id, RecoveryOrder.status.in_(RECOVERY_OPEN))
    )


def issued_on(avenant: Avenant) -> RecoveryOrder | None:
    """The order its supplier has to repay on this avenant, if any."""
    query = (
        sa.select(RecoveryOrder)
        .join(Payment, Payment.id == RecoveryOrder.payment_id)
        .where(Payment.avenant_id == avenant.id, RecoveryOrder.status == RecoveryStatus.ISSUED)
    )
    return db.session.scalar(query)


def open_on_avance(dossier_id: int) -> RecoveryOrder | None:
    """The order that asks back the avance of a dossier, while it is open: its solde cannot be worth anything sure."""
    query = (
        sa.select(RecoveryOrder)
        .join(FundingRequest, FundingRequest.id == RecoveryOrder.request_id)
        .where(
            FundingRequest.dossier_id == dossier_id,
            FundingRequest.phase == Phase.AVANCE,
            RecoveryOrder.status.in_(RECOVERY_OPEN),
        )
    )
    return db.session.scalar(query)


def asked_back_whole() -> sa.Exists:
    """A condition on `Avenant`: all that was paid on it is being asked back."""
    return (
        sa.exists()
        .where(
            Payment.avenant_id == Avenant.id,
            RecoveryOrder.payment_id == Payment.id,
            RecoveryOrder.status.in_(RECOVERY_OPEN),
            RecoveryOrder.is_total,
        )
        .correlate(Avenant)
    )


def of_dossier(dossier_id: int, statuses: Collection[RecoveryStatus]) -> Sequence[RecoveryOrder]:
    """The orders of a dossier at these statuses, oldest first, with their request."""
    query = (
        sa.select(RecoveryOrder)
        .join(FundingRequest, FundingRequest.id == RecoveryOrder.request_id)
        .where(FundingRequest.dossier_id == dossier_id, RecoveryOrder.status.in_(statuses))
        .options(joinedload(RecoveryOrder.request))
        .order_by(RecoveryOrder.id)
    )
    return db.session.scalars(query).all()
