"""How the mails of the outbox leave: at least once, tried again for a day, under one Message-ID.

A sweep: each mail is claimed by moving its due instant (one conditional UPDATE, committed), sent with no lock held, and
its fate written. Two senders never hold one mail at once; a sender that dies leaves it due again when its claim ends.
"""

import datetime as dt
import logging
from dataclasses import dataclass

import sqlalchemy as sa

from app.adapters.mail import PermanentFailure, TemporaryFailure, Unreachable
from app.domain import limits
from app.domain.enums import MailStatus
from app.extensions import db, reading
from app.models.mails import Mail
from app.services import clock, mail_conditions, mail_html, ports
from app.services.messages import SECRET

_log = logging.getLogger(__name__)

CLAIM = dt.timedelta(minutes=10)  # longer than a whole exchange with a slow server
BACKOFF_MINUTES = (1, 2, 5, 10, 20, 40)  # then every hour
# A mail that waited for the sender itself still gets these tries after its day.
TRIES_AT_LEAST = 4


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A mail that is ours until its claim ends."""

    id: int
    message_id: str
    recipient: str
    subject: str
    body: str
    secret: str | None
    created_at: dt.datetime
    attempts: int


def send_due() -> int:
    """Try every mail that is due; returns how many left. A server that cannot be reached ends the sweep, the rest stays
    due. Commits what the caller left open, then twice per mail (claimed, then its fate).
    """
    db.session.commit()
    sent = 0
    for mail_id, due_at in _due():
        mail = _claim(mail_id, due_at)
        if mail is None:
            continue
        try:
            sent += _send(mail)
        except Unreachable as fault:
            _log.warning("mail server: %s", fault)
            break
    return sent


def _due() -> list[tuple[int, dt.datetime]]:
    with reading():
        query = (
            sa.select(Mail.id, Mail.due_at)
            .where(Mail.status == MailStatus.QUEUED, Mail.due_at <= clock.now())
            .order_by(Mail.due_at, Mail.id)
        )
        rows = [(row.id, row.due_at) for row in db.session.execute(query)]
        db.session.commit()
    return rows


def _claim(mail_id: int, due_at: dt.datetime) -> _Claimed | None:
    """Take the mail if it is still due at the instant we read; None when another sender took it."""
    row = db.session.execute(
        sa.update(Mail)
        .where(Mail.id == mail_id, Mail.status == MailStatus.QUEUED, Mail.due_at == due_at)
        .values(due_at=clock.now() + CLAIM, attempts=Mail.attempts + 1)
        .returning(*(getattr(Mail, name) for name in _Claimed.__slots__))
        .execution_options(synchronize_session=False)
    ).one_or_none()
    db.session.commit()
    return _Claimed(*row) if row else None


def _send(mail: _Claimed) -> bool:
    """Hand the mail over and write its fate. Raises `Unreachable` once that is written."""
    try:
        reason = _why_not(mail.id)
        if reason:
            _write(mail, status=MailStatus.WITHDRAWN, secret=None, last_error=reason)
            return False
        body = _whole(mail)
        html = mail_html.document(mail.subject, body)
        ports.get().mailer.send(mail.message_id, mail.recipient, mail.subject, body, html)
    except PermanentFailure as refusal:
        _write(mail, status=MailStatus.FAILED, last_error=str(refusal))
        return False
    except Unreachable as fault:
        _put_off(mail, str(fault))
        raise
    except TemporaryFailure as refusal:
        _put_off(mail, str(refusal))
        return False
    except Exception as fault:
        _log.exception("mail %s not sent", mail.message_id)
        _put_off(mail, f"{type(fault).__name__} : {fault}")
        return False
    _write(mail, status=MailStatus.SENT, sent_at=clock.now(), secret=None, last_error="")
    return True


def _whole(mail: _Claimed) -> str:
    """The body with what only the recipient reads. Raises `ValueError` when it was sealed with another secret."""
    return mail.body.replace(SECRET, ports.get().sealer.open(mail.secret)) if mail.secret else mail.body


def _why_not(mail_id: int) -> str:
    """What the mail asks for may have been done while it waited."""
    with reading():
        reason = mail_conditions.why_not(mail_id)
        db.session.commit()
    return reason


def _put_off(mail: _Claimed, error: str) -> None:
    """Later, by growing steps, the last try falling at the end of the day; after it, a failure people see."""
    end = mail.created_at + dt.timedelta(hours=limits.MAIL_RETRY_HOURS)
    now = clock.now()
    if now >= end and mail.attempts >= TRIES_AT_LEAST:
        _write(mail, status=MailStatus.FAILED, last_error=error)
        return
    step = BACKOFF_MINUTES[mail.attempts - 1] if mail.attempts <= len(BACKOFF_MINUTES) else 60
    later = now + dt.timedelta(minutes=step)
    _write(mail, due_at=min(later, end) if now < end else later, last_error=error)


def _write(mail: _Claimed, *, last_error: str, **values: object) -> None:
    db.session.execute(
        sa.update(Mail)
        .where(Mail.id == mail.id, Mail.status == MailStatus.QUEUED)
        .values(last_error=" ".join(last_error.split())[:500], **values)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
