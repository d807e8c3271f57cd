"""« Lancer maintenant »: asked on a screen, taken once by whoever leads, recorded with who asked."""

import pytest
import sqlalchemy as sa

from app.domain.enums import JobOutcome, Role
from app.domain.errors import RuleBroken
from app.domain.schedule import BY_NAME, SCHEDULES
from app.extensions import db
from app.models.audit import AuditEntry
from app.models.job_runs import JobOrder, JobRun
from app.services import actors, clock, job_orders
from jobs import registry, scheduling
from jobs.leader import Leader
from tests import factories

HERE = "/gestion/taches/"
NAME = "purge-incomplete"


@pytest.fixture
def administrator(session):
    return factories.user(Role.ADMINISTRATOR)


def test_the_screen_shows_each_job_with_its_rule_and_its_last_run(administrator, login, session):
    session.add(
        JobRun(name=NAME, started_at=clock.now(), ended_at=clock.now(), outcome=JobOutcome.DONE, done=4, took_ms=1234)
    )
    session.commit()
    page = login(administrator).get(HERE).text
    for one in SCHEDULES:
        assert one.when in page
        assert f"/gestion/taches/{one.name}/lancer" in page
    assert "Les écrans du portail" in page
    assert "1,2 s, 4 éléments" in page
    assert "Aucun ordonnanceur n" in page


def test_an_order_is_asked_once_told_and_audited(administrator, login, session):
    client = login(administrator)
    assert client.post(f"{HERE}{NAME}/lancer").status_code == 303
    assert "est demandée" in client.get(HERE).text
    assert f"Demandée par {administrator.full_name}" in client.get(HERE).text
    client.post(f"{HERE}{NAME}/lancer")
    assert "déjà demandée" in client.get(HERE).text
    assert job_orders.waiting() == {NAME}
    assert session.scalars(sa.select(AuditEntry.subject).where(AuditEntry.action == "run_job")).all() == [NAME]
    assert client.post(f"{HERE}rien/lancer").status_code == 404


def test_an_unknown_job_is_not_ordered(administrator):
    with pytest.raises(RuleBroken, match="n'existe pas"):
        job_orders.ask("rien", actors.of(administrator))


def test_the_leader_takes_it_at_its_beat_and_records_who_asked(app, administrator):
    leader = Leader()
    scheduler = scheduling.build(app.app_context, leader)
    works = scheduler.get_job("beat").func.__self__
    job_orders.ask(NAME, actors.of(administrator))
    db.session.commit()
    works.beat()
    job = registry.find(NAME)
    works.run(job)
    works.run(job)
    runs = db.session.scalars(sa.select(JobRun).where(JobRun.name == NAME).order_by(JobRun.id)).all()
    assert [run.asked_by_id for run in runs] == [administrator.id, None]
    assert db.session.scalars(sa.select(JobOrder.taken_at)).all() == [clock.now()]
    leader.release()


def test_who_does_not_lead_takes_nothing(app, administrator):
    leader = Leader()
    works = scheduling.build(app.app_context, leader).get_job("beat").func.__self__
    job_orders.ask(NAME, actors.of(administrator))
    db.session.commit()
    works.run(registry.find(NAME))
    assert job_orders.waiting() == {NAME}


def test_a_daily_job_that_fails_is_tried_again_in_a_minute(app, session):
    leader = Leader()
    scheduler = scheduling.build(app.app_context, leader)
    works = scheduler.get_job("beat").func.__self__
    works.beat()

    def fail() -> int:
        raise RuntimeError("panne")

    works.run(registry.Job(BY_NAME[NAME], fail))
    assert scheduler.get_job(NAME).next_run_time == clock.now() + scheduling.RETRY
    leader.release()
