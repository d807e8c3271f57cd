"""What people ask the assistance: opened, acknowledged by mail, answered by staff, replied to, closed.

Guide « Les écrans du portail », § 8. A person without account follows his ticket by the link of his mails; a supplier
finds his own in his space too. The first words of a ticket and each answer leave as mails.
"""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.domain import limits, numbers
from app.domain.enums import TicketKind, TicketPhase, TicketStatus
from app.domain.errors import Conflict, RuleBroken
from app.extensions import db
from app.models.attachments import Attachment
from app.models.corridors import Corridor
from app.models.tickets import Ticket, TicketMessage
from app.models.users import User
from app.services import attachments, audit, clock, counters, message_files, messages, ports
from app.services.actors import SYSTEM, Actor
from app.services.messages import Event

_SAME = dt.timedelta(minutes=limits.SAME_MESSAGE_MINUTES)


@dataclass(frozen=True, slots=True)
class Question:
    """The contact form, filled. `about`: the number of a request, or « Sans objet »."""

    corridor_code: str
    phase: TicketPhase
    kind: TicketKind
    name: str
    email: str
    phone: str
    about: str
    body: str
    company: str = ""
    ans_number: str = ""


def open_ticket(question: Question, user: User | None, file: tuple[str, BinaryIO] | None = None) -> Ticket:
    """A numbered ticket with its first message, acknowledged by mail. The one this person just opened with the same
    words, when the form was sent twice: a captcha keeps strangers from it.

    Raises `RuleBroken` naming the field (`corridor_code`, `body`, `file`), `Unavailable` (antivirus, store).
    """
    if db.session.scalar(sa.select(Corridor.id).where(Corridor.code == question.corridor_code)) is None:
        raise RuleBroken("Choisissez un couloir de la liste.", field="corridor_code")
    _refuse_body(question.body)
    kept = _keep(file, user)
    now = clock.now()
    same = _just_opened(question, user) if user else None
    if same is not None:
        _drop(kept)
        return same
    token = secrets.token_urlsafe(24)
    ticket = Ticket(
        number=numbers.ticket(clock.today().year, counters.take_one(counters.TICKET)),
        corridor_code=question.corridor_code,
        phase=question.phase,
        kind=question.kind,
        status=TicketStatus.OPEN,
        name=question.name,
        company=question.company,
        email=question.email,
        phone=question.phone,
        ans_number=question.ans_number,
        about=question.about or numbers.NO_NUMBER,
        user_id=user.id if user else None,
        follow_digest=_digest(token),
        opened_at=now,
        updated_at=now,
        messages=[
            TicketMessage(
                at=now, by_staff=False, author_id=user.id if user else None, body=question.body, attachment=kept
            )
        ],
    )
    db.session.add(ticket)
    db.session.flush()
    audit.record("open", "ticket", ticket.number, SYSTEM, after={"kind": ticket.kind.value, "about": ticket.about})
    _mail(Event.TICKET_OPENED, ticket, "0", _address(token))
    return ticket


def answer(ticket: Ticket, body: str, author: User, actor: Actor, file: tuple[str, BinaryIO] | None = None) -> None:
    """A message of the assistance, which leaves by mail with a new link to follow the ticket. Raises as above."""
    _refuse_body(body)
    kept = _keep(file, author)
    _hold(ticket)
    token = secrets.token_urlsafe(24)
    ticket.follow_digest = _digest(token)
    message = _add(ticket, body, author, by_staff=True, kept=kept)
    ticket.status = TicketStatus.ANSWERED
    db.session.flush()
    audit.record("answer", "ticket", ticket.number, actor)
    _mail(Event.TICKET_ANSWERED, ticket, str(message.id), _address(token), answer=body)


def reply(ticket: Ticket, body: str, user: User | None, file: tuple[str, BinaryIO] | None = None) -> None:
    """A word more of the person, who may thus open again what was answered or closed; the same sent twice is one.
    Raises as above."""
    _refuse_body(body)
    kept = _keep(file, user)
    _hold(ticket)
    last = ticket.messages[-1]
    if not last.by_staff and last.body == body and last.author_id == (user.id if user else None) and _is_new(last.at):
        _drop(kept)
        return
    _add(ticket, body, user, by_staff=False, kept=kept)
    ticket.status = TicketStatus.OPEN
    db.session.flush()
    audit.record("reply", "ticket", ticket.number, SYSTEM)


def close(ticket: Ticket, actor: Actor) -> None:
    """Raises `Conflict` when it is closed already."""
    _hold(ticket)
    if ticket.status is TicketStatus.CLOSED:
        raise Conflict(f"Le ticket {ticket.number} est déjà clos.")
    before = ticket.status
    ticket.status, ticket.updated_at = TicketStatus.CLOSED, clock.now()
    db.session.flush()
    audit.record(
        "close", "ticket", ticket.number, actor, before={"status": before.value}, after={"status": ticket.status.value}
    )


def followed(token: str) -> Ticket | None:
    """The ticket a mailed link leads to; only the last link sent does."""
    return db.session.scalar(_whole().where(Ticket.follow_digest == _digest(token)))


def find(number: str) -> Ticket | None:
    """Any ticket, for the assistance."""
    return db.session.scalar(_whole().where(Ticket.number == number))


def of_company(supplier_id: int | None) -> sa.ColumnElement[bool]:
    """Those that the people of this supplier opened."""
    return Ticket.user_id.in_(sa.select(User.id).where(User.supplier_id == supplier_id))


def of_colleague(number: str, user: User) -> Ticket | None:
    """A ticket this person or another of his company opened; None for anybody else's."""
    return db.session.scalar(_whole().where(Ticket.number == number, of_company(user.supplier_id)))


def attachment_of(ticket: Ticket, attachment_id: int) -> Attachment | None:
    """A file of this ticket's exchange."""
    return next((one.attachment for one in ticket.messages if one.attachment_id == attachment_id), None)


def _whole() -> sa.Select[tuple[Ticket]]:
    exchange = selectinload(Ticket.messages)
    return sa.select(Ticket).options(
        exchange.joinedload(TicketMessage.attachment), exchange.joinedload(TicketMessage.author)
    )


def _add(ticket: Ticket, body: str, author: User | None, *, by_staff: bool, kept: Attachment | None) -> TicketMessage:
    now = clock.now()
    message = TicketMessage(
        at=now, by_staff=by_staff, author_id=author.id if author else None, body=body, attachment=kept
    )
    ticket.messages.append(message)
    ticket.updated_at = now
    db.session.flush()
    return message


def _hold(ticket: Ticket) -> None:
    """Lock the row, and read its messages afresh."""
    db.session.refresh(ticket, with_for_update={"of": Ticket})
    db.session.expire(ticket, ["messages"])


def _just_opened(question: Question, user: User) -> Ticket | None:
    """The person is held until the commit: of the same form sent ten times at once, nine find the ticket of the
    first."""
    db.session.execute(sa.select(User.id).where(User.id == user.id).with_for_update())
    query = (
        _whole()
        .join(Ticket.messages)
        .where(
            Ticket.user_id == user.id,
            Ticket.opened_at > clock.now() - _SAME,
            Ticket.kind == question.kind,
            Ticket.about == (question.about or numbers.NO_NUMBER),
            TicketMessage.body == question.body,
        )
    )
    return db.session.scalars(query.order_by(Ticket.id.desc()).limit(1)).first()


def _is_new(at: dt.datetime) -> bool:
    return at > clock.now() - _SAME


def _drop(kept: Attachment | None) -> None:
    if kept is not None:
        attachments.drop(kept)


def _keep(file: tuple[str, BinaryIO] | None, user: User | None) -> Attachment | None:
    if file is None:
        return None
    inspected = message_files.inspect(*file)
    scan = ports.get().scanner.scan(inspected.content, inspected.name)
    return attachments.keep_proved(inspected, scan, user)


def _refuse_body(body: str) -> None:
    if not body.strip():
        raise RuleBroken("Saisissez un message.", field="body")
    if len(body) > limits.MESSAGE_LENGTH:
        raise RuleBroken(f"Au plus {limits.MESSAGE_LENGTH} caractères.", field="body")


def _mail(event: Event, ticket: Ticket, key: str, address: str, **context: Any) -> None:
    messages.queue(
        event,
        ticket.email,
        f"{event.value}:{ticket.number}:{key}",
        supplier_id=None,
        request_id=None,
        secret=address,
        ticket=ticket,
        **context,
    )


def _address(token: str) -> str:
    return f"{ports.get().public_base_url}/segurnum/assistance/{token}"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
