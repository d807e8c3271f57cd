"""Companies are looked up in the register, or in our own table without one."""

from collections.abc import Iterator

import pytest

from app.adapters import sirene
from app.adapters.sirene import OfflineTable, SearchApi
from app.domain.companies import Address, Company
from app.domain.errors import Unavailable
from tests.adapters import sirene_peer
from tests.adapters.sirene_peer import place, unit

HEAD, BRANCH = "81120705900015", "81120705900023"


@pytest.fixture
def peer() -> Iterator[sirene_peer.Peer]:
    with sirene_peer.running() as one:
        yield one


def test_a_head_office_is_told_with_its_address_in_parts(peer):
    peer.units = [unit(place(HEAD))]
    assert SearchApi(peer.url).company(HEAD) == Company(
        HEAD,
        "KALINKA",
        "",
        Address(
            number="23", extension="BIS", street_type="PLACE", street="THIARS", postcode="13001", city="MARSEILLE 01"
        ),
        True,
    )
    assert peer.asked == [f"/search?q={HEAD}&page=1&per_page=1"]


def test_another_establishment_may_have_but_one_line(peer):
    branch = {
        "siret": BRANCH,
        "adresse": "4 RUE DU PORT 44000 NANTES",
        "code_postal": "44000",
        "libelle_commune": "NANTES",
    }
    peer.units = [unit(place(HEAD), branch | {"etat_administratif": "A", "nom_commercial": "KALI OUEST"})]
    found = SearchApi(peer.url).company(BRANCH)
    assert found == Company(
        BRANCH, "KALINKA", "KALI OUEST", Address(street="4 RUE DU PORT", postcode="44000", city="NANTES"), True
    )


def test_an_establishment_that_only_resembles_is_no_answer(peer):
    peer.units = [unit(place(HEAD))]
    assert SearchApi(peer.url).company(BRANCH) is None
    assert SearchApi(peer.url).company("35600000000048") is None


@pytest.mark.parametrize(
    ("of_place", "of_unit"), [({"etat_administratif": "F"}, {}), ({}, {"etat_administratif": "C"})]
)
def test_a_closed_company_is_told(peer, of_place, of_unit):
    peer.units = [unit(place(HEAD, **of_place), **of_unit)]
    found = SearchApi(peer.url).company(HEAD)
    assert found is not None
    assert not found.is_open


@pytest.mark.parametrize("status", [429, 500, 503, 404])
def test_a_register_that_refuses_is_unavailable(peer, status):
    peer.failures = [status]
    with pytest.raises(Unavailable, match="SIRENE"):
        SearchApi(peer.url).company(HEAD)


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b"{"])
def test_an_answer_that_is_no_json_is_unavailable(peer, body):
    peer.body = body
    with pytest.raises(Unavailable):
        SearchApi(peer.url).company(HEAD)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"results": null}', b'{"results": [{}]}', b'{"results": [null, 3]}'])
def test_an_answer_of_another_shape_knows_nobody(peer, body):
    peer.body = body
    assert SearchApi(peer.url).company(HEAD) is None


def test_a_register_that_is_gone_is_unavailable():
    with sirene_peer.running() as gone:
        url = gone.url
    with pytest.raises(Unavailable):
        SearchApi(url).company(HEAD)


def test_without_register_our_table_answers():
    table = sirene.open_register(None)
    assert isinstance(table, OfflineTable)
    found = table.company(HEAD)
    assert found is not None
    assert (found.name, found.address.city, found.is_open) == ("KALINKA", "MARSEILLE 01", True)
    closed = table.company("73282932000074")
    assert closed is not None
    assert not closed.is_open
    assert table.company("38042372300036") is None
