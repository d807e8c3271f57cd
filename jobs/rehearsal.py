"""What a job would do, at any instant, without anything of it being written, deleted or sent.

The job itself runs, in one transaction that is undone; files and mails go nowhere. A list made apart from the job would
one day say something else than what it does (docs/decisions, « A rehearsal is the job, undone »).
"""

import dataclasses
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import sqlalchemy as sa

from app.extensions import db
from app.models.audit import AuditEntry
from app.models.mails import Mail
from app.services import ports
from jobs import runner
from jobs.registry import Job


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """How many things would be done, the failure if any, and in French each act of the journal and each mail."""

    done: int
    error: str
    deeds: tuple[str, ...]


def rehearse(job: Job) -> Rehearsed:
    """Run `job` inside an application context, and undo it. On SQLite, nobody writes meanwhile."""
    with _undone(), _without_hands():
        before = _last_ids()
        report = runner.attempt(job)
        deeds = () if report.error else tuple(_deeds(*before))
    return Rehearsed(report.done, report.error, deeds)


@contextmanager
def _undone() -> Iterator[None]:
    """Every commit inside is a savepoint of one transaction, which is rolled back."""
    db.session.remove()
    engines, engine = db.engines, db.engine
    with engine.connect() as connection, connection.begin() as whole:
        engines[None] = connection
        db.session.configure(join_transaction_mode="create_savepoint")
        try:
            yield
        finally:
            db.session.remove()
            engines[None] = engine
            db.session.configure(join_transaction_mode="conditional_savepoint")
            whole.rollback()


@contextmanager
def _without_hands() -> Iterator[None]:
    """The outside world as it is, on which nothing is done."""
    real = ports.get()
    ports.configure(dataclasses.replace(real, store=_Aside(real.store), mailer=_Nobody()))
    try:
        yield
    finally:
        ports.configure(real)


class _Aside:
    """The store, read only: what is put stays in memory, nothing is deleted."""

    def __init__(self, store: ports.Store) -> None:
        self._store, self._put = store, dict[str, bytes]()

    def put(self, key: str, content: BinaryIO, *, lasting: bool = True) -> None:
        self._put[key] = content.read()

    def open(self, key: str) -> BinaryIO:
        return io.BytesIO(self._put[key]) if key in self._put else self._store.open(key)

    def delete(self, key: str) -> None:
        return

    def keys(self, prefix: str = "") -> list[tuple[str, float]]:
        return self._store.keys(prefix)

    def check(self) -> None:
        self._store.check()


class _Nobody:
    """Carries no mail."""

    def send(self, message_id: str, recipient: str, subject: str, body: str, html: str) -> None:
        return


def _last_ids() -> tuple[int, int]:
    query = sa.select(
        *(sa.select(sa.func.coalesce(sa.func.max(one.id), 0)).scalar_subquery() for one in (AuditEntry, Mail))
    )
    audit_id, mail_id = db.session.execute(query).one()
    return audit_id, mail_id


def _deeds(audit_id: int, mail_id: int) -> Iterator[str]:
    acts = sa.select(AuditEntry.action, AuditEntry.subject).where(AuditEntry.id > audit_id).order_by(AuditEntry.id)
    for action, subject in db.session.execute(acts):
        yield f"{action} : {subject}"
    mails = sa.select(Mail.event, Mail.recipient, Mail.subject).where(Mail.id > mail_id).order_by(Mail.id)
    for event, recipient, subject in db.session.execute(mails):
        yield f"Courriel « {event} » à {recipient} : {subject}"
