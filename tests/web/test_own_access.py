"""What one does about one's own access: password, question, second factor, sessions."""

import pyotp
import pytest
from flask import g

from app.domain.enums import LinkPurpose, Role
from app.extensions import db
from app.services import access_links, accounts, clock, ports, second_factor, web_sessions
from tests import factories

SUPPLIER, STAFF = "/segurnums/compte/securite", "/gestion/mon-compte"
NEW = "Tulipes-en-hiver-7"


@pytest.fixture
def alice(session):
    made = accounts.create(
        "alice", "alice@exemple.fr", factories.PASSWORD, [Role.SUPPLIER], supplier=factories.supplier()
    )
    db.session.commit()
    return made


def forget_who():
    g.pop("_login_user", None)


def change(client, old=factories.PASSWORD, new=NEW, again=NEW):
    return client.post(f"{SUPPLIER}/mot-de-passe", data={"old": old, "new": new, "again": again})


def test_each_site_has_its_pages_and_not_the_others(login, alice):
    client = login(alice)
    assert client.get(f"{SUPPLIER}/").status_code == 200
    assert client.get(f"{STAFF}/").status_code == 403
    client = login(factories.user(Role.OFFICER))
    assert client.get(f"{STAFF}/").status_code == 200
    assert client.get(f"{SUPPLIER}/").status_code == 403


def test_a_changed_password_keeps_this_session_and_ends_the_others(app, login, alice):
    client = login(alice)
    other = app.test_client()
    other.post("/segurnums/connexion", data={"username": "alice", "password": factories.PASSWORD})
    forget_who()
    assert change(client).status_code == 303
    forget_who()
    assert client.get(f"{SUPPLIER}/").status_code == 200
    forget_who()
    assert other.get(f"{SUPPLIER}/").status_code == 302
    assert accounts.authenticate("alice", NEW) is alice


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"old": "faux"}, "n&#39;est pas celui-là"),
        ({"again": "autre"}, "diffèrent"),
        ({"new": factories.PASSWORD, "again": factories.PASSWORD}, "est l&#39;ancien"),
        ({"new": "court1!", "again": "court1!"}, "8 caractères au minimum"),
    ],
)
def test_a_wrong_entry_changes_nothing(login, alice, typed, said):
    answer = change(login(alice), **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert accounts.authenticate("alice", factories.PASSWORD) is alice


def test_staff_choose_longer_passwords(login, session):
    user = factories.user(Role.OFFICER)
    page = login(user).get(f"{STAFF}/mot-de-passe").text
    assert "12 caractères minimum" in page


def test_sessions_are_listed_and_ended_one_by_one(app, login, alice):
    client = login(alice)
    other = app.test_client()
    other.post("/segurnums/connexion", data={"username": "alice", "password": factories.PASSWORD})
    forget_who()
    here, there = sorted(one.id for one in web_sessions.open_ones(alice))
    page = client.get(f"{SUPPLIER}/").text
    assert f"/sessions/{there}/fermer" in page
    assert f"/sessions/{here}/fermer" not in page
    assert client.post(f"{SUPPLIER}/sessions/{there}/fermer").status_code == 303
    forget_who()
    assert other.get("/segurnums/").status_code == 302
    forget_who()
    assert client.post(f"{SUPPLIER}/sessions/{there}/fermer").status_code == 404


def test_the_session_of_somebody_else_is_not_found(login, alice, session):
    other = factories.supplier_user()
    login(other)
    theirs = web_sessions.open_ones(other)[0].id
    client = login(alice)
    assert client.post(f"{SUPPLIER}/sessions/{theirs}/fermer").status_code == 404
    assert len(web_sessions.open_ones(other)) == 1


def test_all_the_others_are_ended_at_once(app, login, alice):
    client = login(alice)
    for _ in range(3):
        app.test_client().post("/segurnums/connexion", data={"username": "alice", "password": factories.PASSWORD})
    forget_who()
    client.post(f"{SUPPLIER}/sessions/fermer-les-autres")
    assert len(web_sessions.open_ones(alice)) == 1
    forget_who()
    assert client.get("/segurnums/").status_code == 200


def test_a_supplier_adds_then_removes_a_second_factor(login, alice):
    client = login(alice)
    page = client.get(f"{SUPPLIER}/second-facteur").text
    secret = page.split("<code>")[1].split("</code>")[0].replace(" ", "")
    code = pyotp.TOTP(secret).at(int(clock.now().timestamp()))
    shown = client.post(f"{SUPPLIER}/second-facteur", data={"code": code}).text
    recovery = shown.split("<li><code>")[1].split("</code>")[0]
    assert alice.has_second_factor
    assert client.post(f"{SUPPLIER}/second-facteur/retirer", data={"code": code}).status_code == 422  # it has served
    assert alice.has_second_factor
    client.post(f"{SUPPLIER}/second-facteur/retirer", data={"code": recovery})
    assert not alice.has_second_factor
    assert second_factor.recovery_left(alice) == 0


def test_wrong_codes_lock_even_who_is_in(login, alice):
    second_factor.adopt(alice, pyotp.random_base32())
    recovery, *_ = second_factor.renew_recovery(alice)
    db.session.commit()
    client = login(alice)
    for _ in range(6):
        client.post(f"{SUPPLIER}/second-facteur/retirer", data={"code": "000000"})
    assert client.post(f"{SUPPLIER}/second-facteur/retirer", data={"code": recovery}).status_code == 422
    assert alice.has_second_factor


def test_a_changed_password_ends_the_links_mailed_before(app, login, alice):
    link = access_links.make(alice, LinkPurpose.OPENING).removeprefix(ports.get().public_base_url)
    db.session.commit()
    assert app.test_client().get(link).status_code == 303
    assert change(login(alice)).status_code == 303
    assert app.test_client().get(link).status_code == 404


def test_staff_keep_their_second_factor(login, session):
    user = factories.user(Role.OFFICER)
    second_factor.adopt(user, pyotp.random_base32())
    db.session.commit()
    assert login(user).post(f"{STAFF}/second-facteur/retirer", data={"code": "1"}).status_code == 403


def test_new_recovery_codes_void_the_former(login, alice):
    second_factor.adopt(alice, pyotp.random_base32())
    first, second, *_ = second_factor.renew_recovery(alice)
    db.session.commit()
    client = login(alice)
    assert "Nouveaux codes" in client.get(f"{SUPPLIER}/codes-de-recuperation").text
    client.post(f"{SUPPLIER}/codes-de-recuperation", data={"code": first})
    assert second_factor.recovery_left(alice) == 10
    assert not second_factor.accept(alice, second)


def test_the_question_is_changed_without_showing_the_answer(login, alice):
    client = login(alice)
    client.post(f"{SUPPLIER}/question-secrete", data={"question": "Nom du premier chat ?", "answer": "Félix"})
    page = client.get(f"{SUPPLIER}/").text
    assert "Nom du premier chat ?" in page
    assert "Félix" not in page
