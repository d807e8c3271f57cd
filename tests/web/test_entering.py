"""From a right password to an open session: second factor, secret question (guide « Opérateur MSS »)."""

import datetime as dt

import pyotp
import pytest

from app.domain.enums import Role
from app.extensions import db
from app.services import accounts, clock, second_factor
from tests import factories
from tests.conftest import TODAY

LOGIN, CODE = "/segurnums/connexion", "/segurnums/connexion/code"
FACTOR, QUESTION = "/segurnums/connexion/second-facteur", "/segurnums/connexion/question-secrete"
SECRET = pyotp.random_base32()


def account(role=Role.OFFICER, **over):
    supplier = factories.supplier() if role is Role.SUPPLIER else None
    made = accounts.create("alice", "alice@exemple.fr", factories.PASSWORD, [role], supplier=supplier)
    for name, value in over.items():
        setattr(made, name, value)
    db.session.commit()
    return made


def log_in(client, password=factories.PASSWORD, next_=""):
    return client.post(LOGIN + next_, data={"username": "alice", "password": password})


def code(at=None):
    return pyotp.TOTP(SECRET).at(int((at or clock.now()).timestamp()))


@pytest.fixture
def officer(session):
    made = account()
    second_factor.adopt(made, SECRET)
    db.session.commit()
    return made


def test_staff_with_a_second_factor_give_its_code(client, officer):
    assert log_in(client).location == CODE
    assert client.get("/gestion/").location.startswith(LOGIN)  # not in yet
    assert client.post(CODE, data={"code": code()}).location == "/segurnums/espace"
    assert client.get("/gestion/").status_code == 200


def test_where_one_was_going_survives_the_code(client, officer):
    log_in(client, next_="?next=/gestion/demandes/")
    assert client.post(CODE, data={"code": code()}).location.endswith("/gestion/demandes/")


def test_a_code_serves_once(app, client, officer):
    log_in(client)
    client.post(CODE, data={"code": code()})
    thief = app.test_client()
    log_in(thief)
    answer = thief.post(CODE, data={"code": code()})
    assert answer.status_code == 422
    assert "déjà servi" in answer.text


@pytest.mark.parametrize(("late", "status"), [(-60, 422), (-30, 303), (30, 303), (60, 422)])
def test_a_clock_may_be_half_a_minute_wrong(client, officer, late, status):
    log_in(client)
    at = clock.now() + dt.timedelta(seconds=late)
    assert client.post(CODE, data={"code": code(at)}).status_code == status


def test_six_wrong_codes_lock_the_account(client, officer):
    for _ in range(6):
        log_in(client)
        answer = client.post(CODE, data={"code": "000000"})
    assert answer.location == LOGIN
    assert "verrouillé" in log_in(client).text


def test_a_right_password_does_not_make_up_for_wrong_codes(client, officer):
    for _ in range(5):
        log_in(client)
        client.post(CODE, data={"code": "000000"})
    assert officer.failed_logins == 5


def test_without_password_there_is_no_code_to_give(client, officer):
    assert client.get(CODE).location == LOGIN
    assert client.post(CODE, data={"code": code()}).location == LOGIN


def test_entering_does_not_last(client, officer, frozen):
    log_in(client)
    frozen.move_to(TODAY, dt.time(10, 10, 1))
    assert client.post(CODE, data={"code": code()}).location == LOGIN


def test_staff_without_second_factor_choose_one_first(client, session):
    officer = account()
    assert log_in(client).location == FACTOR
    page = client.get(FACTOR).text
    assert "<svg" in page
    secret = page.split("<code>")[1].split("</code>")[0].replace(" ", "")
    assert secret == client.get(FACTOR).text.split("<code>")[1].split("</code>")[0].replace(" ", "")
    assert client.post(FACTOR, data={"code": "000000"}).status_code == 422
    shown = client.post(FACTOR, data={"code": pyotp.TOTP(secret).at(int(clock.now().timestamp()))})
    codes = [part.split("</code>")[0] for part in shown.text.split("<li><code>")[1:]]
    assert len(set(codes)) == 10
    assert client.post("/segurnums/connexion/suite").location == "/segurnums/espace"
    assert client.get("/gestion/").status_code == 200
    assert officer.has_second_factor
    assert secret not in officer.totp_secret
    assert codes[0] not in str(second_factor.digest(codes[0]))


def test_a_recovery_code_replaces_the_application_once(app, client, session):
    officer = account()
    second_factor.adopt(officer, SECRET)
    first, *_ = second_factor.renew_recovery(officer)
    db.session.commit()
    log_in(client)
    assert client.post(CODE, data={"code": f" {first.upper()} "}).location == "/segurnums/espace"
    assert second_factor.recovery_left(officer) == 9
    other = app.test_client()
    log_in(other)
    assert other.post(CODE, data={"code": first}).status_code == 422


def test_a_supplier_without_second_factor_goes_straight_in(client, session):
    account(Role.SUPPLIER)
    assert log_in(client).location == "/segurnums/espace"
    assert client.get("/segurnums/").status_code == 200


def test_a_first_login_ends_with_the_secret_question(client, session):
    user = account(Role.SUPPLIER, settled=False)
    assert log_in(client).location == QUESTION
    assert client.get("/segurnums/").location.startswith(LOGIN)
    assert "Positionnement de la question secrète pour alice" in client.get(QUESTION).text
    refused = client.post(QUESTION, data={"question": "Ville ?", "answer": "ville"})
    assert refused.status_code == 422
    assert "ne doit pas figurer dans la question" in refused.text
    answer = client.post(QUESTION, data={"question": "Nom de mon premier chat ?", "answer": "Félix"})
    assert answer.location == "/segurnums/espace"
    assert client.get("/segurnums/").status_code == 200
    assert user.secret_answer != "Félix"
    assert "flix" not in user.secret_answer


def test_the_question_does_not_replace_the_second_factor(client, session):
    user = account(settled=False)
    second_factor.adopt(user, SECRET)
    db.session.commit()
    log_in(client)
    assert client.get(QUESTION).location == LOGIN


def test_who_was_closed_meanwhile_does_not_enter(client, officer):
    log_in(client)
    officer.active = False
    db.session.commit()
    assert client.post(CODE, data={"code": code()}).location == LOGIN
