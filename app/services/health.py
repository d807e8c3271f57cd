"""What `/sante` asks: does the database answer, does the store, do mails leave, does the scheduler beat."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from app.domain.enums import MailStatus
from app.domain.errors import Unavailable
from app.extensions import db
from app.models.job_runs import SchedulerLease
from app.models.mails import Mail
from app.services import clock, formats, ports

MAIL_LATE = dt.timedelta(hours=1)
SCHEDULER_LATE = dt.timedelta(minutes=1)  # it beats every five seconds


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    ok: bool
    detail: str


def parts() -> list[Part]:
    """Each part with its state; those the database tells of only when it answers. Only the database and the store make
    the portal ill: without the others deposits and instruction go on."""
    database = _database()
    found = [database, _store()]
    if database.ok:
        found += [_mails(), _scheduler()]
    return found


def _database() -> Part:
    try:
        # SQLite makes an empty base of a file that is gone: ask for something that was ours.
        db.session.execute(sa.text("SELECT version_num FROM alembic_version"))
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
    late = clock.now() - MAIL_LATE
    count = db.session.scalar(
        sa.select(sa.func.count()).select_from(Mail).where(Mail.status == MailStatus.QUEUED, Mail.created_at < late)
    )
    return Part("courriels", True, "ok" if not count else f"{count} en attente depuis plus d'une heure")


def _scheduler() -> Part:
    beat = db.session.scalar(sa.select(SchedulerLease.beat_at))
    if beat is None:
        return Part("tâches", True, "jamais démarrées")
    if clock.now() - beat > SCHEDULER_LATE:
        return Part("tâches", True, f"arrêtées depuis le {formats.moment(beat)}")
    return Part("tâches", True, "ok")
