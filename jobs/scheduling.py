"""How the table of jobs becomes a running scheduler: Paris time, nothing kept between two starts, one leader."""

import datetime as dt
import logging

import sqlalchemy as sa
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from app.domain.schedule import Schedule
from app.extensions import db, hurried, reading
from app.services import clock, job_orders
from jobs import runner
from jobs.leader import BEAT_SECONDS, Leader
from jobs.registry import JOBS, Job

_log = logging.getLogger(__name__)
_BEAT = "beat"
THREADS = 10
RETRY = dt.timedelta(minutes=1)


def build(context: runner.Context, leader: Leader) -> BlockingScheduler:
    """A scheduler ready to start. A run that was late is made once, however late. The beat waits for no job."""
    scheduler = BlockingScheduler(
        timezone=clock.PARIS,
        executors={"default": ThreadPoolExecutor(1 if leader.one_writer else THREADS), _BEAT: ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    works = _Works(scheduler, context, leader)
    for job in JOBS:
        scheduler.add_job(works.run, trigger_of(job.schedule), args=[job], id=job.name)
    beat = IntervalTrigger(seconds=BEAT_SECONDS, timezone=clock.PARIS)
    scheduler.add_job(works.beat, beat, id=_BEAT, executor=_BEAT, next_run_time=clock.now())
    return scheduler


def trigger_of(schedule: Schedule) -> BaseTrigger:
    if schedule.at:
        return CronTrigger(hour=schedule.at.hour, minute=schedule.at.minute, timezone=clock.PARIS)
    return IntervalTrigger(seconds=schedule.seconds, timezone=clock.PARIS)


class _Works:
    """What the scheduler does at each instant, as long as it leads."""

    def __init__(self, scheduler: BlockingScheduler, context: runner.Context, leader: Leader) -> None:
        self._scheduler, self._context, self._leader = scheduler, context, leader
        self._ordered: frozenset[str] = frozenset()

    def run(self, job: Job) -> None:
        """A daily job that fails is tried again in a minute: what it owes does not wait for the next day."""
        if self._leader.leads:
            report = runner.run(job, self._context, self._asked_by(job))
            if report.error and job.schedule.at:
                self._scheduler.modify_job(job.name, next_run_time=clock.now() + RETRY)

    def beat(self) -> None:
        """Keep the lead, and run at once what somebody asks for. Whoever takes the lead runs every job: what fell due
        while nobody led is made up."""
        with self._context(), hurried():
            try:
                taken = self._leader.beat()
                if taken:
                    _log.info("%s leads", self._leader.holder)
                    job_orders.close_interrupted()
                    db.session.commit()
                if self._leader.leads:
                    self._look_for_orders()
            except sa.exc.SQLAlchemyError as fault:
                db.session.rollback()
                _log.error("the database does not answer: %s", fault)
                return
        for job in JOBS:
            if taken or job.name in self._ordered:
                self._scheduler.modify_job(job.name, next_run_time=clock.now())

    def _look_for_orders(self) -> None:
        with reading():
            self._ordered = job_orders.waiting()
            db.session.commit()

    def _asked_by(self, job: Job) -> int | None:
        """Who asked for this run, his order being taken; nobody for a run of the schedule."""
        if job.name not in self._ordered:
            return None
        with self._context():
            try:
                asked_by = job_orders.take(job.name)
                db.session.commit()
                return asked_by
            except sa.exc.SQLAlchemyError:
                db.session.rollback()
                return None
