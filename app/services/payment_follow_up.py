"""« Suivi financier »: what was decided and paid on a dossier, avance and solde together.

Source: guide « Les écrans du portail », § 5.2, block « Suivi financier » (ten columns, once the avance is decided).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from app.domain.enums import RECOVERY_TOLD, LetterKind, PaymentState, Phase, RecoveryStatus
from app.extensions import db
from app.models.documents import Letter
from app.models.payments import Payment, PaymentOrder
from app.models.recoveries import RecoveryOrder
from app.models.requests import Avenant, FundingRequest
from app.services import recovery_facts

EVERY = frozenset(RecoveryStatus)
PURPOSE = "VERSE001"  # « valeur fixe » in the guide


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """One payment, in euros. `advice_id`: the document of the avis; `advice_due`: asked, not made yet."""

    number: str
    phase: Phase
    state: PaymentState
    decided: Decimal | None
    validated_at: dt.datetime | None
    ordered_at: dt.datetime | None
    paid: Decimal | None
    paid_on: dt.date | None
    advice_id: int | None
    advice_due: bool
    purpose: str = PURPOSE


def of(dossier_id: int) -> tuple[FollowUpRow, ...]:
    """A row per decided avenant of the dossier, oldest first. Empty until the avance is decided."""
    rows = [_row(*found) for found in db.session.execute(_query(dossier_id))]
    return tuple(rows) if any(row.phase is Phase.AVANCE for row in rows) else ()


def recoveries(dossier_id: int, for_staff: bool) -> Sequence[RecoveryOrder]:
    """What is asked back, or came back, of those payments: what the supplier was told, or every order for staff."""
    return recovery_facts.of_dossier(dossier_id, EVERY if for_staff else RECOVERY_TOLD)


def _query(dossier_id: int) -> sa.Select[Avenant, Payment, PaymentOrder, Letter]:
    return (
        sa.select(Avenant, Payment, PaymentOrder, Letter)
        .join(FundingRequest, FundingRequest.id == Avenant.request_id)
        .outerjoin(Payment, Payment.avenant_id == Avenant.id)
        .outerjoin(PaymentOrder, PaymentOrder.id == Payment.order_id)
        .outerjoin(Letter, sa.and_(Letter.avenant_id == Avenant.id, Letter.kind == LetterKind.PAYMENT_ADVICE))
        .where(FundingRequest.dossier_id == dossier_id, Avenant.decided_at.is_not(None))
        .order_by(Avenant.decided_at, Avenant.id)
    )


def _row(avenant: Avenant, payment: Payment | None, order: PaymentOrder | None, letter: Letter | None) -> FollowUpRow:
    made = payment if payment and payment.paid_on else None
    return FollowUpRow(
        number=avenant.number,
        phase=avenant.phase,
        state=avenant.payment_state,
        decided=avenant.amount,
        validated_at=avenant.judged_at,
        ordered_at=order.ordered_at if order else None,
        paid=made.amount if made else None,
        paid_on=made.paid_on if made else None,
        advice_id=letter.document_id if letter else None,
        advice_due=letter is not None and letter.document_id is None,
    )
