"""« Rechercher une demande d'avance ou de solde »."""

import datetime as dt
from decimal import Decimal

import pytest

from admin_views.supplier.requests import RequestGrid
from app.domain.enums import PaymentState, Phase, RequestStatus, Role
from app.domain.request_workflow import Action
from app.services import actors
from app.services import requests as request_service
from tests import factories

URL = "/segurnums/demandes/"
COLUMNS = (
    "Numéro de dossier",
    "Type",
    "Numéro Editeur",
    "Logiciel",
    "Date dépôt",
    "Statut",
    "Etat de paiement",
    "Dénomination sociale",
    "Montant Ségur Déclaré (HT)",
    "Action",
)


def page(me, query="", code=200):
    answer = me.get(URL + query)
    assert answer.status_code == code
    return answer.text


def test_the_ten_columns_stand_in_the_guides_order(me, mine):
    factories.avenant(mine, declared_ht=Decimal("4444.44"))
    text = page(me)
    head = text[text.index("<thead>") :]
    places = [head.index(f">{column}<") for column in COLUMNS]
    assert places == sorted(places)
    assert "4444.44" in text
    assert "AVANCE" in text
    assert "23/11/2026" in text


def test_the_criteria_are_the_guides(me):
    text = page(me)
    for label in (
        "Numéro de demande",
        "Type",
        "Statut de la demande",
        "Statut du dernier paiement",
        "Logiciel",
        "Déposée entre le",
        "Et le",
        "Rechercher",
        "Vider les critères",
    ):
        assert f">{label}<" in text


def test_another_suppliers_requests_are_nowhere(me, mine):
    other = factories.avenant()
    assert other.number not in page(me)
    assert me.get(f"{URL}propositions?champ=numero&q={other.number[:9]}").json == []


def test_a_non_completed_request_is_never_listed(me, mine):
    hidden = factories.avenant(mine, status=RequestStatus.INCOMPLETE, completed_at=None)
    assert hidden.number not in page(me)
    assert "Non complétée" not in page(me)
    page(me, "?statut=incomplete", 400)


def test_the_number_is_proposed_from_three_characters(me, mine):
    number = factories.avenant(mine).number
    assert me.get(f"{URL}propositions?champ=numero&q={number[-4:]}").json == [number]
    assert me.get(f"{URL}propositions?champ=numero&q={number[:2]}").json == []
    assert "au moins 3 caractères" in page(me, "?numero=ab", 400)


def test_every_criterion_narrows(me, mine):
    first = factories.avenant(mine)
    decided = factories.avenant(mine, status=RequestStatus.TO_AMEND, payment_state=PaymentState.NONE)
    for query in ("?statut=to_amend", "?statut=to_amend&type=avance&paiement=none&logiciel=LGC"):
        text = page(me, query)
        assert decided.number in text
        assert first.number not in text
    assert first.number not in page(me, "?type=solde")
    page(me, "?logiciel=XXX", 400)


def test_both_dates_or_none(me, mine, frozen):
    number = factories.avenant(mine).number
    assert "les deux dates" in page(me, "?depot_du=2026-11-01", 400)
    assert number in page(me, "?depot_du=2026-11-23&depot_au=2026-11-23")
    assert number not in page(me, "?depot_du=2026-11-22&depot_au=2026-11-22")
    page(me, "?depot_du=0001-01-01&depot_au=9999-12-31", 400)


def test_a_cancelled_request_leaves_its_first_avenant_under_historisee(me, mine):
    avenant = factories.avenant(mine)
    officer = actors.of(factories.user(Role.OFFICER))
    request_service.act(avenant, Action.CANCEL, officer, comment="à la demande du fournisseur")
    text = page(me)
    assert "Annulée</span>" in text
    assert "Historisée</span>" not in text
    text = page(me, "?statut=superseded")
    assert "Historisée</span>" in text
    assert f"/segurnums/demandes/{avenant.number}/versions/0" in text


def test_pieces_are_added_only_where_they_are_asked(me, mine):
    quiet = factories.avenant(mine)
    asked = [
        factories.avenant(mine, status=status) for status in (RequestStatus.TO_AMEND, RequestStatus.AWAITING_DOCUMENT)
    ]
    text = page(me)
    assert text.count("Ajouter des pièces complémentaires") == 2
    pages = ("modification", "complement")
    assert all(f"{one.number}/{answer}" in text for one, answer in zip(asked, pages, strict=True))
    assert f"{quiet.number}/complement" not in text


def test_beyond_500_requests_a_criterion_is_required(me, mine, monkeypatch):
    monkeypatch.setattr(RequestGrid, "filter_required_above", 2)
    numbers = [factories.avenant(mine).number for _ in range(3)]
    text = page(me)
    assert "renseignez au moins un critère" in text
    assert not any(f">{number}<" in text for number in numbers)
    assert numbers[0] in page(me, f"?numero={numbers[0]}")
    assert all(number in page(me, "?type=avance") for number in numbers)


def test_the_limit_is_500():
    assert RequestGrid.filter_required_above == 500


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("f_number=fin", True),
        ("f_number=zzz", False),
        ("f_status=cours", True),
        ("f_status=rejet", False),
        ("f_status=ÉN%20COURS", True),
        ("f_deposited_at=23/11/2026", True),
        ("f_deposited_at=11/2026", True),
        ("f_deposited_at=2025", False),
        ("f_declared_ht=1074.99", True),
        ("f_declared_ht=1074,98", False),
        ("f_declared_ht=1%C2%A0074,99", True),
        ("f_software=lgc", True),
    ],
)
def test_each_column_filters(me, mine, query, found):
    number = factories.avenant(mine).number
    assert (f"<td>{number}</td>" in page(me, f"?{query}")) is found


@pytest.mark.parametrize("descending", [False, True])
def test_statuses_are_sorted_as_they_read(me, mine, descending):
    in_order = [RequestStatus.TO_AMEND, RequestStatus.AWAITING_DOCUMENT, RequestStatus.IN_PROGRESS]
    for status in (in_order[2], in_order[0], in_order[1]):
        factories.avenant(mine, status=status)
    text = page(me, f"?tri={'-' if descending else ''}status").split("<tbody>")[1]
    shown = sorted(in_order, key=lambda status: text.index(f">{status.label}<"))
    assert shown == (in_order[::-1] if descending else in_order)


@pytest.mark.parametrize("query", ["f_deposited_at=31/02/2026", "f_deposited_at=hier", "f_declared_ht=beaucoup"])
def test_an_unreadable_box_says_so(me, mine, query):
    text = page(me, f"?{query}", 400)
    assert 'role="alert"' in text


def test_a_solde_stands_beside_its_avance(me, mine, frozen):
    avance = factories.avenant(mine)
    frozen.move_to(dt.date(2026, 11, 23), dt.time(10, 2))
    solde = factories.avenant(mine, dossier=avance.dossier, phase=Phase.SOLDE)
    text = page(me)
    assert text.index(solde.number) < text.index(avance.number)
    assert "SOLDE" in text


@pytest.mark.parametrize(
    "path", ["?f_number=%00", "?numero=FIN%00", "?page=0", "?tri=zz", "propositions?champ=numero&q=a%00bc"]
)
def test_a_malformed_address_is_a_bad_request(me, path):
    assert me.get(URL + path).status_code == 400
