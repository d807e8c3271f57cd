"""`/sante` says 200 while the portal works, 503 with the part that broke, and 200 again once it is mended."""

import datetime as dt

import pytest

from app.adapters.storage import LocalStore
from app.domain.enums import MailStatus
from app.extensions import db
from app.models.job_runs import SchedulerLease
from app.models.mails import Mail
from app.services import clock, ports
from tests.outages import gone


def asked(client):
    answer = client.get("/sante")
    return answer.status_code, answer.json["parties"]


@pytest.fixture
def beating(session):
    db.session.add(SchedulerLease(id=1, holder="essai:1", beat_at=clock.now()))
    db.session.commit()


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(ports.get(), "store", LocalStore(tmp_path / "files"))
    return tmp_path / "files"


def test_all_is_well(client, store, beating):
    assert asked(client) == (200, {"base": "ok", "fichiers": "ok", "courriels": "ok", "tâches": "ok"})


def test_it_needs_no_login_and_is_not_cached(client, store):
    answer = client.get("/sante")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_a_broken_store_is_503_and_comes_back(client, store, beating):
    store.write_text("a file where the folder was")
    code, parts = asked(client)
    assert code == 503
    assert parts["fichiers"] != "ok"
    assert parts["base"] == "ok"
    store.unlink()
    assert asked(client)[0] == 200


def test_a_late_mail_is_told_without_being_ill(client, store, beating):
    db.session.add(
        Mail(
            event_key="essai:1", message_id="<essai.1@x>", event="Essai", recipient="a@b.fr", subject="o", body="t",
            status=MailStatus.QUEUED, created_at=clock.now() - dt.timedelta(minutes=61), due_at=clock.now(),
        )
    )  # fmt: skip
    db.session.commit()
    assert asked(client) == (
        200,
        {"base": "ok", "fichiers": "ok", "courriels": "1 en attente depuis plus d'une heure", "tâches": "ok"},
    )


def test_a_scheduler_that_never_started_is_told(client, store):
    code, parts = asked(client)
    assert (code, parts["tâches"]) == (200, "jamais démarrées")


def test_a_stopped_scheduler_is_told_without_being_ill(client, store, beating):
    with clock.at(clock.now() + dt.timedelta(minutes=2)):
        code, parts = asked(client)
    assert (code, parts["tâches"]) == (200, "arrêtées depuis le 23/11/2026 10:00:00")


@pytest.mark.committed
def test_a_database_that_goes_away_is_503_and_comes_back(committed):
    client = committed.app.test_client()
    assert asked(client)[0] == 200
    with gone(committed):
        code, parts = asked(client)
        assert code == 503
        assert parts["base"].startswith("ne répond pas")
    assert asked(client)[0] == 200
