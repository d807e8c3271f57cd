"""What a supplier answers to an officer who asked a piece: pieces added, then « Confirmer ».

Guide « Les écrans du portail », § 5.2. What he answers to who asked a modification is in `modifications`.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from app.domain.enums import RequestStatus
from app.domain.errors import Conflict, RuleBroken
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.documents import Document
from app.models.requests import Avenant, InformationRequest
from app.models.users import User
from app.services import actors, asked, documents
from app.services import requests as request_service


def pending(avenant: Avenant) -> Sequence[Document]:
    """The pieces just added: they may still be removed."""
    query = sa.select(Document).where(Document.request_id == avenant.request_id, Document.confirmed_at.is_(None))
    return db.session.scalars(query.order_by(Document.id)).all()


def missing(question: InformationRequest) -> tuple[str, ...]:
    """The labels of the pieces that were named and that nothing just added gives."""
    given = {one.kind for one in pending(question.avenant)}
    return asked.said(question.avenant, (), [kind for kind in question.asked_kinds if kind not in given]).pieces


def confirm(avenant: Avenant, user: User, seen: int) -> Avenant:
    """Back to « En cours ». Raises `Conflict` (stale page, nothing asked), `RuleBroken` (a piece that was asked is not
    there), `NotAllowed`."""
    documents.hold(avenant)
    request_service.refuse_stale(avenant, seen)
    documents.refuse_closed_complement(avenant, user)
    question = request_service.open_information_request(avenant)
    if avenant.status is not RequestStatus.AWAITING_DOCUMENT or question is None:
        raise Conflict(f"Aucune pièce n'est demandée pour {avenant.number}.")
    if not pending(avenant):
        raise RuleBroken("Ajoutez la pièce demandée avant de confirmer.", field="file")
    if lacking := missing(question):
        raise RuleBroken(f"Il manque encore : {' ; '.join(lacking)}. Ajoutez-la avant de confirmer.", field="file")
    return request_service.act(avenant, Action.ADD_DOCUMENT, actors.of(user), seen=seen)
