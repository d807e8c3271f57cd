"""A form sent after the session had expired is kept for its person, and for nobody else."""

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import g

from app.domain.enums import Role
from app.extensions import db
from app.models.credentials import UnfinishedForm
from app.services import accounts, unfinished_forms
from tests import factories
from tests.conftest import TODAY

PAGE, LOGIN = "/segurnums/reprise", "/segurnums/connexion"
FORM = "/segurnums/compte/securite/question-secrete"
TYPED = {"question": "Nom de mon premier chat ?", "answer": "Félix"}


@pytest.fixture
def alice(session):
    made = accounts.create(
        "alice", "alice@exemple.fr", factories.PASSWORD, [Role.SUPPLIER], supplier=factories.supplier()
    )
    db.session.commit()
    return made


def log_in(client, to=""):
    g.pop("_login_user", None)
    return client.post(LOGIN + to, data={"username": "alice", "password": factories.PASSWORD})


def expire(frozen):
    g.pop("_login_user", None)
    frozen.move_to(TODAY, dt.time(11, 30))


def kept():
    return db.session.scalar(sa.select(sa.func.count()).select_from(UnfinishedForm))


def test_what_was_typed_comes_back_after_the_login(client, alice, frozen):
    log_in(client)
    expire(frozen)
    answer = client.post(FORM, data=TYPED)
    assert answer.status_code == 302
    assert answer.location == f"{LOGIN}?next={PAGE}"
    assert log_in(client, f"?next={PAGE}").location == PAGE
    page = client.get(PAGE).text
    assert f'action="{FORM}"' in page
    assert 'value="Nom de mon premier chat ?"' in page


def test_secrets_are_not_kept(client, alice, frozen):
    log_in(client)
    expire(frozen)
    client.post(FORM, data=TYPED)
    row = db.session.scalars(sa.select(UnfinishedForm)).one()
    assert "chat" not in row.fields  # sealed
    assert dict(unfinished_forms.of(alice)[1]) == {"question": TYPED["question"]}


def test_what_bears_the_name_of_a_secret_elsewhere_is_kept(client, alice, frozen):
    log_in(client)
    expire(frozen)
    typed = {"answer": "Le mandat suit par la poste.", "code": "RAD"}
    client.post("/segurnums/enrolements/1/reponse/envoyer", data=typed | {"password": "x"})
    assert dict(unfinished_forms.of(alice)[1]) == typed


def test_after_a_logout_nothing_is_kept(client, alice):
    log_in(client)
    client.post("/segurnums/deconnexion")
    g.pop("_login_user", None)
    client.post(FORM, data=TYPED)
    assert kept() == 0


def test_a_strangers_form_is_not_kept(client, session):
    client.post(FORM, data=TYPED)
    assert kept() == 0


def test_it_is_offered_to_its_person_only_and_for_an_hour(client, alice, login, frozen):
    log_in(client)
    expire(frozen)
    client.post(FORM, data=TYPED)
    assert login(factories.supplier_user()).get(PAGE).status_code == 404
    frozen.move_to(TODAY, dt.time(12, 30))
    assert unfinished_forms.of(alice) is None
    assert unfinished_forms.sweep() == 1


def test_too_long_a_form_is_not_kept(client, alice, frozen):
    log_in(client)
    expire(frozen)
    assert client.post(FORM, data=TYPED | {"question": "x" * 200_001}).status_code == 302
    assert kept() == 0


def test_the_last_form_replaces_the_former(client, alice, frozen):
    log_in(client)
    expire(frozen)
    for words in ("Première ?", "Seconde ?"):
        g.pop("_login_user", None)
        client.post(FORM, data=TYPED | {"question": words})
    assert dict(unfinished_forms.of(alice)[1])["question"] == "Seconde ?"
