"""Lost identifiers and passwords: the same answer for all, a link of single use, the secret question."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.enums import LinkPurpose, Role
from app.extensions import db, limiter
from app.models.mails import Mail
from app.services import access_links, accounts, credentials, lost_credentials, outbox, ports
from app.services.messages import SECRET, Event
from tests import factories
from tests.conftest import TODAY

IDENTIFIER, PASSWORD = "/segurnums/identifiant-oublie", "/segurnums/mot-de-passe-oublie"
NEW = "Tulipes-en-hiver-7"


@pytest.fixture
def alice(session):
    made = accounts.create(
        "alice", "alice@exemple.fr", factories.PASSWORD, [Role.SUPPLIER], supplier=factories.supplier()
    )
    db.session.commit()
    return made


def mails():
    return list(db.session.scalars(sa.select(Mail).order_by(Mail.id)))


def link_of(mail: Mail) -> str:
    return ports.get().sealer.open(mail.secret).removeprefix(ports.get().public_base_url)


def choose(client, link, password=NEW):
    client.get(link)
    return client.post("/segurnums/acces", data={"new": password, "again": password})


def asked(client):
    client.post(PASSWORD, data={"email": "Alice@exemple.fr"})
    return link_of(mails()[-1])


@pytest.mark.parametrize("where", [IDENTIFIER, PASSWORD])
def test_known_or_not_the_answer_is_the_same_and_one_mail_leaves(client, alice, where):
    known = client.post(where, data={"email": "alice@exemple.fr"})
    unknown = client.post(where, data={"email": "personne@exemple.fr"})
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert [mail.recipient for mail in mails()] == ["alice@exemple.fr", "personne@exemple.fr"]
    assert "Aucun compte pour cette adresse" in mails()[1].subject


@pytest.mark.parametrize("where", [IDENTIFIER, PASSWORD])
def test_an_address_is_written_to_five_times_an_hour_known_or_not(client, alice, where):
    for email in ("alice@exemple.fr", "personne@exemple.fr"):
        limiter.reset()
        answers = [client.post(where, data={"email": email}).status_code for _ in range(5)]
        answers.append(client.post(where, data={"email": f" {email.upper()}"}).status_code)
        assert answers == [200] * 5 + [429]
    assert client.post(where, data={"email": "autre@exemple.fr"}).status_code == 200
    assert len(mails()) == 11


def test_the_identifier_comes_by_mail(client, alice):
    client.post(IDENTIFIER, data={"email": "alice@exemple.fr"})
    assert "alice\n" in mails()[0].body


def test_the_mail_kept_shows_no_link_and_the_one_sent_does(client, alice, monkeypatch):
    link = asked(client)
    kept = mails()[0]
    assert SECRET in kept.body
    assert "/acces/" not in kept.body
    sent = []
    monkeypatch.setattr(ports.get().mailer, "send", lambda *mail: sent.append(mail))
    assert outbox.send_due() == 1
    assert link in sent[0][3]
    db.session.expire_all()
    assert mails()[0].secret is None


def test_a_link_opens_a_new_password_and_a_session(client, alice):
    answer = choose(client, asked(client))
    assert answer.location == "/segurnums/espace"
    assert accounts.authenticate("alice", NEW) is alice
    assert accounts.authenticate("alice", factories.PASSWORD) is None
    told = mails()[-1]
    assert (told.event, told.recipient) == (Event.PASSWORD_CHANGED.label, "alice@exemple.fr")
    assert NEW not in told.body


def test_the_token_leaves_the_address_bar(client, alice):
    assert client.get(asked(client)).location == "/segurnums/acces"


def test_a_link_serves_once(app, client, alice):
    link = asked(client)
    choose(client, link)
    other = app.test_client()
    assert other.get(link).status_code == 404
    assert "ne sert plus" in other.get(link).text


def test_two_windows_of_one_link_choose_once(app, client, alice):
    link = asked(client)
    other = app.test_client()
    other.get(link)
    choose(client, link)
    late = other.post("/segurnums/acces", data={"new": "Autre-chose-9-ici", "again": "Autre-chose-9-ici"})
    assert late.status_code == 404
    assert accounts.authenticate("alice", NEW) is alice


def test_looking_at_a_link_spends_nothing(client, alice):
    link = asked(client)
    for _ in range(3):
        assert client.get(link).status_code == 303


def test_another_link_ends_the_former(client, alice):
    first = asked(client)
    asked(client)
    assert client.get(first).status_code == 404


@pytest.mark.parametrize(
    ("purpose", "lives"), [(LinkPurpose.RESET, dt.timedelta(hours=1)), (LinkPurpose.OPENING, dt.timedelta(hours=72))]
)
def test_links_expire(client, alice, frozen, purpose, lives):
    link = access_links.make(alice, purpose).removeprefix(ports.get().public_base_url)
    db.session.commit()
    start = dt.datetime.combine(TODAY, dt.time(10))
    last = start + lives - dt.timedelta(seconds=1)
    frozen.move_to(last.date(), last.time())
    assert client.get(link).status_code == 303
    over = start + lives
    frozen.move_to(over.date(), over.time())
    assert client.get(link).status_code == 404
    assert client.post("/segurnums/acces", data={"new": NEW, "again": NEW}).status_code == 404


@pytest.mark.parametrize("token", ["x", "a" * 500, "%00", "..", "é"])
def test_what_is_no_link_is_dead(client, session, token):
    assert client.get(f"/segurnums/acces/{token}").status_code in (400, 404)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("Court-1", "8 caractères au minimum"),
        ("sanschiffre!", "au moins un chiffre"),
        ("sansspecial1", "caractère spécial"),
        ("Accentué-12", "accentués"),
        ("password1!", "premiers"),
        ("Segur2026!", "premiers"),
        ("P@ssw0rd!", "premiers"),
        ("x1!" * 50, "128 caractères"),
    ],
)
def test_a_weak_password_is_refused_at_its_field(client, alice, password, said):
    answer = choose(client, asked(client), password)
    assert answer.status_code == 422
    assert said in answer.text
    assert accounts.authenticate("alice", factories.PASSWORD) is alice


def test_the_two_entries_must_be_alike(client, alice):
    client.get(asked(client))
    answer = client.post("/segurnums/acces", data={"new": NEW, "again": NEW + "!"})
    assert "Les deux saisies diffèrent" in answer.text


def test_the_secret_question_is_asked_after_the_link_only(client, alice):
    credentials.set_question(alice, "Nom de mon premier chat ?", "Félix le Chat")
    db.session.commit()
    assert "premier chat" not in client.get(PASSWORD).text
    client.get(asked(client))
    assert "premier chat" in client.get("/segurnums/acces").text
    refused = client.post("/segurnums/acces", data={"answer": "Médor"})
    assert (refused.status_code, "pas la réponse" in refused.text) == (422, True)
    client.post("/segurnums/acces", data={"answer": "felix LE  chat"})
    assert "Changement du mot de passe pour alice" in client.get("/segurnums/acces").text


def test_a_password_cannot_be_posted_before_the_answer(client, alice):
    credentials.set_question(alice, "Nom de mon premier chat ?", "Félix")
    db.session.commit()
    assert choose(client, asked(client)).status_code == 422
    assert accounts.authenticate("alice", NEW) is None


def test_five_wrong_answers_end_the_link_and_the_next_ones(client, alice):
    credentials.set_question(alice, "Nom de mon premier chat ?", "Félix")
    db.session.commit()
    client.get(asked(client))
    answers = [client.post("/segurnums/acces", data={"answer": "Médor"}).status_code for _ in range(5)]
    assert answers == [422, 422, 422, 422, 404]
    client.get(asked(client))
    assert client.post("/segurnums/acces", data={"answer": "Félix"}).status_code == 404


def test_a_new_password_ends_every_session(app, client, alice, login):
    login(alice)
    assert client.get("/segurnums/").status_code == 200
    choose(app.test_client(), asked(app.test_client()))
    from flask import g

    g.pop("_login_user", None)
    assert client.get("/segurnums/").status_code == 302


def test_links_come_from_the_portals_address_whatever_the_host(client, alice):
    client.post(PASSWORD, data={"email": "alice@exemple.fr"})
    assert ports.get().sealer.open(mails()[0].secret).startswith("http://localhost/segurnums/acces/")


def test_an_opening_by_link_leads_to_the_question(client, alice):
    alice.settled, alice.password = False, None
    lost_credentials.send_link(alice, LinkPurpose.OPENING, Event.OPENING_LINK)
    db.session.commit()
    assert choose(client, link_of(mails()[-1])).location.endswith("/question-secrete")


@pytest.mark.parametrize(
    "email", ["", "x", "a@b", "a b@exemple.fr", "x" * 300 + "@exemple.fr", "a\r\nBcc: b@exemple.fr"]
)
def test_what_is_no_address_is_refused(client, session, email):
    assert client.post(PASSWORD, data={"email": email}).status_code == 422
    assert mails() == []
