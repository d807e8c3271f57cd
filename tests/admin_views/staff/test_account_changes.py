"""The queues of changes of bank accounts and of people, and what staff see of a supplier."""

import pytest

from app.domain.enums import Role
from app.extensions import db
from app.services import person_changes, suppliers, worklists
from tests import factories, own_account
from tests.own_account import NEW, OLD

BANK, PEOPLE = "/gestion/coordonnees-bancaires", "/gestion/changements-de-personnes"


@pytest.fixture
def alice(session):
    return factories.supplier_user()


@pytest.fixture
def change(alice):
    made = own_account.ask(alice)
    db.session.commit()
    return made


@pytest.fixture
def people_change(alice):
    speakers = own_account.renamed(person_changes.held(alice.supplier), email="nouvelle@exemple.fr")
    made = own_account.sent(alice, speakers, "identity")
    db.session.commit()
    return made


@pytest.fixture
def officer(login):
    return login(factories.user(Role.OFFICER))


def download(browser, path) -> str:
    """How a sound PDF is given."""
    answer = browser.get(path)
    assert answer.data.startswith(b"%PDF-")
    answer.close()
    return answer.headers["Content-Disposition"]


def test_two_officers_change_an_account_from_the_queue(login, change, alice):
    path = f"{BANK}/{change.id}"
    officer = login(factories.user(Role.OFFICER))
    assert path in officer.get(f"{BANK}/?statut=pending").text
    assert officer.post(f"{path}/accepter", data={"seen": change.version}).status_code == 303
    assert officer.post(f"{path}/accepter", data={"seen": change.version}).status_code == 403
    assert suppliers.active_account(alice.supplier_id).iban == OLD
    second = login(factories.user(Role.OFFICER))
    assert second.post(f"{path}/accepter", data={"seen": change.version}).status_code == 303
    assert suppliers.active_account(alice.supplier_id).iban == NEW
    assert path not in second.get(f"{BANK}/?statut=pending").text


def test_the_same_acceptance_ten_times_counts_once(officer, change, alice):
    seen = change.version
    codes = [officer.post(f"{BANK}/{change.id}/accepter", data={"seen": seen}).status_code for _ in range(10)]
    assert codes == [303] + [409] * 9
    assert suppliers.active_account(alice.supplier_id).iban == OLD


def test_a_refusal_needs_a_reason_that_the_supplier_reads(login, officer, change, alice):
    path = f"{BANK}/{change.id}/refuser"
    assert officer.post(path, data={"seen": change.version, "comment": " "}).status_code == 422
    assert officer.post(path, data={"seen": change.version, "comment": "RIB illisible <b>"}).status_code == 303
    text = login(alice).get(f"/segurnums/compte/coordonnees-bancaires/{change.account_id}").text
    assert "RIB illisible &lt;b&gt;" in text


def test_the_page_shows_what_changes_beside_the_rib_and_the_checks(officer, change):
    text = officer.get(f"{BANK}/{change.id}").text
    for shown in (OLD, NEW, "Clé de l&#39;IBAN", "Pays du BIC", "Titulaire et dénomination", "rib/apercu"):
        assert shown in text
    assert download(officer, f"{BANK}/{change.id}/rib").startswith("attachment")
    assert download(officer, f"{BANK}/{change.id}/rib/apercu").startswith("inline")


def test_an_officer_judges_a_change_of_people(officer, people_change, alice):
    path = f"{PEOPLE}/{people_change.id}"
    text = officer.get(path).text
    assert "nouvelle@exemple.fr" in text
    piece = f"{path}/pieces/{people_change.pieces[0].id}"
    assert download(officer, piece).startswith("attachment")
    assert download(officer, f"{piece}/apercu").startswith("inline")
    seen = {"seen": people_change.version}
    assert officer.post(f"{path}/rejeter", data=seen).status_code == 422
    assert officer.post(f"{path}/accepter", data=seen).status_code == 303
    assert officer.post(f"{path}/accepter", data=seen).status_code == 409
    assert officer.post(f"{path}/rejeter", data=seen | {"comment": "non"}).status_code == 409
    assert person_changes.held(alice.supplier).representative.email == "nouvelle@exemple.fr"


def test_a_draft_is_its_suppliers_own(officer, alice):
    draft = person_changes.save(alice.supplier, person_changes.held(alice.supplier), alice)
    db.session.commit()
    assert officer.get(f"{PEOPLE}/{draft.id}").status_code == 404
    assert f"{PEOPLE}/{draft.id}" not in officer.get(f"{PEOPLE}/").text


@pytest.mark.parametrize(
    "path", [f"{BANK}/999", f"{PEOPLE}/999", f"{BANK}/zz", f"{BANK}/999/rib", f"{PEOPLE}/9/pieces/9"]
)
def test_what_does_not_exist_is_not_found(officer, path):
    assert officer.get(path).status_code == 404


@pytest.mark.parametrize("seen", ["", "abc", "99999999999999999999", "-1"])
def test_a_page_without_its_version_changes_nothing(officer, change, alice, seen):
    assert officer.post(f"{BANK}/{change.id}/accepter", data={"seen": seen}).status_code in (409, 422)
    assert change.accepted_by_id is None


def test_the_home_counts_what_waits_for_this_officer(login, change, people_change):
    first = factories.user(Role.OFFICER)
    browser = login(first)
    assert "Changements de personnes" in browser.get("/gestion/").text
    browser.post(f"{BANK}/{change.id}/accepter", data={"seen": change.version})
    assert worklists.counters(first)[worklists.BANK_CHANGES] == 0
    assert worklists.counters(factories.user(Role.OFFICER))[worklists.BANK_CHANGES] == 1
    assert worklists.counters(first)[worklists.PERSON_CHANGES] == 1


def test_the_page_of_a_supplier_shows_people_accounts_and_changes(login, change, people_change, alice):
    path = f"/gestion/fournisseurs/{alice.supplier.siret}"
    text = login(factories.user(Role.OFFICER)).get(path).text
    for shown in ("Changements demandés", "Changements de personnes", alice.username, f"{BANK}/{change.id}", NEW):
        assert shown in text
    assert "/gestion/compte/" not in text, "an officer does not read accounts"
    text = login(factories.user(Role.SUPPORT)).get(path).text
    assert f"/gestion/compte/{alice.username}" in text
    assert NEW not in text, "the support sees masked IBANs"
