"""Every mail is what its golden files say, as text and as HTML, and a real SMTP server receives it so.

After a change that is meant: `GOLDEN=write pytest tests/services/test_every_mail.py`, then read the difference.
"""

import os
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.adapters import mail as mail_adapter
from app.domain.enums import LinkPurpose, MailStatus
from app.extensions import db
from app.models.mails import Mail
from app.services import access_links, mail_html, mail_templates, messages, outbox, ports
from app.services.mail_catalogue import CATALOGUE
from app.services.messages import Event
from tests import factories, mail_samples, smtp_peer

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "mails"
SENDER = "ne-pas-repondre@segurnum.invalid"


def queued(sample: mail_samples.Sample) -> Mail:
    key = f"essai:{sample.name}"
    secret = sample.secret
    if sample.event in (Event.OPENING_LINK, Event.PASSWORD_LOST):  # one that opens nothing would not leave
        secret = access_links.make(factories.user(), LinkPurpose.RESET)
    messages.queue(
        sample.event,
        f"{sample.name}@exemple.fr",
        key,
        supplier_id=None,
        request_id=None,
        secret=secret,
        **sample.given,
    )
    return db.session.scalars(sa.select(Mail).where(Mail.event_key == key)).one()


def test_every_event_has_its_variables_its_text_and_a_sample():
    events = {event.value for event in Event}
    assert set(CATALOGUE) == events
    assert {path.stem for path in (mail_html.ROOT / "templates" / "mails").glob("*.txt")} == events
    assert {sample.event.value for sample in mail_samples.every()} == events


@pytest.mark.parametrize("event", sorted(CATALOGUE))
def test_the_shipped_text_has_no_flaw(event):
    text = mail_templates.shipped(event)
    assert mail_templates.flaws(event, text.subject, text.body) == []


@pytest.mark.parametrize("event", sorted(one for one in CATALOGUE if "numero_editeur" in CATALOGUE[one].variables))
def test_a_request_deposited_by_form_has_no_editor_number_and_no_hole_in_its_place(event):
    variables = CATALOGUE[event].variables
    values = {name: "" if name == "numero_editeur" else one.example for name, one in variables.items()}
    text = mail_templates.filled(mail_templates.shipped(event), values)
    assert "éditeur" not in text.subject + text.body


def test_every_mail_is_its_golden_files_and_arrives_so(session, monkeypatch):
    mails = {sample.name: queued(sample) for sample in mail_samples.every()}
    db.session.commit()
    with smtp_peer.peer() as peer:
        monkeypatch.setattr(ports.get(), "mailer", mail_adapter.SmtpServer(peer.url, SENDER, 5))
        assert outbox.send_due() == len(mails)
    assert {mail.status for mail in mails.values()} == {MailStatus.SENT}
    arrived = {f"{name}.{kind}": text for name, received in _by_name(peer).items() for kind, text in received.items()}
    if os.environ.get("GOLDEN") == "write":
        _write(arrived)
    assert {path.name for path in GOLDEN.iterdir()} == set(arrived)
    for name, text in arrived.items():
        assert text == (GOLDEN / name).read_text(encoding="utf-8"), name


def _without_token(text: str) -> str:
    return re.sub(r"http://localhost/segurnums/acces/[\w-]+", mail_samples.LINK, text)


def _by_name(peer: smtp_peer.Peer) -> dict[str, dict[str, str]]:
    found = {}
    for received in peer.mails:
        plain, html = (part.get_content().replace("\r\n", "\n") for part in received.iter_parts())
        name = str(received["To"]).partition("@")[0]
        found[name] = {
            "txt": _without_token(f"Objet : {received['Subject']}\n\n{plain}"),
            "html": _without_token(html),
        }
    return found


def _write(arrived: dict[str, str]) -> None:
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for path in GOLDEN.iterdir():
        path.unlink()
    for name, text in arrived.items():
        (GOLDEN / name).write_text(text, encoding="utf-8")
