"""The main pages cost a known number of queries, the same whatever they show."""

import pytest

from app.domain.enums import Role
from app.extensions import db
from tests import bulk, factories
from tests.admin_views.supplier.deposits import INCOMPLETE
from tests.queries import counted
from tests.services import pieces

MANY = 30


def cost(client, address):
    """The SELECTs of a page, what was read before set aside."""
    db.session.expire_all()
    with counted() as sent:
        assert client.get(address).status_code == 200
    return len(sent)


@pytest.fixture
def mine(session):
    return factories.enrolment()


@pytest.fixture
def browsers(login, mine):
    """`browsers(role)`: the supplier of `mine`, or one of the staff."""
    return lambda role: login(factories.supplier_user(mine.supplier) if role is Role.SUPPLIER else factories.user(role))


@pytest.mark.parametrize("many", [1, MANY])
@pytest.mark.parametrize(
    ("role", "address", "queries"),
    [
        (Role.SUPPLIER, "/segurnums/", 6),
        (Role.SUPPLIER, "/segurnums/demandes/", 6),
        (Role.OFFICER, "/gestion/", 2),
        (Role.OFFICER, "/gestion/demandes/", 7),
    ],
)
def test_homes_and_grids(browsers, mine, role, address, queries, many):
    bulk.copies(factories.avenant(mine), many)
    assert cost(browsers(role), address) == queries


@pytest.mark.parametrize("many", [1, MANY])
@pytest.mark.parametrize(("role", "site", "queries"), [(Role.SUPPLIER, "segurnums", 20), (Role.OFFICER, "gestion", 25)])
def test_the_page_of_a_request_whatever_its_beneficiaries(browsers, mine, role, site, queries, many):
    avenant = factories.avenant(mine, doctors=many)
    assert cost(browsers(role), f"/{site}/demandes/{avenant.number}") == queries


@pytest.mark.parametrize("many", [1, MANY])
def test_the_pages_of_pieces_whatever_the_size_of_the_import(login, mine, many):
    user = factories.supplier_user(mine.supplier)
    batch = pieces.json_import(user, mine, many)
    waiting = [pieces.waiting(batch, number=f"{rank:05d}") for rank in range(1, many + 1)]
    client = login(user)
    assert cost(client, f"/segurnums/imports/{batch.id}/pieces") == 9
    assert cost(client, f"{INCOMPLETE}{waiting[0].number}/pieces") == 13
