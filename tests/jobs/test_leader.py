"""Of several schedulers one works; when it stops another does, and nothing is done twice."""

import datetime as dt
import os
import signal
import subprocess
import sys

import pytest
import sqlalchemy as sa

import config
from app.domain.enums import MailStatus
from app.extensions import db
from app.models.job_runs import SchedulerLease
from app.models.mails import Mail
from app.services import clock
from jobs.leader import LEASE, Leader
from tests import smtp_peer

pytestmark = pytest.mark.committed
POSTGRES = bool(os.environ.get("TEST_DATABASE_URL"))


def two(committed):
    first, second = Leader(), Leader()
    second.holder = "autre:1"
    return first, second


def test_one_leads_and_releases_to_the_other(committed):
    first, second = two(committed)
    assert first.beat()
    assert first.leads
    assert not second.beat()
    assert not second.leads
    assert not first.beat(), "already leading"
    first.release()
    assert second.beat()
    assert not first.beat()
    assert not first.leads
    second.release()


@pytest.mark.skipif(POSTGRES, reason="the lease is SQLite's; PostgreSQL's lock ends with its connection")
def test_a_lease_that_is_not_renewed_is_taken(committed):
    first, second = two(committed)
    first.beat()
    with clock.at(clock.now() + LEASE + dt.timedelta(seconds=1)):
        assert not first.leads, "it stops by itself, even when it cannot reach the database"
        assert second.beat()
        assert not first.beat()


@pytest.mark.skipif(not POSTGRES, reason="the advisory lock is PostgreSQL's")
def test_a_broken_connection_loses_the_lead(committed):
    first, second = two(committed)
    first.beat()
    assert not second.beat()
    db.session.execute(
        sa.text(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    )
    db.session.commit()
    first.beat()
    assert first.leads is not second.beat()
    first.release()
    second.release()


def queue(ranks):
    now = dt.datetime.now(dt.UTC)
    for rank in ranks:
        db.session.add(
            Mail(
                event_key=f"essai:{rank}", message_id=f"<essai.{rank}@segurnum.invalid>", event="Essai",
                recipient=f"alice{rank}@exemple.fr", subject="Objet", body="Texte\n", status=MailStatus.QUEUED,
                created_at=now, due_at=now,
            )
        )  # fmt: skip
    db.session.commit()


def scheduler(committed, url):
    return subprocess.Popen(
        [sys.executable, "-m", "jobs"],
        cwd=config.ROOT,
        env=committed.env | {"SMTP_URL": url},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def test_two_schedulers_send_each_mail_once_and_survive_the_death_of_the_leader(committed):
    with smtp_peer.peer() as peer:
        running = [scheduler(committed, peer.url) for _ in range(2)]
        try:
            queue(range(10))
            assert peer.wait_for(10)
            holder = db.session.scalars(sa.select(SchedulerLease.holder)).one()
            db.session.commit()
            leading = next(process for process in running if holder.endswith(f":{process.pid}"))
            # A killed leader leaves its lease for LEASE seconds on SQLite: there it is stopped, which gives it back.
            leading.send_signal(signal.SIGKILL if POSTGRES else signal.SIGTERM)
            leading.wait(30)
            queue(range(10, 15))
            assert peer.wait_for(15)
        finally:
            for process in running:
                process.terminate()
            codes = [process.wait(30) for process in running]
    assert sorted(mail["To"] for mail in peer.mails) == sorted(f"alice{rank}@exemple.fr" for rank in range(15))
    assert codes.count(0) >= 1
    # The one a killed leader had in its hands comes due again when its claim ends, under the same Message-ID.
    in_hand = db.session.scalars(sa.select(Mail).where(Mail.status == MailStatus.QUEUED)).all()
    assert len(in_hand) <= (1 if POSTGRES else 0)
    assert all(mail.due_at > dt.datetime.now(dt.UTC) for mail in in_hand)
