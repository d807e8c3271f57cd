"""J+10: the supplier is reminded of the modification that an officer asked for and that nobody has answered.

Guide « Modification d'une demande de solde SAS », applied to every corridor (inferred). The day is stored with the
officer's question: changing the corridor's delay does not move it.
"""

import datetime as dt

import sqlalchemy as sa

from app.domain.enums import RequestStatus
from app.extensions import db
from app.models.mails import Mail
from app.models.requests import Avenant, InformationRequest
from app.services import asked as asked_service
from app.services import messages, sweeping
from app.services.messages import Event


def send_due(today: dt.date) -> int:
    """Queue the reminder of every modification due on `today` (Paris) or before, and not closed yet. Returns how many.

    Commits each (`sweeping.each`): one that cannot be written to never stops the others. Twice, late or in two places
    is harmless: one question has one reminder; after J+20 it has none.
    """
    return sweeping.each(list(db.session.scalars(_due(today))), lambda asked_id: _remind(asked_id, today))


def _due(today: dt.date) -> sa.Select[int]:
    key = sa.literal(f"{Event.AMENDMENT_REMINDER.value}:").concat(sa.cast(InformationRequest.id, sa.String))
    return (
        sa.select(InformationRequest.id)
        .join(Avenant, Avenant.id == InformationRequest.avenant_id)
        .where(
            Avenant.status == RequestStatus.TO_AMEND,
            InformationRequest.resolved_at.is_(None),
            InformationRequest.remind_on <= today,
            InformationRequest.closes_on > today,
            ~sa.exists().where(Mail.event_key == key),
        )
        .order_by(InformationRequest.id)
    )


def _remind(asked_id: int, today: dt.date) -> bool:
    """Look again, and queue the mail; False when it was answered or reminded meanwhile."""
    if db.session.scalar(_due(today).where(InformationRequest.id == asked_id)) is None:
        return False
    asked = db.session.get_one(InformationRequest, asked_id)
    said = asked_service.said_of(asked)
    messages.tell_supplier(Event.AMENDMENT_REMINDER, asked.avenant, f"{asked.id}", asked=asked, said=said)
    return True
