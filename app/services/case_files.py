"""What stands around a request on the instruction page: its trail, its dossier's other requests, its payment."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.domain.enums import HIDDEN_FROM_STAFF
from app.extensions import db
from app.models.audit import AuditEntry
from app.models.budget import Envelope
from app.models.payments import Payment
from app.models.requests import Avenant, FundingRequest


def trail(avenant: Avenant) -> Sequence[AuditEntry]:
    """Everything done to this request, the last first."""
    query = (
        sa.select(AuditEntry)
        .where(AuditEntry.subject_kind == "request", AuditEntry.subject == avenant.number)
        .order_by(AuditEntry.id.desc())
    )
    return db.session.scalars(query).all()


def payment_of(avenant: Avenant) -> Payment | None:
    """The payment of this avenant, with its order."""
    query = sa.select(Payment).where(Payment.avenant_id == avenant.id).options(joinedload(Payment.order))
    return db.session.scalar(query)


def siblings(avenant: Avenant) -> Sequence[Avenant]:
    """The other requests of the same dossier, as they stand, without those the ASP does not see yet."""
    query = (
        sa.select(Avenant)
        .join(FundingRequest, FundingRequest.id == Avenant.request_id)
        .where(
            FundingRequest.dossier_id == avenant.request.dossier_id,
            Avenant.request_id != avenant.request_id,
            Avenant.is_current,
            Avenant.status.not_in(HIDDEN_FROM_STAFF),
        )
        .order_by(Avenant.number)
    )
    return db.session.scalars(query).all()


def envelopes_for(corridor_code: str | None = None) -> Sequence[Envelope]:
    """The envelopes that have money left, for one corridor (its own and the common ones) or for all."""
    query = sa.select(Envelope).where(Envelope.total > Envelope.used).order_by(Envelope.code)
    if corridor_code is not None:
        query = query.where(sa.or_(Envelope.corridor_code.is_(None), Envelope.corridor_code == corridor_code))
    return db.session.scalars(query).all()
