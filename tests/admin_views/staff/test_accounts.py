"""Accounts of the ASP: opened by administrators, never by oneself, roles that exclude each other kept apart."""

import pytest
import sqlalchemy as sa

from app.domain.enums import Role
from app.extensions import db
from app.models.mails import Mail
from app.models.users import User
from app.services import accounts, second_factor, web_sessions
from tests import factories

NEW = {"username": "ines.durand", "full_name": "Inès Durand", "email": "ines@exemple.fr", "roles": ["accountant"]}


@pytest.fixture
def administrator(login):
    return login(factories.user(Role.ADMINISTRATOR))


def found(username="ines.durand"):
    return db.session.scalar(sa.select(User).where(User.username == username))


def url(user, act=""):
    return f"/gestion/compte/{user.username}" + (f"/{act}" if act else "")


def test_an_account_is_opened_with_two_mails_and_no_password(administrator):
    answer = administrator.post("/gestion/compte/nouveau", data=NEW)
    assert answer.location == "/gestion/compte/ines.durand"
    assert found().role_set == {Role.ACCOUNTANT}
    identifier, link = db.session.scalars(sa.select(Mail).order_by(Mail.id))
    assert "ines.durand" in identifier.body
    assert "ines.durand" not in link.body
    assert (identifier.secret, link.secret is not None) == (None, True)


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"username": ""}, "Saisissez un identifiant"),
        ({"username": "a"}, "3 à 64"),
        ({"username": "inès"}, "3 à 64"),
        ({"username": "<script>"}, "3 à 64"),
        ({"email": "x"}, "nom@domaine.fr"),
        ({"roles": []}, "au moins un rôle"),
        ({"roles": ["supplier"]}, "au moins un rôle"),
        ({"roles": ["administrator", "officer"]}, "ne peuvent être réunis"),
        ({"roles": ["authoriser", "accountant"]}, "ne peuvent être réunis"),
    ],
)
def test_a_wrong_account_is_not_opened(administrator, over, said):
    answer = administrator.post("/gestion/compte/nouveau", data=NEW | over)
    assert answer.status_code == 422
    assert said in answer.text
    assert found(NEW["username"]) is None


def test_an_identifier_or_an_address_serves_once(administrator):
    administrator.post("/gestion/compte/nouveau", data=NEW)
    assert "déjà celui" in administrator.post("/gestion/compte/nouveau", data=NEW | {"email": "autre@exemple.fr"}).text
    assert "déjà celui" in administrator.post("/gestion/compte/nouveau", data=NEW | {"username": "autre.nom"}).text


def test_nobody_grants_himself_a_role(login):
    me = factories.user(Role.ADMINISTRATOR)
    answer = login(me).post(url(me, "roles"), data={"roles": ["administrator"]})
    assert answer.status_code == 403
    for act in ("fermer", "deverrouiller", "retirer-second-facteur"):
        assert login(me).post(url(me, act)).status_code == 403
    assert me.role_set == {Role.ADMINISTRATOR}


def test_roles_change_and_sessions_end(login, app):
    officer = factories.user(Role.OFFICER)
    login(officer)
    client = login(factories.user(Role.ADMINISTRATOR))
    assert client.post(url(officer, "roles"), data={"roles": ["decider", "analyst"]}).status_code == 303
    assert officer.role_set == {Role.DECIDER, Role.ANALYST}
    assert web_sessions.open_ones(officer) == []


def test_a_suppliers_roles_do_not_change(administrator):
    supplier = factories.supplier_user()
    assert administrator.post(url(supplier, "roles"), data={"roles": ["officer"]}).status_code == 403
    assert supplier.role_set == {Role.SUPPLIER}


def test_support_unlocks_and_sends_again_and_no_more(login):
    locked = accounts.create("alice", "a@exemple.fr", factories.PASSWORD, [Role.OFFICER])
    for _ in range(6):
        accounts.authenticate("alice", "faux")
    client = login(factories.user(Role.SUPPORT))
    assert accounts.is_locked(locked)
    client.post(url(locked, "deverrouiller"))
    assert not accounts.is_locked(locked)
    assert client.post(url(locked, "renvoyer")).status_code == 303
    for act in ("fermer", "rouvrir", "retirer-second-facteur"):
        assert client.post(url(locked, act)).status_code == 403
    assert client.post(url(locked, "roles"), data={"roles": ["analyst"]}).status_code == 403


def test_a_lost_second_factor_is_removed_by_another(administrator):
    officer = factories.user(Role.OFFICER)
    second_factor.adopt(officer, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    second_factor.renew_recovery(officer)
    administrator.post(url(officer, "retirer-second-facteur"))
    assert not officer.has_second_factor
    assert second_factor.recovery_left(officer) == 0


def test_a_closed_account_is_out_at_once_and_may_come_back(administrator, login):
    officer = factories.user(Role.OFFICER)
    administrator.post(url(officer, "fermer"))
    assert not officer.active
    assert administrator.post(url(officer, "renvoyer")).status_code == 422
    administrator.post(url(officer, "rouvrir"))
    assert officer.active


def test_every_act_is_in_the_journal(administrator):
    officer = factories.user(Role.OFFICER)
    for act in ("fermer", "rouvrir", "deverrouiller"):
        administrator.post(url(officer, act))
    from app.models.audit import AuditEntry

    actions = db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.subject == officer.username))
    assert {"close", "reopen", "unlock"} <= set(actions)


def test_an_unknown_account_or_act_is_not_found(administrator):
    assert administrator.get("/gestion/compte/personne").status_code == 404
    assert administrator.post(url(factories.user(Role.OFFICER), "promouvoir")).status_code == 404


def test_the_page_shows_the_acts_of_the_role(login):
    officer = factories.user(Role.OFFICER)
    assert "Changer les rôles" in login(factories.user(Role.ADMINISTRATOR)).get(url(officer)).text
    page = login(factories.user(Role.SUPPORT)).get(url(officer)).text
    assert "Déverrouiller" in page
    assert "Changer les rôles" not in page
