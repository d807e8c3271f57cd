"""J+20: a modification that nobody answered is closed, and the request goes back to « En cours » as it stands.

Guide « Modification d'une demande de solde SAS », applied to every corridor (inferred). The day is stored with the
officer's question: changing the corridor's delay does not move it.
"""

import contextlib
import datetime as dt
import logging

import sqlalchemy as sa

from app.domain.enums import RequestStatus
from app.domain.errors import RuleBroken
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.requests import Avenant, InformationRequest
from app.services import messages
from app.services import requests as request_service
from app.services.actors import SYSTEM
from app.services.messages import Event

logger = logging.getLogger(__name__)


def close_overdue(today: dt.date) -> int:
    """Close every modification due on `today` (Paris) or before. Returns how many were closed.

    Commits request by request: one that was answered meanwhile, or that somebody holds, never stops the others; it is
    taken again at the next sweep.
    """
    closed = 0
    for avenant_id in list(db.session.scalars(_overdue(today))):
        try:
            _close(db.session.get_one(Avenant, avenant_id))
            db.session.commit()
            closed += 1
        except (RuleBroken, sa.exc.OperationalError):  # answered meanwhile; held by somebody longer than a job waits
            db.session.rollback()
            logger.warning("amendment of avenant %s not closed", avenant_id, exc_info=True)
    return closed


def _close(avenant: Avenant) -> None:
    """« En l'état »: its supplier is told (ours: the guide tells him at J+10 only)."""
    asked = request_service.open_information_request(avenant)
    request_service.act(avenant, Action.CLOSE_AMENDMENT, SYSTEM)
    with contextlib.suppress(LookupError):  # nobody to write to: the closing does not wait
        assert asked is not None, "acted upon, it was open"
        messages.tell_supplier(Event.AMENDMENT_CLOSED, avenant, f"{asked.id}", asked=asked)


def _overdue(today: dt.date) -> sa.Select[int]:
    return (
        sa.select(Avenant.id)
        .join(InformationRequest, InformationRequest.avenant_id == Avenant.id)
        .where(
            Avenant.status == RequestStatus.TO_AMEND,
            InformationRequest.resolved_at.is_(None),
            InformationRequest.closes_on <= today,
        )
        .order_by(Avenant.id)
    )
