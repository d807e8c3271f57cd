"""A job that fails stops nobody; only runs that did something are kept."""

import pytest
import sqlalchemy as sa

from app.domain.enums import JobOutcome
from app.domain.errors import Unavailable
from app.extensions import db
from app.models.job_runs import JobRun
from app.models.news import NewsItem
from app.services import clock
from jobs import runner
from jobs.registry import Job


@pytest.fixture
def run(app, session):
    return lambda work, name="essai": runner.run(Job(name, "Essai", work, seconds=5), app.app_context)


def kept():
    return db.session.scalars(sa.select(JobRun).order_by(JobRun.id)).all()


def test_nothing_done_is_not_kept(run):
    assert run(lambda: 0) == runner.Report(0)
    assert kept() == []


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

    assert run(fail) == runner.Report(0, "RuntimeError : panne")
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
    assert [one.outcome for one in kept()] == [JobOutcome.FAILED, JobOutcome.DONE, JobOutcome.FAILED]
