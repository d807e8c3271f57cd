"""« Lancer maintenant »: which job an administrator wants run at once, and what each job last did.

An order is a row: the leading scheduler takes it at its next beat, on whatever node it is.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from app.domain import limits, schedule
from app.domain.enums import JobOutcome
from app.domain.errors import RuleBroken
from app.domain.schedule import Schedule
from app.extensions import db
from app.models.job_runs import JobOrder, JobRun, SchedulerLease
from app.services import audit, clock
from app.services.actors import Actor

INTERRUPTED = "Interrompue : l'ordonnanceur s'est arrêté pendant l'exécution. Ce qui restait est repris."


@dataclass(frozen=True, slots=True)
class Line:
    """A job, its last run if any, and the order that waits for it if any."""

    schedule: Schedule
    last: JobRun | None
    order: JobOrder | None


def ask(name: str, actor: Actor) -> None:
    """Have the job of this name run at once. Raises `RuleBroken` when there is none or when it is already asked."""
    if name not in schedule.BY_NAME:
        raise RuleBroken("Cette tâche n'existe pas.")
    if name in waiting():
        raise RuleBroken(f"La tâche {name} est déjà demandée : elle va être lancée.")
    assert actor.id is not None, "only a person asks"
    db.session.add(JobOrder(name=name, asked_at=clock.now(), asked_by_id=actor.id))
    db.session.flush()
    audit.record("run_job", "job", name, actor)


def waiting() -> frozenset[str]:
    """The names of the jobs that are asked for and not taken yet."""
    return frozenset(db.session.scalars(sa.select(JobOrder.name).where(JobOrder.taken_at.is_(None))))


def take(name: str) -> int | None:
    """Take the order that waits for this job, once. Returns the id of who asked; None when none waits."""
    return db.session.scalar(
        sa.update(JobOrder)
        .where(JobOrder.name == name, JobOrder.taken_at.is_(None))
        .values(taken_at=clock.now())
        .returning(JobOrder.asked_by_id)
        .execution_options(synchronize_session=False)
    )


def overview() -> list[Line]:
    """Every job, in the order of the table."""
    last = {run.name: run for run in db.session.scalars(_last_runs())}
    orders = db.session.scalars(sa.select(JobOrder).where(JobOrder.taken_at.is_(None)))
    asked = {order.name: order for order in orders}
    return [Line(one, last.get(one.name), asked.get(one.name)) for one in schedule.SCHEDULES]


def _last_runs() -> sa.Select[tuple[JobRun]]:
    """One look-up in the index for each name: the table is long, the names are few."""
    newest = sa.select(JobRun.id).order_by(JobRun.started_at.desc(), JobRun.id.desc()).limit(1)
    latest = [newest.where(JobRun.name == one.name) for one in schedule.SCHEDULES]
    return sa.select(JobRun).where(JobRun.id.in_(sa.union_all(*(sa.select(one.subquery().c.id) for one in latest))))


def beat() -> dt.datetime | None:
    """When a scheduler was last seen; None when none ever started."""
    return db.session.scalar(sa.select(SchedulerLease.beat_at))


def close_interrupted() -> int:
    """Whoever takes the lead says of the runs that a dead scheduler left open that they failed. Returns how many."""
    closed = db.session.execute(
        sa.update(JobRun)
        .where(JobRun.outcome == JobOutcome.RUNNING)
        .values(outcome=JobOutcome.FAILED, ended_at=clock.now(), error=INTERRUPTED)
        .execution_options(synchronize_session=False)
    )
    return int(closed.rowcount)


def forget() -> int:
    """Delete the runs, and the orders taken, that are over a year old. Returns how many runs."""
    before = clock.now() - dt.timedelta(days=limits.JOB_RUNS_DAYS)
    db.session.execute(sa.delete(JobOrder).where(JobOrder.taken_at < before))
    return int(db.session.execute(sa.delete(JobRun).where(JobRun.started_at < before)).rowcount)
