"""Real schedulers at J+9, J+10, J+11, J+19, J+20, J+21 and seven days, under a shifted clock, the leader killed in the
middle of a sweep: one reminder, one closing, one purge for each, and one mail for each event.
"""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.enums import JobOutcome, RequestStatus, Role
from app.domain.request_workflow import Action
from app.extensions import db, reading
from app.models.audit import AuditEntry
from app.models.job_runs import JobRun, SchedulerLease
from app.models.mails import Mail
from app.models.requests import Avenant
from app.services import actors, clock, incomplete, job_orders
from app.services import requests as request_service
from tests import factories, smtp_peer
from tests.conftest import TODAY, Frozen
from tests.jobs.shifted_clock import LIBRARY, ShiftedClock, until
from tests.services import pieces

pytestmark = [pytest.mark.committed, pytest.mark.skipif(not LIBRARY, reason="the Debian package faketime is missing")]
MANY = 45  # to amend: enough for a sweep to be met in the middle, on a busy machine too
DAILY = ("purge-incomplete", "remind-amendments", "close-amendments")


def noon(rank: int) -> dt.datetime:
    """Noon in Paris of J+rank."""
    return dt.datetime.combine(TODAY + dt.timedelta(rank), dt.time(12), clock.PARIS)


def lay(frozen: Frozen) -> None:
    """At J, `MANY` requests to amend; at J+3, an import of two requests that nobody completes: it locks at J+10."""
    user = factories.supplier_user()
    officer, enrolment = actors.of(factories.user(Role.OFFICER)), factories.enrolment(user.supplier)
    for _ in range(MANY):
        request_service.act(factories.avenant(enrolment), Action.ASK_AMENDMENT, officer, comment="La date.")
    frozen.move_to(TODAY + dt.timedelta(3))
    batch = pieces.json_import(user, enrolment, 2)
    for number in ("00001", "00002"):
        pieces.waiting(batch, number=number)
    db.session.commit()


def one(query: sa.Select) -> int:
    with reading():  # a test that looks keeps no scheduler from writing
        found = db.session.scalar(query)
        db.session.commit()
    return found or 0


def mails(event: str) -> int:
    return one(sa.select(sa.func.count()).select_from(Mail).where(Mail.event_key.startswith(f"{event}:")))


def state() -> tuple[int, int, int]:
    """Reminders, requests back « En cours », non-completed requests purged."""
    back = sa.select(sa.func.count()).select_from(Avenant).where(Avenant.status == RequestStatus.IN_PROGRESS)
    purged = sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.action == incomplete.PURGE)
    return mails("amendment_reminder"), one(back), one(purged)


def swept_since(instant: dt.datetime) -> bool:
    """Every daily job of the deadlines ended well since."""
    ended = (JobRun.started_at >= instant, JobRun.outcome == JobOutcome.DONE, JobRun.name.in_(DAILY))
    return one(sa.select(sa.func.count(JobRun.name.distinct())).where(*ended)) == len(DAILY)


def leader() -> int:
    with reading():
        holder = db.session.scalars(sa.select(SchedulerLease.holder)).one()
        db.session.commit()
    return int(holder.rpartition(":")[2])


def test_each_deadline_is_kept_once_by_schedulers_that_are_killed(committed, frozen):
    """Two at a time, which days pass over. The first two die by SIGKILL after the reminders; at J+20, the leader of the
    next in the middle of the closings; the one that is left does the rest."""
    lay(frozen)
    shifted = ShiftedClock(committed, SMTP_URL=f"smtp://127.0.0.1:{smtp_peer.free_port()}")  # nobody answers there
    seen = {}

    def seen_at(rank: int) -> None:
        shifted.show(noon(rank))
        seen[rank] = swept(noon(rank))

    with shifted.schedulers(noon(9), 2):
        seen_at(9)
        seen_at(10)
        seen_at(11)
    with shifted.schedulers(noon(19), 2) as running:
        seen_at(19)
        shifted.show(noon(20))
        until(lambda: state()[1] > 2, "the closings begin", pause=0.002)
        running[leader()].kill()
        running[leader()].wait(10)
        assert 0 < state()[1] < MANY, "it was killed in the middle"
        later = noon(20) + dt.timedelta(minutes=2)  # a dead leader keeps a lease of 30 seconds on SQLite
        shifted.show(later)
        seen[20] = swept(later)
        seen_at(21)
    assert seen == {
        9: (0, 0, 0), 10: (MANY, 0, 2), 11: (MANY, 0, 2), 19: (MANY, 0, 2), 20: (MANY, MANY, 2), 21: (MANY, MANY, 2),
    }  # fmt: skip
    assert (mails("amendment_closed"), mails("purged")) == (MANY, 1)
    interrupted = sa.select(sa.func.count()).select_from(JobRun).where(JobRun.error == job_orders.INTERRUPTED)
    assert one(interrupted) >= 1
    closed = sa.select(sa.func.count()).where(AuditEntry.action == Action.CLOSE_AMENDMENT.label)
    assert set(db.session.scalars(closed.group_by(AuditEntry.subject))) == {1}


def swept(instant: dt.datetime) -> tuple[int, int, int]:
    """Once every daily sweep ended since this instant: what they did since J."""
    until(lambda: swept_since(instant), f"the sweeps of {instant}")
    return state()
