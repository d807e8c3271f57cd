"""How the table of jobs becomes a running scheduler: Paris time, nothing kept between two starts, one leader."""

import logging

import sqlalchemy as sa
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from app.services import clock
from jobs import runner
from jobs.leader import BEAT_SECONDS, Leader
from jobs.registry import JOBS, Job

_log = logging.getLogger(__name__)
_BEAT = "beat"


def build(context: runner.Context, leader: Leader) -> BlockingScheduler:
    """A scheduler ready to start. A run that was late is made once, however late."""
    scheduler = BlockingScheduler(
        timezone=clock.PARIS, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    for job in JOBS:
        scheduler.add_job(_run, trigger_of(job), args=[job, context, leader], id=job.name)
    scheduler.add_job(
        _beat,
        IntervalTrigger(seconds=BEAT_SECONDS, timezone=clock.PARIS),
        args=[scheduler, context, leader],
        id=_BEAT,
        next_run_time=clock.now(),
    )
    return scheduler


def trigger_of(job: Job) -> BaseTrigger:
    if job.cron:
        return CronTrigger.from_crontab(job.cron, timezone=clock.PARIS)
    return IntervalTrigger(seconds=job.seconds, timezone=clock.PARIS)


def _run(job: Job, context: runner.Context, leader: Leader) -> None:
    if leader.leads:
        runner.run(job, context)


def _beat(scheduler: BaseScheduler, context: runner.Context, leader: Leader) -> None:
    """Keep the lead. Whoever takes it runs every job at once: what fell due while nobody led is made up."""
    with context():
        try:
            taken = leader.beat()
        except sa.exc.SQLAlchemyError as fault:
            _log.error("the database does not answer: %s", fault)
            return
    if taken:
        _log.info("%s leads", leader.holder)
        for job in scheduler.get_jobs():
            if job.id != _BEAT:
                job.modify(next_run_time=clock.now())
