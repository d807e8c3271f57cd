"""What `/sante` asks: does the database answer, does the store, do mails leave, does the scheduler beat."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from app.domain.enums import MailStatus
from app.domain.errors import Unavailable
from app.extensions import db
from app.models.mails import Mail
from app.services import clock, ports

MAIL_LATE = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    ok: bool
    detail: str


def parts() -> list[Part]:
    """Each part with its state; the mails' part only when the database answers."""
    database = _database()
    found = [database, _store()]
    if database.ok:
        found.append(_mails())
    return found


def _database() -> Part:
    try:
        db.session.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError as fault:
        db.session.rollback()
        return Part("base", False, f"ne répond pas ({type(fault).__name__})")
    return Part("base", True, "ok")


def _store() -> Part:
    try:
        ports.get().store.check()
    except Unavailable as fault:
        return Part("fichiers", False, str(fault))
    return Part("fichiers", True, "ok")


def _mails() -> Part:
    """A mail an hour late is reported but does not make the portal ill: deposits go on."""
    late = clock.now() - MAIL_LATE
    count = db.session.scalar(
        sa.select(sa.func.count()).select_from(Mail).where(Mail.status == MailStatus.QUEUED, Mail.created_at < late)
    )
    return Part("courriels", True, "ok" if not count else f"{count} en attente depuis plus d'une heure")
