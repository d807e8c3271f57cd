"""The screens of a recovery: proposed on the request's page, issued and recorded on its own, by three people."""

import pytest

from app.domain.enums import RecoveryStatus, RequestStatus
from app.models.recoveries import RecoveryOrder
from app.services import clock
from tests import factories
from tests.admin_views.staff.conftest import DEMANDES, act

HERE = "/gestion/recouvrements/"


@pytest.fixture
def paid(world):
    return world.paid()


@pytest.fixture
def proposed(paid, people, login, session):
    """An order proposed from the page of the request, by its décideur."""
    answer = act(login(people.decider), paid, "recovery", amount="322,50", reason="Contrat <b>rompu</b>")
    assert answer.status_code == 302
    return session.query(RecoveryOrder).one()


def step(client, order, action, **data):
    return client.post(f"{HERE}{order.number}/{action}", data={"seen": order.version} | data)


def recorded(people, login, order):
    today = clock.today().isoformat()
    return step(login(people.accountant), order, "confirm", paid_on=today, reference="REC-1")


def test_the_whole_way_back(proposed, paid, people, login):
    supplier = factories.supplier_user(paid.supplier)
    own = f"/segurnums/demandes/{paid.number}"
    assert proposed.number not in login(supplier).get(own).text, "nobody is told before it is issued"
    assert step(login(people.authoriser), proposed, "issue").status_code == 303
    page = login(supplier).get(own).text
    assert "322,50\u00a0€ (ordre de recouvrement OR-2026-0001)" in page
    assert "Contrat &lt;b&gt;rompu&lt;/b&gt;" in page
    assert recorded(people, login, proposed).status_code == 303
    page = login(supplier).get(own).text
    assert "Statut : Annulée" in page
    assert "Recouvré" in page
    assert "REC-1" in page
    assert login(supplier).get(f"{own}/historique").text.count("Historisée") == 1
    found = login(people.decider).get(f"{DEMANDES}?statut=superseded").text
    assert f"{DEMANDES}{paid.number}?version=0" in found
    assert f"{DEMANDES}{paid.number}?version=0" not in login(people.decider).get(DEMANDES).text
    old = login(people.decider).get(f"{DEMANDES}{paid.number}?version=0").text
    assert "Historisée" in old
    for who in (people.authoriser, people.accountant):
        assert f'href="{DEMANDES}{paid.number}"' in login(who).get(f"{HERE}{proposed.number}").text
        assert "REC-1" in login(who).get(f"{DEMANDES}{paid.number}").text, "what their order leads to opens"


@pytest.mark.parametrize(
    ("amount", "reason", "field"), [("322,51", "x", "amount"), ("zéro", "x", "amount"), ("1", " ", "reason")]
)
def test_what_is_wrong_is_said_at_its_field(paid, people, login, amount, reason, field):
    answer = act(login(people.decider), paid, "recovery", amount=amount, reason=reason)
    assert answer.status_code == 422
    assert f'id="{field}-recovery-error"' in answer.text


def test_each_step_is_its_role_s(proposed, paid, people, login):
    for who in (people.officer, people.accountant, people.support):
        assert act(login(who), paid, "recovery", amount="1", reason="x").status_code == 403
    for who in (people.decider, people.accountant, people.analyst, people.officer):
        assert step(login(who), proposed, "issue").status_code == 403
        assert step(login(who), proposed, "refuse", comment="x").status_code == 403
    assert proposed.status is RecoveryStatus.PROPOSED
    assert act(login(people.decider), paid, "recover", comment="x").status_code == 404, "no person's act"


def test_a_refusal_says_why_and_the_offer_comes_back(proposed, paid, people, login):
    page = login(people.decider).get(DEMANDES + paid.number).text
    assert "L&#39;ordre de recouvrement OR-2026-0001 est en cours." in page
    client = login(people.authoriser)
    assert step(client, proposed, "refuse", comment=" ").status_code == 422
    assert step(client, proposed, "refuse", comment="Montant à revoir").status_code == 303
    assert "Montant à revoir" in client.get(HERE + proposed.number).text
    assert "actions/recovery" in login(people.decider).get(DEMANDES + paid.number).text


def test_twice_is_a_conflict_and_changes_nothing(proposed, paid, people, login):
    seen = proposed.version
    assert step(login(people.authoriser), proposed, "issue").status_code == 303
    assert step(login(people.authoriser), proposed, "issue", seen=seen).status_code == 409
    assert recorded(people, login, proposed).status_code == 303
    assert recorded(people, login, proposed).status_code == 409
    assert act(login(people.decider), paid, "cancel_decided", comment="encore").status_code in (409, 422)
    assert [one.status for one in paid.request.avenants] == [RequestStatus.SUPERSEDED, RequestStatus.CANCELLED]


@pytest.mark.parametrize("number", ["OR-2026-9999", "abc", "'", "%00"])
def test_no_such_order(people, login, session, number):
    assert login(people.decider).get(HERE + number).status_code == 404


def test_the_homes_count_what_waits(proposed, people, login):
    assert "/gestion/recouvrements/?statut=proposed" in login(people.authoriser).get("/gestion/").text
    step(login(people.authoriser), proposed, "issue")
    home = login(people.accountant).get("/gestion/").text
    assert '<span class="sg-count">1</span> <strong>Recouvrements à enregistrer</strong>' in home
