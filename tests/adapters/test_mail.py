"""A mail handed to a real SMTP server, and what each of its answers becomes."""

import pytest

from app.adapters import mail
from app.services import outbox
from tests import smtp_peer

MAIL = (
    "<evenement.1@segurnum.invalid>",
    "alice@exemple.fr",
    "Demande validée",
    "Bonjour,\nvotre demande a été validée.\n",
    "<p>Bonjour,<br>votre demande a été validée.</p>\n",
)


@pytest.fixture
def peer():
    with smtp_peer.peer() as made:
        yield made


def server(url, timeout=5.0):
    return mail.SmtpServer(url, "ne-pas-repondre@segurnum.invalid", timeout)


def test_the_server_receives_it_whole(peer):
    server(peer.url).send(*MAIL)
    received = peer.mails[0]
    assert received["Message-ID"] == MAIL[0]
    assert (received["To"], received["Subject"]) == MAIL[1:3]
    assert received["Auto-Submitted"] == "auto-generated"
    assert received.get_content_type() == "multipart/alternative"
    plain, html = received.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content().replace("\r\n", "\n") == MAIL[3]
    assert html.get_content().replace("\r\n", "\n") == MAIL[4]


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ("451 greylisted", mail.TemporaryFailure),
        ("RCPT 450 later", mail.TemporaryFailure),
        ("421 closing", mail.Unreachable),
        ("550 no such user", mail.PermanentFailure),
        ("RCPT 550 no such user", mail.PermanentFailure),
        ("554 refused", mail.PermanentFailure),
    ],
)
def test_a_refusal_is_temporary_or_for_ever(peer, answer, failure):
    peer.answers = [answer]
    with pytest.raises(failure, match=answer.split()[-1]) as said:
        server(peer.url).send(*MAIL)
    assert type(said.value) is failure
    assert peer.mails == []


def test_a_closed_server_is_unreachable(peer):
    peer.close()
    with pytest.raises(mail.Unreachable, match="injoignable"):
        server(peer.url).send(*MAIL)


def test_a_server_that_hangs_is_left_at_the_time_limit():
    with smtp_peer.silent_server() as url, pytest.raises(mail.Unreachable, match="injoignable"):
        server(url, timeout=0.2).send(*MAIL)


def test_a_server_whose_greeting_never_ends_is_left_too():
    with smtp_peer.endless_server() as url, pytest.raises(mail.Unreachable, match="injoignable"):
        server(url, timeout=0.1).send(*MAIL)


def test_a_whole_session_is_shorter_than_the_claim_of_its_mail():
    assert outbox.CLAIM.total_seconds() > mail.WHOLE_SECONDS


def test_a_server_that_cannot_encrypt_gets_no_mail_when_starttls_is_asked(peer):
    with pytest.raises(mail.Unreachable):
        server(peer.url + "?starttls=1").send(*MAIL)
    assert peer.mails == []


def test_a_refused_password_puts_off_instead_of_failing(peer):
    with pytest.raises(mail.Unreachable):
        server(peer.url.replace("//", "//nom:mot%20de%20passe@")).send(*MAIL)


@pytest.mark.parametrize("url", ["http://exemple.fr", "smtp://", "exemple.fr:25"])
def test_another_kind_of_address_refuses_to_start(url, tmp_path):
    with pytest.raises(ValueError, match="SMTP_URL"):
        mail.open_mailer(url, tmp_path, "a@b.fr")


def test_without_server_it_is_a_file_and_a_resend_the_same_file(tmp_path):
    folder = mail.open_mailer(None, tmp_path / "mails", "a@b.fr")
    folder.send(*MAIL)
    folder.send(*MAIL)
    assert [path.name for path in (tmp_path / "mails").iterdir()] == ["evenement.1@segurnum.invalid.eml"]


@pytest.mark.parametrize("url", [None, "smtp://127.0.0.1:1"])
def test_a_line_break_in_an_address_never_becomes_a_header(url, tmp_path):
    mailer = mail.open_mailer(url, tmp_path, "a@b.fr")
    with pytest.raises(mail.PermanentFailure):
        mailer.send(MAIL[0], "a@b.fr\r\nBcc: x@y.fr", "objet", "texte", "<p>texte</p>")
