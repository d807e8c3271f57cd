"""Logging in and out (guide « Les écrans du portail », § 1)."""

import pyotp
import pytest
from flask import g

from app.domain.enums import Role
from app.services import accounts, second_factor, web_sessions
from tests import factories

LOGIN, CODE = "/segurnums/connexion", "/segurnums/connexion/code"
SECRET = pyotp.random_base32()


@pytest.fixture
def officer(session):
    made = accounts.create("gestion1", "gestion1@exemple.fr", factories.PASSWORD, [Role.OFFICER])
    second_factor.adopt(made, SECRET)
    made.codes = iter(second_factor.renew_recovery(made))
    return made


def log_in(client, password=factories.PASSWORD):
    return client.post(LOGIN, data={"username": "GESTION1", "password": password})


def enter(client, officer):
    """The password, then a code."""
    log_in(client)
    return client.post(CODE, data={"code": next(officer.codes)})


def test_the_right_password_opens_the_space_of_the_role(client, officer):
    assert enter(client, officer).location == "/segurnums/espace"
    assert client.get("/segurnums/espace").location == "/gestion/"
    assert "gestion1" in client.get("/gestion/").text


def test_who_lost_his_credentials_finds_the_guides_two_links(client):
    page = client.get(LOGIN).text
    assert "J'ai oublié mon identifiant" in page
    assert "J'ai oublié mon mot de passe" in page


def test_a_wrong_password_says_nothing_more(client, officer):
    answer = log_in(client, "faux")
    assert "Identifiant ou mot de passe incorrect" in answer.text
    assert client.post(LOGIN, data={"username": "personne", "password": "x"}).text.count("incorrect") == 1


def test_what_is_not_filled_is_told_first_with_links(client, session):
    answer = client.post(LOGIN, data={"username": "", "password": ""}).text
    assert all(f'href="#{name}"' in answer for name in ("username", "password"))


def test_a_name_no_database_can_hold_is_no_bug(client, officer):
    """PostgreSQL holds no NUL character; SQLite finds nobody of that name."""
    answer = client.post(LOGIN, data={"username": "a\0b", "password": "x"})
    assert answer.status_code in (422, 400)


def test_six_wrong_passwords_lock_even_the_right_one(client, officer, frozen):
    for _ in range(6):
        log_in(client, "faux")
    assert "verrouillé" in log_in(client).text
    frozen.move_to(factories.clock.today(), factories.dt.time(11, 1))
    assert enter(client, officer).location == "/segurnums/espace"


def test_a_cookie_copied_before_logout_is_dead(app, client, officer):
    enter(client, officer)
    stolen = client.get_cookie("session").value
    client.post("/segurnums/deconnexion")
    thief = app.test_client()
    thief.set_cookie("session", stolen)
    assert thief.get("/gestion/").status_code == 302


def test_strangers_are_sent_to_the_login(client):
    assert client.get("/gestion/").location.startswith(LOGIN)
    assert client.get("/segurnums/").location.startswith(LOGIN)
    assert client.get(LOGIN).status_code == 200


def test_revoking_a_persons_sessions_closes_every_device(app, client, officer, session):
    enter(client, officer)
    other = app.test_client()
    enter(other, officer)
    web_sessions.end_all(officer)
    session.commit()
    g.pop("_login_user", None)
    assert client.get("/gestion/").status_code == other.get("/gestion/").status_code == 302


def test_too_many_tries_from_one_address_wait(client, session):
    answers = [client.post(LOGIN, data={"username": "", "password": ""}) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [422] * 30 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 10
    assert "Trop de tentatives" in answers[-1].text
