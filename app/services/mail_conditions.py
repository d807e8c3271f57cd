"""Whether a mail that waited still has an object when it leaves: what it asks may have been done meanwhile.

Asked by the sender just before it hands the mail over, and told with the mail when the answer is no.
"""

import datetime as dt
from collections.abc import Callable, Mapping

import sqlalchemy as sa

from app.domain import limits
from app.domain.enums import AWAITING_SUPPLIER
from app.extensions import db
from app.models.mails import Mail
from app.models.requests import Avenant, InformationRequest
from app.services import access_links, clock, completion_reminders, ports
from app.services.messages import Event

ANSWERED = "Sans objet à l'envoi : le fournisseur avait répondu, ou la question était close."
COMPLETED = "Sans objet à l'envoi : plus aucune pièce n'était attendue, ou un rappel plus récent était parti."
DEAD_LINK = "Sans objet à l'envoi : l'adresse qu'il porte avait expiré, servi ou été remplacée."
DEAD_CODE = "Sans objet à l'envoi : le code qu'il porte n'était plus valable."


def why_not(mail_id: int) -> str:
    """Why this mail is not to be sent any more, in French; empty when it is."""
    mail = db.session.get_one(Mail, mail_id)
    condition = _CONDITIONS.get(mail.event)
    return condition(mail) if condition else ""


def _question_open(mail: Mail) -> str:
    """The mails of a question bear its id: « document_asked:12 ». From J+20 on it is closed, even before the sweep."""
    asked_id = mail.event_key.rpartition(":")[2]
    if not asked_id.isdigit():
        return ""
    query = (
        sa.select(InformationRequest.id)
        .join(Avenant, Avenant.id == InformationRequest.avenant_id)
        .where(
            InformationRequest.id == int(asked_id),
            InformationRequest.resolved_at.is_(None),
            sa.or_(InformationRequest.closes_on.is_(None), InformationRequest.closes_on > clock.today()),
            Avenant.status.in_(AWAITING_SUPPLIER),
            Avenant.is_current,
        )
    )
    return "" if db.session.scalar(query) is not None else ANSWERED


def _pieces_expected(mail: Mail) -> str:
    if mail.json_import_id is None:
        return ""
    return "" if completion_reminders.is_still_true(mail.id, mail.json_import_id) else COMPLETED


def _link_alive(mail: Mail) -> str:
    if not mail.secret:
        return ""
    address = ports.get().sealer.open(mail.secret)
    return "" if access_links.find(address.rpartition("/")[2]) else DEAD_LINK


def _code_alive(mail: Mail) -> str:
    lives = dt.timedelta(minutes=limits.CODE_MINUTES)
    return "" if clock.now() < mail.created_at + lives else DEAD_CODE


# By what the mail is called in the outbox.
_CONDITIONS: Mapping[str, Callable[[Mail], str]] = {
    Event.COMPLETION_REMINDER.label: _pieces_expected,
    Event.DOCUMENT_ASKED.label: _question_open,
    Event.AMENDMENT_ASKED.label: _question_open,
    Event.AMENDMENT_REMINDER.label: _question_open,
    Event.OPENING_LINK.label: _link_alive,
    Event.PASSWORD_LOST.label: _link_alive,
    Event.CODE_ASKED.label: _code_alive,
}
