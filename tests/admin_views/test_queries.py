"""The main pages cost a known number of queries, the same whatever they show."""

import pytest
import sqlalchemy as sa

from admin_views.grid import Grid
from app.domain.enums import Role
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.budget import Decision
from app.services import actors, corridor_versions
from app.services import requests as request_service
from tests import bulk, factories, lives
from tests.admin_views import grid_rows
from tests.admin_views.staff.test_grids import GRIDS, READER
from tests.admin_views.supplier.deposits import INCOMPLETE
from tests.queries import counted
from tests.services import pieces

MANY = 30
WHO = READER | {"demandes": "officer"}  # an accountant sees the requests put in payment only
# The SELECTs of each grid: the session with its account and roles, the rows, their count, and what the page adds.
OF_STAFF = {
    "demandes": 5,
    "decisions": 3,
    "enveloppes": 4,
    "paiements": 3,
    "recouvrements": 3,
    "motifs-de-rejet": 3,
    "fournisseurs": 3,
    "personnes": 3,
    "referencements": 4,
    "couloirs": 3,
    "comptes": 3,
    "courriels": 3,
    "audit": 3,
    "taches": 6,
    "simulations": 3,
    "assistance": 4,
    "enrolements": 5,
    "coordonnees-bancaires": 3,
    "changements-de-personnes": 3,
    "modeles-de-documents": 4,
    "questions": 3,
    "rubriques": 3,
    "actualites": 4,
}
OF_SUPPLIER = {
    "demandes": 4,
    "demandes-incompletes": 6,
    "imports": 4,
    "enrolements": 4,
    "messages": 4,
    "compte/coordonnees-bancaires": 6,
}


def cost(client, address):
    """The SELECTs of a page, what was read before set aside."""
    db.session.expire_all()
    with counted() as sent:
        assert client.get(address).status_code == 200
    return len(sent)


def lines(client, address):
    """The rows that a grid shows."""
    return client.get(address).text.split("sg-dense")[-1].split("<tbody")[1].split("</tbody>")[0].count("<tr")


@pytest.fixture
def mine(session):
    return factories.enrolment()


@pytest.fixture
def browsers(login, mine):
    """`browsers(role)`: the supplier of `mine`, or one of the staff."""
    return lambda role: login(factories.supplier_user(mine.supplier) if role is Role.SUPPLIER else factories.user(role))


@pytest.mark.parametrize("many", [1, MANY])
@pytest.mark.parametrize(
    ("role", "address", "queries"), [(Role.SUPPLIER, "/segurnums/", 5), (Role.OFFICER, "/gestion/", 2)]
)
def test_homes(browsers, mine, role, address, queries, many):
    bulk.copies(factories.avenant(mine), many)
    assert cost(browsers(role), address) == queries


@pytest.mark.parametrize("many", [1, MANY])
@pytest.mark.parametrize("name", sorted(GRIDS))
def test_the_grids_of_the_staff(browsers, mine, name, many):
    grid_rows.STAFF[name](mine, many)
    browser, address = browsers(Role(WHO[name])), f"/gestion/{name}/"
    assert cost(browser, address) == OF_STAFF[name]
    assert lines(browser, address) >= many


@pytest.mark.parametrize("many", [1, MANY])
@pytest.mark.parametrize("path", sorted(grid_rows.SUPPLIER))
def test_the_grids_of_a_supplier(browsers, mine, path, many):
    grid_rows.SUPPLIER[path](mine, many)
    browser, address = browsers(Role.SUPPLIER), f"/segurnums/{path}/"
    assert cost(browser, address) == OF_SUPPLIER[path]
    assert lines(browser, address) >= many


def test_no_grid_is_left_out(app):
    asked = {f"/gestion/{name}" for name in OF_STAFF} | {f"/segurnums/{path}" for path in OF_SUPPLIER}
    views = [view for site in app.extensions["admin"] for view in site._views]
    assert {view.url for view in views if isinstance(view, Grid)} == asked


def decided(mine, many):
    """Requests of one decision, put in payment, and the address of that decision."""
    first = factories.avenant(mine)
    lives.ordered(first)
    bulk.copies(first, many)
    return f"/gestion/decisions/{db.session.scalars(sa.select(Decision.number)).one()}"


def validated(mine, many):
    """Requests that wait for their decision, and where one chooses them."""
    first = factories.avenant(mine)
    request_service.act(first, Action.VALIDATE, actors.of(factories.user(Role.OFFICER)))
    bulk.copies(first, many)
    return "/gestion/decisions/nouvelle"


def awaiting_payment(mine, many):
    """Decided requests that wait for their order, and where one chooses them."""
    first = factories.avenant(mine)
    lives.decided(first)
    bulk.copies(first, many)
    return "/gestion/paiements/nouveau"


def of_one_envelope(mine, many):
    """An envelope and its decisions."""
    envelope = grid_rows.envelope(1)
    for rank in range(many):
        grid_rows.decision(rank, envelope)
    return f"/gestion/enveloppes/{envelope.code}"


@pytest.mark.parametrize("many", [1, MANY])
@pytest.mark.parametrize(
    ("role", "made", "queries"),
    [
        (Role.DECIDER, decided, 6),
        (Role.DECIDER, validated, 5),
        (Role.AUTHORISER, awaiting_payment, 4),
        (Role.DECIDER, of_one_envelope, 5),
    ],
)
def test_the_pages_that_list_besides_the_grids(browsers, mine, role, made, queries, many):
    address = made(mine, many)
    assert cost(browsers(role), address) == queries
    assert browsers(role).get(address).text.count("<tr") > many


@pytest.mark.parametrize("codes", [["MDV"], ["MDV", "HOP", "BIO", "RAD", "MS1"]])
@pytest.mark.parametrize(
    ("role", "address", "queries"),
    [
        (Role.SUPPLIER, "/segurnums/exports/beneficiaires", 3),
        (Role.ANALYST, "/gestion/exports/beneficiaires", 2),
        (Role.OFFICER, "/segurnum/simulateur-json", 2),
        (Role.OFFICER, "/segurnum/documentation-json", 3),
    ],
)
def test_the_pages_that_name_every_corridor(browsers, mine, role, address, queries, codes):
    for code in codes:
        corridor_versions.spec_of(factories.corridor(code))  # a process reads each version once
    assert cost(browsers(role), address) == queries


@pytest.mark.parametrize("many", [1, MANY])
@pytest.mark.parametrize(("role", "site", "queries"), [(Role.SUPPLIER, "segurnums", 21), (Role.OFFICER, "gestion", 27)])
def test_the_page_of_a_request_whatever_its_beneficiaries(browsers, mine, role, site, queries, many):
    avenant = factories.avenant(mine, doctors=many)
    assert cost(browsers(role), f"/{site}/demandes/{avenant.number}") == queries


@pytest.mark.parametrize("many", [1, MANY])
def test_the_pages_of_pieces_whatever_the_size_of_the_import(login, mine, many):
    user = factories.supplier_user(mine.supplier)
    batch = pieces.json_import(user, mine, many)
    waiting = [pieces.waiting(batch, number=f"{rank:05d}") for rank in range(1, many + 1)]
    client = login(user)
    assert cost(client, f"/segurnums/imports/{batch.id}/pieces") == 11
    assert cost(client, f"{INCOMPLETE}{waiting[0].number}/pieces") == 14
