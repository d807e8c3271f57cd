"""Which solde stands on this avance?"""

from collections.abc import Collection

import sqlalchemy as sa

from app.domain.enums import Phase, RequestStatus
from app.extensions import db
from app.models.requests import Avenant, FundingRequest


def on(avance: Avenant, statuses: Collection[RequestStatus]) -> Avenant | None:
    """The current solde of its dossier when it is at one of these statuses; None for what is no avance."""
    if avance.phase is not Phase.AVANCE:
        return None
    query = (
        sa.select(Avenant)
        .join(FundingRequest, FundingRequest.id == Avenant.request_id)
        .where(
            FundingRequest.dossier_id == avance.request.dossier_id,
            FundingRequest.phase == Phase.SOLDE,
            Avenant.is_current,
            Avenant.status.in_(statuses),
        )
    )
    return db.session.scalar(query)
