"""What comes back is noted on its mail, and a lost mail is sent again: the same, to the same address."""

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app.domain.enums import LinkPurpose, MailStatus, Role
from app.domain.errors import Conflict, RuleBroken
from app.extensions import db
from app.models.mails import Mail
from app.services import actors, audit, lost_credentials, mail_bounces, mail_resends, outbox
from app.services.messages import Event
from tests import factories
from tests.services.test_outbox import queued

REPORT = """From: MAILER-DAEMON@relais.exemple.fr
To: retours@segurnum.invalid
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; relais.exemple.fr

Final-Recipient: rfc822; alice1@exemple.fr
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--B
Content-Type: {kind}

From: ne-pas-repondre@segurnum.invalid
To: alice1@exemple.fr
Message-ID: {message_id}

Bonjour
--B--
"""


def report(message_id="<essai.1@segurnum.invalid>", action="failed", status="5.1.1", kind="message/rfc822") -> bytes:
    return REPORT.format(message_id=message_id, action=action, status=status, kind=kind).encode()


@pytest.fixture
def sent(session) -> Mail:
    mail = queued()
    assert outbox.send_due() == 1
    return mail


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_failed_delivery_is_noted_once(sent, kind):
    read = mail_bounces.read(report(kind=kind))
    assert mail_bounces.apply(read)
    db.session.commit()
    assert sent.status is MailStatus.BOUNCED
    assert sent.sent_at is not None
    assert sent.last_error == "Non remis : 5.1.1 ; smtp; 550 5.1.1 User unknown ; rfc822; alice1@exemple.fr"
    assert not mail_bounces.apply(read)
    assert [entry.action for entry in audit.entries_of("mail", str(sent.id))] == ["bounce"]


@pytest.mark.parametrize(
    "content", [report(action="delayed", status="4.4.1"), report(message_id="<autre@segurnum.invalid>")]
)
def test_a_delay_or_the_mail_of_another_changes_nothing(sent, content):
    assert not mail_bounces.apply(mail_bounces.read(content))
    assert sent.status is MailStatus.SENT


@pytest.mark.parametrize(
    "content",
    [b"", b"Subject: absence\n\nJe suis absent.", report(message_id=""), b"\xff\x00" * 100, report() + b"x" * 1024**2],
)
def test_what_is_no_report_is_refused(session, content):
    with pytest.raises(RuleBroken, match="pas un avis"):
        mail_bounces.read(content)


@given(st.integers(0, 900), st.binary(min_size=1, max_size=30))
def test_a_damaged_report_is_read_or_refused(at, noise):
    content = report()
    try:
        read = mail_bounces.read(content[:at] + noise + content[at + len(noise) :])
    except RuleBroken:
        return
    assert read.words.isprintable()


def test_the_command_reads_its_input_and_says_what_it_did(app, sent):
    run = app.test_cli_runner().invoke
    assert "noté" in run(args=["mails", "bounce"], input=report()).output
    again = run(args=["mails", "bounce"], input=report())
    assert (again.exit_code, "Rien à noter" in again.output) == (0, True)
    other = run(args=["mails", "bounce"], input=b"Subject: absence\n\nJe suis absent.")
    assert (other.exit_code, "pas un avis" in other.output) == (0, True)
    assert sent.status is MailStatus.BOUNCED


def test_a_lost_mail_leaves_again_under_its_message_id(sent):
    mail_bounces.apply(mail_bounces.read(report()))
    db.session.expire(sent)
    officer = actors.of(factories.user(Role.OFFICER))
    message_id = sent.message_id
    mail_resends.resend(sent, officer)
    db.session.commit()
    assert (sent.status, sent.attempts, sent.last_error) == (MailStatus.QUEUED, 0, "")
    assert outbox.send_due() == 1
    assert (sent.status, sent.message_id) == (MailStatus.SENT, message_id)
    with pytest.raises(Conflict, match="n'est plus, en échec"):
        mail_resends.resend(sent, officer)


def test_a_mail_whose_secret_has_left_is_not_sent_again(session):
    user = factories.user()
    lost_credentials.send_link(user, LinkPurpose.OPENING, Event.OPENING_LINK)
    mail = db.session.scalars(sa.select(Mail)).one()
    db.session.commit()
    outbox.send_due()
    assert (mail.status, mail.secret) == (MailStatus.SENT, None)
    mail_bounces.apply(mail_bounces.read(report(mail.message_id)))
    db.session.expire(mail)
    with pytest.raises(RuleBroken, match="ne peut pas"):
        mail_resends.resend(mail, actors.of(user))
    assert mail.status is MailStatus.BOUNCED
