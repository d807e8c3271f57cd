"""What a supplier answers to an officer who asked a piece or a modification: pieces added, then « Confirmer ».

Guides « Les écrans du portail », § 5.2, and « Modification d'une demande de solde SAS » (pieces are added only; the
supplier may confirm without modifying anything).
"""

from collections.abc import Sequence

import sqlalchemy as sa

from app.domain.enums import RequestStatus
from app.domain.errors import RuleBroken
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.documents import Document
from app.models.requests import Avenant
from app.models.users import User
from app.services import actors
from app.services import requests as request_service


def pending(avenant: Avenant) -> Sequence[Document]:
    """The pieces just added: they may still be removed."""
    query = sa.select(Document).where(Document.request_id == avenant.request_id, Document.confirmed_at.is_(None))
    return db.session.scalars(query.order_by(Document.id)).all()


def confirm(avenant: Avenant, user: User, seen: int) -> Avenant:
    """Back to « En cours ». Raises `Conflict` (stale page), `RuleBroken` (a piece was asked and none is added)."""
    request_service.lock(avenant)
    request_service.refuse_stale(avenant, seen)
    awaited = avenant.status is RequestStatus.AWAITING_DOCUMENT
    if awaited and not pending(avenant):
        raise RuleBroken("Ajoutez la pièce demandée avant de confirmer.", field="file")
    action = Action.ADD_DOCUMENT if awaited else Action.AMEND
    return request_service.act(avenant, action, actors.of(user), seen=seen)
