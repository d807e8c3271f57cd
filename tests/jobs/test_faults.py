"""What breaks under the sweeps mends without a hand: a full disk, PostgreSQL restarted."""

import datetime as dt
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa

import config
from app.domain.enums import MailStatus, RequestStatus, Role
from app.domain.request_workflow import Action
from app.extensions import db, reading
from app.models.mails import Mail
from app.models.requests import Avenant
from app.services import actors, clock
from app.services import requests as request_service
from jobs import registry, runner
from tests import factories, outages, smtp_peer
from tests.committed import ground
from tests.conftest import SERVER

pytestmark = pytest.mark.committed
MANY = 5


@pytest.mark.skipif(bool(SERVER), reason="the server of PostgreSQL has a disk of its own")
def test_on_a_full_disk_nothing_is_half_done_and_the_next_sweep_does_it(tmp_path, frozen):
    with outages.small_disk(tmp_path), ground(tmp_path) as on:
        officer, enrolment = actors.of(factories.user(Role.OFFICER)), factories.enrolment()
        for _ in range(MANY):
            request_service.act(factories.avenant(enrolment), Action.ASK_AMENDMENT, officer, comment="La date.")
        db.session.commit()
        frozen.move_to(clock.today() + dt.timedelta(20))
        closing = registry.find("close-amendments")
        with outages.full(tmp_path):
            report = runner.run(closing, on.app.app_context)
            assert (report.done, bool(report.error)) == (0, True), "said, so that it is tried again in a minute"
            assert statuses() == {RequestStatus.TO_AMEND: MANY}
        assert runner.run(closing, on.app.app_context).done == MANY
        assert statuses() == {RequestStatus.IN_PROGRESS: MANY}
        told = sa.select(sa.func.count()).select_from(Mail).where(Mail.event_key.startswith("amendment_closed:"))
        assert db.session.scalar(told) == MANY


def statuses():
    counts = sa.select(Avenant.status, sa.func.count()).group_by(Avenant.status)
    with reading():
        found = {status: count for status, count in db.session.execute(counts)}
        db.session.commit()
    return found


@pytest.fixture
def server():
    """A PostgreSQL of its own; `restart()` ends every connection."""
    folder = Path(tempfile.mkdtemp(prefix="segurnum-pg."))  # the folders of the tests are closed to its user
    folder.chmod(0o755)
    # Below the ports that clients are given: one that tries again meanwhile would take it, and connect to itself.
    port = 20_000 + os.getpid() % 10_000
    script = config.ROOT / "scripts" / "postgres.sh"
    subprocess.run([script, "start", folder, str(port)], check=True, stdout=subprocess.DEVNULL)

    class Server:
        url = f"postgresql://segur@127.0.0.1:{port}"

        def restart(self) -> None:
            subprocess.run([script, "stop", folder], check=True)
            subprocess.run([script, "start", folder, str(port)], check=True, stdout=subprocess.DEVNULL)

    yield Server()
    subprocess.run([script, "stop", folder], check=True)
    shutil.rmtree(folder)


def mail(rank: int) -> Mail:
    now = dt.datetime.now(dt.UTC)
    return Mail(
        event_key=f"essai:{rank}", message_id=f"<essai.{rank}@segurnum.invalid>", event="Essai",
        recipient=f"alice{rank}@exemple.fr", subject="Objet", body="Texte\n", status=MailStatus.QUEUED,
        created_at=now, due_at=now,
    )  # fmt: skip


@pytest.mark.skipif(not SERVER, reason="PostgreSQL's own")
def test_a_scheduler_goes_on_after_postgresql_restarted(server, tmp_path, monkeypatch):
    monkeypatch.setattr("tests.conftest.SERVER", server.url)
    with smtp_peer.peer() as peer, ground(tmp_path, migrated=False) as on:
        flask_migrate.upgrade()
        running = subprocess.Popen(
            [sys.executable, "-m", "jobs"], cwd=config.ROOT, env=os.environ | on.env | {"SMTP_URL": peer.url},
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            db.session.add(mail(1))
            db.session.commit()
            assert peer.wait_for(1)
            db.session.remove()
            db.engine.dispose()
            server.restart()
            db.session.add(mail(2))
            db.session.commit()
            assert peer.wait_for(2)
            assert running.poll() is None
        finally:
            running.kill()
            running.wait(10)
    assert [one["To"] for one in peer.mails] == ["alice1@exemple.fr", "alice2@exemple.fr"]
