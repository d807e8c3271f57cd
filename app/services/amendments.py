"""J+20: a modification that nobody answered is closed, and the request goes back to « En cours » as it stands.

Guide « Modification d'une demande de solde SAS », applied to every corridor (inferred). The day is stored with the
officer's question: changing the corridor's delay does not move it.
"""

import contextlib
import datetime as dt

import sqlalchemy as sa

from app.domain.enums import RequestStatus
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.requests import Avenant, InformationRequest
from app.services import messages, sweeping
from app.services import requests as request_service
from app.services.actors import SYSTEM
from app.services.messages import Event


def close_overdue(today: dt.date) -> int:
    """Close every modification due on `today` (Paris) or before. Returns how many were closed. Commits each
    (`sweeping.each`): one that was answered meanwhile, or that somebody holds, never stops the others.
    """
    return sweeping.each(list(db.session.scalars(_overdue(today))), _close)


def _close(avenant_id: int) -> int:
    """« En l'état »: its supplier is told (ours: the guide tells him at J+10 only)."""
    avenant = db.session.get_one(Avenant, avenant_id)
    asked = request_service.open_information_request(avenant)
    request_service.act(avenant, Action.CLOSE_AMENDMENT, SYSTEM)
    with contextlib.suppress(LookupError):  # nobody to write to: the closing does not wait
        assert asked is not None, "acted upon, it was open"
        messages.tell_supplier(Event.AMENDMENT_CLOSED, avenant, f"{asked.id}", asked=asked)
    return 1


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
