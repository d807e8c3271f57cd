"""« Contacter l'assistance »: a numbered ticket, its mails, the exchange on both sides."""

import io
import zipfile

import pytest
import sqlalchemy as sa

from app.domain.enums import Role, TicketKind, TicketStatus
from app.extensions import db, limiter
from app.models.attachments import Attachment
from app.models.mails import Mail
from app.models.tickets import Ticket
from app.services import attachments, captchas, ports, simulations, tickets
from tests import factories, files, json_files, pages
from tests.admin_views.supplier.deposits import in_one_body

CONTACT = "/segurnum/contacter-assistance"
FORM_DATA = "multipart/form-data"
CONTACT_FORM = "1"  # the one after « Se déconnecter »
ASKED = {
    "corridor_code": "MDV", "phase": "avance", "kind": "rejection", "name": "Alice Martin", "company": "LOGICIELS",
    "email": "alice@exemple.fr", "phone": "0326212121", "ans_number": "mlp525off1", "about": "Sans objet",
    "body": "Mon fichier est rejeté.\nPourquoi ?",
}  # fmt: skip


@pytest.fixture
def corridor(session, monkeypatch):
    monkeypatch.setattr(ports.get(), "captcha_fixed", "bw72x")
    factories.corridor()
    db.session.commit()


def send(client, **over):
    return client.post(CONTACT, data=ASKED | {"captcha_token": captchas.issue(), "captcha": "bw72x"} | over)


def only():
    return db.session.scalars(sa.select(Ticket)).one()


def mails():
    return list(db.session.scalars(sa.select(Mail).order_by(Mail.id)))


def link(mail):
    return ports.get().sealer.open(mail.secret).removeprefix(ports.get().public_base_url)


def file(name, content):
    return io.BytesIO(content), name


def test_a_message_is_numbered_and_acknowledged(client, corridor):
    answer = send(client)
    ticket = only()
    assert answer.status_code == 200
    assert ticket.number == "TIC-2026-0001"
    assert ticket.number in answer.text
    assert (ticket.status, ticket.messages[0].body) == (TicketStatus.OPEN, ASKED["body"])
    assert mails()[0].recipient == "alice@exemple.fr"
    assert "TIC-2026-0001" in mails()[0].subject


def test_the_exchange_goes_on_by_the_link_of_the_mails(client, login, corridor):
    send(client)
    first = link(mails()[0])
    officer = factories.user(Role.SUPPORT)
    staff = login(officer)
    assert "TIC-2026-0001" in staff.get("/gestion/assistance/").text
    assert "Pourquoi ?" in staff.get("/gestion/assistance/TIC-2026-0001").text
    answered = staff.post("/gestion/assistance/TIC-2026-0001/repondre", data={"body": "Votre SIRET est faux."})
    assert answered.status_code == 303
    assert only().status is TicketStatus.ANSWERED
    assert "Votre SIRET est faux." in mails()[1].body
    client.post("/segurnums/deconnexion")
    assert client.get(first).status_code == 404  # the last link replaces it
    last = link(mails()[1])
    assert "Votre SIRET est faux." in client.get(last).text
    client.post(last, data={"body": "Merci, corrigé."})
    assert [message.by_staff for message in only().messages] == [False, True, False]
    assert only().status is TicketStatus.OPEN


def test_a_closed_message_opens_again_with_a_reply(client, login, corridor):
    send(client)
    staff = login(factories.user(Role.SUPPORT))
    assert staff.post("/gestion/assistance/TIC-2026-0001/clore").status_code == 303
    assert staff.post("/gestion/assistance/TIC-2026-0001/clore").status_code == 409
    client.post(link(mails()[0]), data={"body": "Encore une question."})
    assert only().status is TicketStatus.OPEN


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"corridor_code": ""}, "Choisissez un couloir"),
        ({"phase": ""}, "Choisissez une phase"),
        ({"kind": ""}, "Choisissez un type"),
        ({"name": ""}, "Saisissez votre nom"),
        ({"name": "A\r\nBcc: b@exemple.fr"}, "de contrôle"),
        ({"body": "a\u202eb"}, "invisibles"),
        ({"email": "alice"}, "nom@domaine.fr"),
        ({"email": "a@exemple.fr\r\nBcc: b@exemple.fr"}, "nom@domaine.fr"),
        ({"phone": "0326212"}, "10 chiffres"),
        ({"about": ""}, "Sans objet"),
        ({"body": " "}, "Saisissez un message"),
        ({"body": "x" * 4001}, "Au plus 4000"),
        ({"captcha": "faux1"}, "ne sont pas ceux"),
        ({"captcha_token": "1.x"}, "expiré"),
    ],
)
def test_a_wrong_entry_is_told_and_the_rest_is_kept(client, corridor, over, said):
    answer = send(client, **over)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Mon fichier est rejeté" in answer.text or "body" in over
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Ticket)) == 0
    assert mails() == []


def test_a_wrong_captcha_is_told_at_its_field(client, corridor):
    answer = send(client, captcha="faux1").text
    assert all(said in answer for said in ('href="#captcha"', 'id="captcha-error"'))


def test_a_captcha_serves_one_message(client, corridor):
    token = captchas.issue()
    send(client, captcha_token=token)
    assert send(client, captcha_token=token).status_code == 422
    only()


def test_who_is_logged_in_needs_no_captcha_and_types_less(client, login, corridor):
    user = factories.supplier_user(full_name="Alice Martin")
    client = login(user)
    page = client.get(f"{CONTACT}?demande=FINMDV000001M0").text
    assert "captcha_token" not in page
    assert 'value="Alice Martin"' in page
    assert 'value="FINMDV000001M0"' in page
    client.post(CONTACT, data=ASKED)
    assert only().user_id == user.id


def test_the_same_words_sent_twice_are_one_message(login, corridor):
    client = login(factories.supplier_user())
    for body in ("Bonjour", "Bonjour", "Autre chose"):
        limiter.reset()
        client.post(CONTACT, data=ASKED | {"body": body, "file": file("a.txt", b"a")}, content_type=FORM_DATA)
    first, _ = db.session.scalars(sa.select(Ticket).order_by(Ticket.id))
    assert len(mails()) == 2
    for body in ("Encore", "Encore", "Bonjour"):
        client.post(f"/segurnums/messages/{first.number}", data={"body": body})
    assert [message.body for message in first.messages] == ["Bonjour", "Encore", "Bonjour"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Attachment)) == 2


def _zip(**entries):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("fichier.json", b"{rat\xc3\xa9"),
        ("note.txt", b"Bonjour\r\n"),
        ("capture.png", files.image("PNG")),
        ("piece.PDF", files.pdf()),
        ("lot.zip", _zip(a=b"1")),
    ],
)
def test_the_five_types_are_joined_and_given_back(client, corridor, name, content):
    assert send(client, file=file(name, content)).status_code == 200
    where = f"{link(mails()[0])}/fichiers/{only().messages[0].attachment_id}"
    given = client.get(where)
    assert given.data == content
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in given.headers["Content-Security-Policy"]
    given.close()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("virus.exe", b"MZ", "format accepté"),
        ("photo.jpg", files.image("JPEG"), "format accepté"),
        ("vide.txt", b"", "vide"),
        ("binaire.txt", b"a\0b", "contrôle"),
        ("latin.txt", b"\xe9t\xe9", "UTF-8"),
        ("faux.png", b"<html>", "image"),
        ("faux.pdf", b"<html>", "PDF"),
        ("faux.zip", b"PK", "ZIP"),
        ("chemin.zip", _zip(**{"../x": b"1"}), "chemin.zip"),
    ],
)
def test_another_file_is_refused_by_name_and_nothing_is_opened(client, corridor, name, content, said):
    answer = send(client, file=file(name, content))
    assert answer.status_code == 422
    assert name in answer.text
    assert said.lower() in answer.text.lower()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Ticket)) == 0


def test_a_file_too_big_is_refused_by_its_name(client, corridor):
    form = ASKED | {"captcha_token": captchas.issue(), "captcha": "bw72x"}
    answer = client.post(CONTACT, **in_one_body(b"a" * (2 * 1024 * 1024 + 1), form))
    assert answer.status_code == 422
    assert "dépasse la taille maximum de 2 Mo" in answer.text


def test_the_file_of_another_exchange_is_not_found(client, corridor):
    send(client, file=file("a.txt", b"a"))
    send(client)
    first, second = db.session.scalars(sa.select(Ticket).order_by(Ticket.id))
    where = f"{link(mails()[1])}/fichiers/{first.messages[0].attachment_id}"
    assert tickets.followed(where.split("/")[3]) is second
    assert client.get(where).status_code == 404
    assert client.get("/segurnum/assistance/inconnu").status_code == 404


def test_messages_are_rationed(client, corridor):
    answers = [send(client, name="").status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_only_the_assistance_reads_the_queue(client, login, corridor):
    send(client)
    for role in (Role.DECIDER, Role.ANALYST, Role.ADMINISTRATOR):
        assert login(factories.user(role)).get("/gestion/assistance/TIC-2026-0001").status_code == 403


def test_he_finds_his_messages_in_his_space_and_goes_on(client, login, corridor):
    user = factories.supplier_user()
    login(user).post(CONTACT, data=ASKED | {"file": file("note.txt", "détail".encode())}, content_type=FORM_DATA)
    number = only().number
    assert number in client.get("/segurnums/messages/").text
    page = client.get(f"/segurnums/messages/{number}").text
    assert "Mon fichier est rejeté." in page
    kept = client.get(f"/segurnums/messages/{number}/fichiers/{only().messages[0].attachment_id}")
    assert kept.data.decode() == "détail"
    kept.close()
    assert client.post(f"/segurnums/messages/{number}", data={"body": " "}).status_code == 422
    assert client.post(f"/segurnums/messages/{number}", data={"body": "Un mot de plus"}).status_code == 303
    assert [message.body for message in only().messages][-1] == "Un mot de plus"
    staff = login(factories.user(Role.SUPPORT))
    assert "Un mot de plus" in staff.get(f"/gestion/assistance/{number}").text


def test_a_colleague_goes_on_under_his_name_and_another_supplier_finds_nothing(login, corridor):
    user = factories.supplier_user()
    login(user).post(CONTACT, data=ASKED)
    number = only().number
    colleague = login(factories.supplier_user(user.supplier, full_name="Paul Durand"))
    assert number in colleague.get("/segurnums/messages/").text
    colleague.post(f"/segurnums/messages/{number}", data={"body": "Un mot de plus"})
    assert "Paul Durand</strong>, le" in colleague.get(f"/segurnums/messages/{number}").text
    other = login(factories.supplier_user())
    assert number not in other.get("/segurnums/messages/").text
    assert other.get(f"/segurnums/messages/{number}").status_code == 404


@pytest.fixture
def rejected(session):
    """A simulation with errors, and who made it."""
    of = json_files.supplier_a()
    return json_files.simulate(json_files.changed(json_files.put("commande.montantSegurHT", "abc")), of), of[1]


def test_a_rejection_is_reported_with_its_evidence(login, rejected):
    simulation, user = rejected
    client = login(user)
    report = client.get(f"/segurnums/imports/simulations/{simulation.id}").text
    address = f"{CONTACT}?simulation={simulation.id}"
    assert f'href="{address}">Signaler ce rejet' in report
    page = client.get(address).text
    code = next(one["code"] for one in simulation.report["findings"] if one["level"] == "error")
    assert all(text in page for text in (f"rejet-simulation-{simulation.id}.zip", code, simulation.file_name))
    sent = client.post(address, data=pages.forms(page)[CONTACT_FORM].sent | {"phone": "0326212121"})
    assert "TIC-2026-0001" in sent.text
    attached = only().messages[0].attachment
    assert (only().kind, attached.file_name) == (TicketKind.REJECTION, f"rejet-simulation-{simulation.id}.zip")
    with attachments.open_content(attached) as stored, zipfile.ZipFile(stored) as archive:
        assert set(archive.namelist()) == {"rapport.csv", "fichier.json"}
        assert archive.read("fichier.json") == simulations.content_of(simulation)
        assert code in archive.read("rapport.csv").decode()


def test_only_one_s_own_rejection_is_reported(app, client, login, rejected):
    simulation, user = rejected
    address = f"{CONTACT}?simulation={simulation.id}"
    assert client.get(address).location.startswith("/segurnums/connexion?next=")
    other = login(factories.supplier_user())
    assert other.get(address).status_code == 404
    assert [other.get(f"{CONTACT}?simulation={bad}").status_code for bad in ("x", "9" * 30, "-1", "")] == [404] * 4
