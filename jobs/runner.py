"""How one job is run: in a context and transaction of its own, its failure stopping nobody, its deeds recorded."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.domain.enums import JobOutcome
from app.domain.errors import Unavailable
from app.extensions import db, hurried
from app.models.job_runs import JobRun
from app.services import clock
from jobs.registry import Job

Context = Callable[[], AbstractContextManager[Any]]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did; `error` is empty when it went well."""

    done: int
    error: str = ""


def run(job: Job, context: Context) -> Report:
    """Run `job` inside a new application context. Never raises: a failure is in the report, the log and the table."""
    started_at = clock.now()
    with context(), hurried():
        report = _attempt(job)
        if report.done or report.error:
            _keep(job, started_at, report)
    return report


def _attempt(job: Job) -> Report:
    try:
        done = job.run()
        db.session.commit()
        return Report(done)
    except (Unavailable, sa.exc.OperationalError) as fault:
        _log.error("%s: %s", job.name, fault)
        error = str(fault)
    except Exception as fault:
        _log.exception("%s failed", job.name)
        error = f"{type(fault).__name__} : {fault}"
    db.session.rollback()
    return Report(0, error)


def _keep(job: Job, started_at: Any, report: Report) -> None:
    """One row per run that did something or failed. The same failure again moves the end of its row: a job that fails
    every few seconds does not fill the table."""
    try:
        row = _same_failure(job, report) if report.error else None
        if row is None:
            row = JobRun(name=job.name, started_at=started_at, done=report.done, error=report.error)
            row.outcome = JobOutcome.FAILED if report.error else JobOutcome.DONE
            db.session.add(row)
        row.ended_at = clock.now()
        db.session.commit()
    except sa.exc.SQLAlchemyError:
        db.session.rollback()
        _log.exception("%s: its run is not recorded", job.name)


def _same_failure(job: Job, report: Report) -> JobRun | None:
    last = db.session.scalar(sa.select(JobRun).where(JobRun.name == job.name).order_by(JobRun.id.desc()).limit(1))
    return last if last and last.outcome is JobOutcome.FAILED and last.error == report.error else None
