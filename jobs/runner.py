"""How one job is run: in a context and transaction of its own, its failure stopping nobody, every run recorded."""

import datetime as dt
import logging
import time
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
    """What a run did, in how long; `error` is empty when it went well."""

    done: int
    error: str = ""
    took_ms: int = 0


def run(job: Job, context: Context, asked_by_id: int | None = None) -> Report:
    """Run `job` inside a new application context. Never raises: a failure is in the report, the log and the table.

    A daily job, and one that somebody asked for, has its row from the start: a scheduler that dies leaves it « En
    cours », and the next one says so.
    """
    started_at, began = clock.now(), time.monotonic()
    with context(), hurried():
        row_id = _begin(job, started_at, asked_by_id) if job.schedule.at or asked_by_id else None
        report = attempt(job)
        report = Report(report.done, report.error, round((time.monotonic() - began) * 1000))
        _keep(job, started_at, report, row_id)
    return report


def attempt(job: Job) -> Report:
    """What `job` does, inside a context, and what it says of it: nothing of it is recorded."""
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


def _begin(job: Job, started_at: dt.datetime, asked_by_id: int | None) -> int | None:
    """The row of a run under way; None when the database does not take it, which the run itself will tell of."""
    try:
        row = JobRun(name=job.name, started_at=started_at, outcome=JobOutcome.RUNNING, asked_by_id=asked_by_id)
        db.session.add(row)
        db.session.commit()
        return row.id
    except sa.exc.SQLAlchemyError:
        db.session.rollback()
        _log.exception("%s: its start is not recorded", job.name)
        return None


def _keep(job: Job, started_at: dt.datetime, report: Report, row_id: int | None) -> None:
    """End the row of the run; of a job of every few seconds, count it in the row of the last one when it ended alike
    (nothing to do, the same failure): a row each would fill the table."""
    outcome = JobOutcome.FAILED if report.error else JobOutcome.DONE
    try:
        row = db.session.get(JobRun, row_id) if row_id else _alike(job, report, outcome)
        if row is None:
            row = JobRun(name=job.name, started_at=started_at, took_ms=0)
            db.session.add(row)
        elif row_id is None:
            row.runs += 1
        row.outcome, row.done, row.error = outcome, report.done, report.error
        row.ended_at, row.took_ms = clock.now(), max(row.took_ms, report.took_ms)
        db.session.commit()
    except sa.exc.SQLAlchemyError:
        db.session.rollback()
        _log.exception("%s: its run is not recorded", job.name)


def _alike(job: Job, report: Report, outcome: JobOutcome) -> JobRun | None:
    """The last run of this job when nobody asked for it and it ended as this one: without a deed, or by one fault."""
    query = sa.select(JobRun).where(JobRun.name == job.name).order_by(JobRun.started_at.desc(), JobRun.id.desc())
    last = db.session.scalar(query.limit(1))
    if last is None or last.asked_by_id is not None or report.done or last.done:
        return None
    return last if last.outcome is outcome and last.error == report.error else None
