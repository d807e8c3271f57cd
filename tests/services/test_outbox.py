"""Each mail leaves once the server takes it, is tried for a day, and its failure is seen."""

import datetime as dt
import os
import signal

import pytest
import sqlalchemy as sa

from app.adapters import mail as mail_adapter
from app.domain.enums import MailStatus
from app.extensions import db
from app.models.mails import Mail
from app.services import clock, messages, outbox, ports
from app.services.mail_templates import Text
from tests import smtp_peer
from tests.committed import ground

SENDER = "ne-pas-repondre@segurnum.invalid"


@pytest.fixture
def peer(session, monkeypatch):
    with smtp_peer.peer() as made:
        monkeypatch.setattr(ports.get(), "mailer", mail_adapter.SmtpServer(made.url, SENDER, 5))
        yield made


def queued(rank: int = 1) -> Mail:
    mail = Mail(
        event_key=f"essai:{rank}",
        message_id=f"<essai.{rank}@segurnum.invalid>",
        event="Demande validée",
        recipient=f"alice{rank}@exemple.fr",
        subject="Objet",
        body="Texte\n",
        status=MailStatus.QUEUED,
        created_at=clock.now(),
        due_at=clock.now(),
    )
    db.session.add(mail)
    db.session.commit()
    return mail


def after(minutes: float):
    return clock.at(clock.now() + dt.timedelta(minutes=minutes))


def test_a_mail_leaves_and_says_when(peer):
    mail = queued()
    assert outbox.send_due() == 1
    assert (mail.status, mail.sent_at, mail.attempts) == (MailStatus.SENT, clock.now(), 1)
    assert [one["Message-ID"] for one in peer.mails] == [mail.message_id]
    assert outbox.send_due() == 0


def test_451_is_tried_again_later_under_the_same_message_id(peer):
    mail = queued()
    peer.answers = ["451 greylisted", "451 greylisted"]
    assert outbox.send_due() == 0
    assert (mail.status, mail.last_error) == (MailStatus.QUEUED, "451 greylisted")
    assert outbox.send_due() == 0
    assert mail.attempts == 1, "not before its time"
    with after(2):
        outbox.send_due()
        assert mail.attempts == 2
    with after(10):
        assert outbox.send_due() == 1
    assert (mail.status, mail.last_error) == (MailStatus.SENT, "")
    assert [one["Message-ID"] for one in peer.mails] == [mail.message_id]


def test_451_then_550_is_tried_twice_and_seen_as_lost(peer):
    mail = queued()
    peer.answers = ["451 greylisted", "550 no such user"]
    assert outbox.send_due() == 0
    with after(2):
        assert outbox.send_due() == 0
    assert (mail.status, mail.attempts, mail.last_error) == (MailStatus.FAILED, 2, "550 no such user")
    assert peer.mails == []


def test_550_is_a_final_failure_with_its_words(peer):
    refused, other = queued(1), queued(2)
    peer.answers = ["550 no such user"]
    assert outbox.send_due() == 1
    assert (refused.status, refused.last_error) == (MailStatus.FAILED, "550 no such user")
    assert other.status is MailStatus.SENT
    with after(60 * 30):
        assert outbox.send_due() == 0


@pytest.mark.parametrize(
    ("key", "message_id"),
    [
        ("payment_done:12", "<payment_done.12@segurnum.invalid>"),
        ("bank_change_made:3:é@exemple.fr", "<bank_change_made.3.exemple.fr.18e3c6df@segurnum.invalid>"),
        ("x:" + "y" * 300, None),
    ],
)
def test_an_event_has_one_message_id_whatever_its_key(session, key, message_id):
    mail = messages.post("Essai", Text("Objet", "Texte\n"), "a@exemple.fr", key)
    db.session.flush()
    assert message_id in (None, mail.message_id)
    assert len(mail.event_key) <= 120
    assert mail.message_id.isascii()
    assert mail.message_id.count("@") == 1


def test_an_event_is_told_once(session):
    messages.post("Essai", Text("Objet", "Texte\n"), "a@exemple.fr", "payment_done:12")
    db.session.flush()
    messages.post("Essai", Text("Objet", "Texte\n"), "a@exemple.fr", "payment_done:12")
    with pytest.raises(sa.exc.IntegrityError):
        db.session.flush()


def test_a_closed_server_costs_one_try_per_sweep_and_loses_nothing(peer):
    mails = [queued(rank) for rank in (1, 2, 3)]
    peer.close()
    assert outbox.send_due() == 0
    assert sorted(mail.attempts for mail in mails) == [0, 0, 1]
    peer.open()
    with after(5):
        assert outbox.send_due() == 3
    assert {mail.status for mail in mails} == {MailStatus.SENT}
    assert len(peer.mails) == 3


def test_a_hanging_server_is_left_and_the_mail_stays(session, monkeypatch):
    mail = queued()
    with smtp_peer.silent_server() as url:
        monkeypatch.setattr(ports.get(), "mailer", mail_adapter.SmtpServer(url, SENDER, 0.2))
        assert outbox.send_due() == 0
    assert mail.status is MailStatus.QUEUED
    assert "injoignable" in mail.last_error


def test_it_gives_up_after_a_day(peer):
    mail = queued()
    peer.answers = ["451 later"] * 100
    start = clock.now()
    while mail.status is MailStatus.QUEUED:
        with clock.at(max(mail.due_at, start)):
            outbox.send_due()
            last = clock.now()
    assert mail.status is MailStatus.FAILED
    assert last - start == dt.timedelta(hours=24)
    assert mail.last_error == "451 later"
    assert 20 < mail.attempts < 40


def test_a_mail_that_waited_for_a_stopped_scheduler_still_has_its_tries(peer):
    mail = queued()
    peer.answers = ["451 greylisted"]
    with after(60 * 72):
        assert outbox.send_due() == 0
        assert mail.status is MailStatus.QUEUED
        with after(2):
            assert outbox.send_due() == 1


def test_a_mail_that_cannot_be_written_does_not_stop_the_others(peer):
    queued(1).recipient = "a@b.fr\r\nBcc: x@y.fr"
    queued(2)
    assert outbox.send_due() == 1
    statuses = db.session.execute(sa.select(Mail.event_key, Mail.status).order_by(Mail.id)).all()
    assert [status for _, status in statuses] == [MailStatus.FAILED, MailStatus.SENT]


@pytest.mark.committed
def test_two_senders_at_once_send_one_mail(committed):
    with smtp_peer.peer() as peer:
        ports.get().mailer = mail_adapter.SmtpServer(peer.url, SENDER, 5)
        for rank in range(1, 21):
            queued(rank)
        answers = committed.at_once(*[outbox.send_due] * 4)
        assert sum(answers) == 20
        assert sorted(one["To"] for one in peer.mails) == sorted(f"alice{rank}@exemple.fr" for rank in range(1, 21))


@pytest.mark.committed
def test_no_lock_is_held_while_the_server_hangs(committed):
    with smtp_peer.silent_server() as url:
        ports.get().mailer = mail_adapter.SmtpServer(url, SENDER, 2)
        queued(1)

        def write_meanwhile() -> dt.timedelta:
            start = dt.datetime.now(dt.UTC)
            queued(2)
            return dt.datetime.now(dt.UTC) - start

        _, waited = committed.at_once(outbox.send_due, write_meanwhile)
    assert waited < dt.timedelta(seconds=1.5)


@pytest.mark.committed
def test_a_sender_killed_once_the_server_took_the_mail_sends_it_again_under_the_same_message_id(committed):
    with smtp_peer.peer() as peer:
        ports.get().mailer = mail_adapter.SmtpServer(peer.url, SENDER, 5)
        mail = queued()
        db.session.remove()
        db.engine.dispose()
        sender = os.fork()
        if not sender:
            try:
                outbox.send_due()
            finally:
                os._exit(0)
        peer.at_goodbye = lambda: os.kill(sender, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(sender, 0)[1]) == -signal.SIGKILL
        peer.at_goodbye = None
        mail = db.session.scalars(sa.select(Mail)).one()
        assert (mail.status, mail.attempts, len(peer.mails)) == (MailStatus.QUEUED, 1, 1)
        assert outbox.send_due() == 0, "its claim holds"
        with after(outbox.CLAIM.total_seconds() / 60):
            assert outbox.send_due() == 1
        assert [one["Message-ID"] for one in peer.mails] == [mail.message_id] * 2
    assert (mail.status, mail.attempts) == (MailStatus.SENT, 2)


def test_the_time_a_hanging_server_is_given_and_where_mails_come_back_are_settings(tmp_path):
    more = {"SMTP_TIMEOUT": "0.2", "MAIL_BOUNCES": "retours@exemple.fr"}
    with smtp_peer.silent_server() as url, ground(tmp_path, migrated=False, SMTP_URL=url, **more):
        mailer = ports.get().mailer
        assert mailer.bounces == "retours@exemple.fr"
        with pytest.raises(mail_adapter.Unreachable, match="injoignable"):
            mailer.send("<a@b>", "a@b.fr", "Objet", "Texte", "<p>Texte</p>")
