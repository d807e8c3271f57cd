"""A job that fails stops nobody; every run is recorded."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.enums import JobOutcome
from app.domain.errors import Unavailable
from app.domain.schedule import Schedule
from app.extensions import db
from app.models.job_runs import JobRun
from app.models.news import NewsItem
from app.services import clock, job_orders
from jobs import runner
from jobs.registry import Job


@pytest.fixture
def run(app, session):
    return lambda work, name="essai": runner.run(Job(Schedule(name, "Essai", "", seconds=5), work), app.app_context)


def kept():
    return db.session.scalars(sa.select(JobRun).order_by(JobRun.id)).all()


def test_runs_of_every_few_seconds_that_find_nothing_are_counted_in_one_row(run, frozen):
    for _ in range(3):
        assert run(lambda: 0).done == 0
        frozen.move_to(clock.today() + dt.timedelta(days=1))
    (row,) = kept()
    assert (row.outcome, row.done, row.runs) == (JobOutcome.DONE, 0, 3)
    assert row.ended_at - row.started_at == dt.timedelta(days=2)
    run(lambda: 2)
    run(lambda: 0)
    run(lambda: 0)
    assert [(one.done, one.runs) for one in kept()] == [(0, 3), (2, 1), (0, 2)]


def test_each_run_of_a_daily_job_has_its_row_and_its_length(app, session):
    daily = Job(Schedule("essai", "Essai", "", at=dt.time(3)), lambda: 0)
    for _ in range(2):
        runner.run(daily, app.app_context)
    assert [(row.outcome, row.runs, row.done) for row in kept()] == [(JobOutcome.DONE, 1, 0)] * 2
    assert all(row.took_ms >= 0 and row.ended_at for row in kept())


def test_a_run_that_its_scheduler_did_not_survive_is_told_by_the_next(app, session):
    seen = []
    look = lambda: seen.extend((row.outcome, row.ended_at) for row in kept()) or 0  # noqa: E731
    runner.run(Job(Schedule("essai", "Essai", "", at=dt.time(3)), look), app.app_context)
    assert seen == [(JobOutcome.RUNNING, None)], "its row is there while it runs"
    session.execute(sa.update(JobRun).values(outcome=JobOutcome.RUNNING, ended_at=None))
    assert job_orders.close_interrupted() == 1
    session.expire_all()
    assert [(row.outcome, row.error) for row in kept()] == [(JobOutcome.FAILED, job_orders.INTERRUPTED)]


def test_runs_older_than_a_year_are_forgotten(run, frozen):
    run(lambda: 1)
    frozen.move_to(clock.today() + dt.timedelta(days=367))
    run(lambda: 1)
    assert job_orders.forget() == 1
    assert len(kept()) == 1


def test_something_done_is_kept_with_its_count_and_committed(run):
    def publish() -> int:
        db.session.add(NewsItem(title="t", body="b", published_at=clock.now()))
        return 3

    assert run(publish).done == 3
    assert [(row.name, row.outcome, row.done) for row in kept()] == [("essai", JobOutcome.DONE, 3)]
    assert db.session.scalars(sa.select(NewsItem.title)).all() == ["t"]


def test_a_failure_is_kept_and_its_writes_are_not(run, caplog):
    def fail() -> int:
        db.session.add(NewsItem(title="t", body="b", published_at=clock.now()))
        db.session.flush()
        raise RuntimeError("panne")

    assert run(fail).error == "RuntimeError : panne"
    assert [(row.outcome, row.error) for row in kept()] == [(JobOutcome.FAILED, "RuntimeError : panne")]
    assert db.session.scalars(sa.select(NewsItem)).all() == []
    assert run(lambda: 1, "suivant").done == 1


def test_the_same_failure_again_is_one_row(run, frozen):
    def fail() -> int:
        raise Unavailable("le stockage ne répond pas")

    run(fail)
    frozen.move_to(clock.today(), clock.now().time().replace(hour=23))
    run(fail)
    row = kept()[0]
    assert len(kept()) == 1
    assert row.ended_at > row.started_at
    run(lambda: 1)
    run(fail)
    assert [(one.outcome, one.runs) for one in kept()] == [
        (JobOutcome.FAILED, 2), (JobOutcome.DONE, 1), (JobOutcome.FAILED, 1),
    ]  # fmt: skip
