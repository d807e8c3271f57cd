"""« Décider » and « Mettre en paiement » a batch: the total first, all or nothing, never twice."""

import pytest
import sqlalchemy as sa

from admin_views.staff import batches
from app.domain.enums import BankAccountStatus, PaymentState, RequestStatus, Role
from app.models.bank_accounts import BankAccount
from app.models.budget import Decision
from app.models.payments import Payment, PaymentOrder
from tests import factories
from tests.admin_views.staff.conftest import act

DECIDE = "/gestion/decisions/nouvelle"
PAY = "/gestion/paiements/nouveau"


def ticks(*avenants):
    return [f"{one.id}-{one.version}" for one in avenants]


def test_the_total_is_seen_before_deciding(world, envelope, people, login):
    first, second = world.validated(), world.validated()
    client = login(people.decider)
    assert client.get(DECIDE).text.count('name="demande"') == 2
    seen = client.post(f"{DECIDE}/verifier", data={"demande": ticks(first, second), "envelope": envelope.id})
    assert seen.status_code == 200
    assert "645,00\u00a0€" in seen.text
    assert "355,00\u00a0€" in seen.text
    assert (first.status, str(envelope.used)) == (RequestStatus.VALIDATED, "0.00")


def test_a_batch_is_decided_once(world, envelope, people, login, session):
    chosen = [world.validated(), world.validated()]
    client, data = login(people.decider), {"demande": ticks(*chosen), "envelope": envelope.id}
    done = client.post(DECIDE, data=data)
    assert done.location == "/gestion/decisions/DEC-2026-0001"
    assert client.post(DECIDE, data=data).status_code == 409
    page = client.get(done.location).text
    assert all(one.number in page for one in chosen)
    assert "645,00\u00a0€" in page
    assert session.scalar(sa.select(sa.func.count()).select_from(Decision)) == 1
    assert str(envelope.used) == "645.00"


def test_an_envelope_too_small_decides_nothing(world, envelope, people, login, session):
    chosen = [world.validated() for _ in range(4)]
    client, data = login(people.decider), {"demande": ticks(*chosen), "envelope": envelope.id}
    assert "ne suffit pas" in client.post(f"{DECIDE}/verifier", data=data).text
    refused = client.post(DECIDE, data=data)
    assert refused.status_code == 422
    assert "ne suffit pas" in refused.text
    session.expire_all()
    assert {one.status for one in chosen} == {RequestStatus.VALIDATED}
    assert str(envelope.used) == "0.00"


def test_one_stale_request_stops_the_whole_batch(world, envelope, people, login, session):
    chosen = [world.validated(), world.validated()]
    data = {"demande": ticks(*chosen), "envelope": envelope.id}
    act(login(people.officer), chosen[1], "cancel", comment="à sa demande")
    client = login(people.decider)
    assert client.post(f"{DECIDE}/verifier", data=data).status_code == 409
    assert client.post(DECIDE, data=data).status_code == 409
    session.expire_all()
    assert chosen[0].status is RequestStatus.VALIDATED
    assert str(envelope.used) == "0.00"


def test_nothing_chosen_and_no_envelope_are_said(world, envelope, people, login):
    avenant = world.validated()
    client = login(people.decider)
    none = client.post(f"{DECIDE}/verifier", data={"envelope": envelope.id})
    assert (none.status_code, "Choisissez au moins une demande" in none.text) == (422, True)
    without = client.post(f"{DECIDE}/verifier", data={"demande": ticks(avenant)})
    assert (without.status_code, "Choisissez une enveloppe" in without.text) == (422, True)
    assert "checked" in without.text
    for odd in ("abc", "1", "-1-1", "1-1; drop", "9999999999-1"):
        assert client.post(DECIDE, data={"demande": odd, "envelope": envelope.id}).status_code == 400
    assert client.post(DECIDE, data={"demande": ticks(avenant), "envelope": "abc"}).status_code == 422


@pytest.mark.parametrize(("role", "page"), [("decider", DECIDE), ("authoriser", PAY)])
def test_more_than_the_page_offers_is_a_bad_request(envelope, people, login, role, page):
    client = login(getattr(people, role))
    for address in (page, f"{page}/verifier"):
        offered, more = ([f"{rank}-1" for rank in range(1, most + 1)] for most in (batches.SHOWN, batches.SHOWN + 1))
        assert client.post(address, data={"demande": offered, "envelope": envelope.id}).status_code == 409
        assert client.post(address, data={"demande": more, "envelope": envelope.id}).status_code == 400


def test_what_one_validated_himself_is_not_proposed_to_him(world, envelope, login):
    both = factories.user(Role.OFFICER, Role.DECIDER)
    mine, other = world.validated(by=both), world.validated()
    client = login(both)
    page = client.get(DECIDE).text
    assert other.number in page
    assert mine.number not in page
    assert client.post(DECIDE, data={"demande": ticks(mine, other), "envelope": envelope.id}).status_code == 403


def test_criteria_narrow_the_choice(world, envelope, people, login):
    avenant = world.validated()
    client = login(people.decider)
    assert avenant.number in client.get(f"{DECIDE}?couloir=MDV&fournisseur={avenant.supplier.siret}").text
    assert avenant.number not in client.get(f"{DECIDE}?type=solde").text
    assert client.get(f"{DECIDE}?couloir=ZZZ").status_code == 422


@pytest.mark.parametrize(("role", "page"), [("decider", DECIDE), ("authoriser", PAY)])
def test_an_unknown_argument_is_a_bad_request(world, people, login, role, page):
    client = login(getattr(people, role))
    assert client.get(f"{page}?couloir=MDV").status_code in (200, 422)
    assert client.get(f"{page}?corridor=MDV").status_code == 400


def test_a_batch_is_put_in_payment_once_under_its_control_total(world, people, login, session):
    chosen = [world.decided(), world.decided()]
    client, data = login(people.authoriser), {"demande": ticks(*chosen)}
    assert client.get(PAY).text.count('name="demande"') == 2
    assert "645,00\u00a0€" in client.post(f"{PAY}/verifier", data=data).text
    done = client.post(PAY, data=data)
    assert done.location == "/gestion/paiements/OP-2026-0001"
    assert client.post(PAY, data=data).status_code == 409
    assert "égale au total de contrôle" in client.get(done.location).text
    assert session.scalar(sa.select(sa.func.count()).select_from(PaymentOrder)) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(Payment)) == 2


def test_a_supplier_without_account_stops_the_order(world, people, login, session):
    avenant = world.decided()
    session.execute(sa.update(BankAccount).values(status=BankAccountStatus.INACTIVE))
    session.commit()
    refused = login(people.authoriser).post(PAY, data={"demande": ticks(avenant)})
    assert (refused.status_code, "coordonnées bancaires actives" in refused.text) == (422, True)


def test_each_payment_of_an_order_is_confirmed(world, people, login, session):
    avenant = world.ordered()
    payment = session.scalar(sa.select(Payment))
    order = f"/gestion/paiements/{payment.order.number}"
    confirm, data = f"{order}/{payment.id}/enregistrer", {"seen": avenant.version, "reference": "VIR-1"}
    client = login(people.accountant)
    assert "FR7613135000800800267924623" in client.get(order).text
    missing = client.post(confirm, data=data)
    assert (missing.status_code, f'id="paid_on-{payment.id}-error"' in missing.text) == (422, True)
    future = client.post(confirm, data=data | {"paid_on": "2027-01-01"})
    assert (future.status_code, "dans le futur" in future.text) == (422, True)
    assert client.post(confirm, data=data | {"paid_on": "2026-11-23", "seen": "x"}).status_code == 400
    assert client.post(confirm, data=data | {"paid_on": "2026-11-23"}).location == order
    assert client.post(confirm, data=data | {"paid_on": "2026-11-23"}).status_code == 409
    session.expire_all()
    assert avenant.payment_state is PaymentState.PAID
    assert client.post(f"{order}/99999/enregistrer", data=data).status_code == 404
    assert "Enregistré par" in client.get(order).text


def test_only_their_roles_enter(world, people, login):
    avenant = world.ordered()
    order = f"/gestion/paiements/OP-2026-0001/{avenant.id}/enregistrer"
    closed = {
        "officer": (DECIDE, PAY, order),
        "decider": (PAY, order),
        "authoriser": (DECIDE, order),
        "accountant": (DECIDE, PAY),
        "administrator": (DECIDE, PAY, order),
    }
    for role, addresses in closed.items():
        client = login(getattr(people, role))
        for address in addresses:
            assert (role, address, client.post(address).status_code) == (role, address, 403)
            if address != order:
                assert client.get(address).status_code == 403


@pytest.mark.parametrize(
    "address", ["decisions/DEC-2026-9999", "paiements/OP-2026-9999", "decisions/%00", "paiements/é"]
)
def test_an_odd_number_is_404(people, login, address):
    assert login(people.decider).get(f"/gestion/{address}").status_code == 404


def test_an_order_shows_the_account_masked_to_the_decider_and_not_at_all_to_the_analyst(world, people, login):
    world.ordered()
    order = "/gestion/paiements/OP-2026-0001"
    page = login(people.decider).get(order).text
    assert "FR76 •••• 4623" in page
    assert "FR7613135000800800267924623" not in page
    page = login(people.analyst).get(order).text
    assert "4623" not in page
    assert "CEPAFRPP313" not in page


@pytest.mark.parametrize("address", [f"{DECIDE}?fournisseur=%00", f"{PAY}?fournisseur=a%00", "/gestion/?x=%00"])
def test_no_argument_carries_a_null(people, login, address):
    assert login(people.decider if DECIDE in address else people.authoriser).get(address).status_code == 400
