"""« Demandes importées non complétées » (guide « Les écrans du portail », § 9)."""

import datetime as dt
import json

import pytest
import sqlalchemy as sa

from app.domain.enums import Phase, RequestStatus
from app.extensions import db
from app.models.audit import AuditEntry
from app.models.documents import ExpectedDocument
from app.models.imports import JsonSimulation
from app.models.requests import Avenant
from tests import factories, files
from tests.admin_views.supplier.deposits import INCOMPLETE, bundle, deposited, piece, simulate
from tests.conftest import TODAY

DELETION = f"{INCOMPLETE}suppression"


@pytest.fixture
def waiting(client, enrolment):
    """Two non-completed requests of one import."""
    deposited(client, enrolment)
    return list(db.session.scalars(sa.select(Avenant).order_by(Avenant.editor_number)))


def numbers():
    return set(db.session.scalars(sa.select(Avenant.number)))


def an_incomplete(enrolment, **over):
    over = {"expires_on": TODAY + dt.timedelta(7), **over}
    made = factories.avenant(enrolment, status=RequestStatus.INCOMPLETE, completed_at=None, **over)
    db.session.commit()
    return made


def test_the_list_is_the_guides(client, waiting):
    page = client.get(INCOMPLETE).text
    for text in (
        "Demandes importées non complétées", "Numéro demande", "Type", "N° Editeur", "MontantSegurHT", "Date de dépôt",
        "Date d&#39;expiration", "Pièce(s) jointe(s)", "358.33", "30/11/2026", "+ Ajouter", "Supprimer",
        "Vous trouverez ci-dessus les modèles de fichiers JSON valides pour les demandes d&#39;avance et de solde.",
    ):  # fmt: skip
        assert text in page, text
    assert "2 lignes" in page


def test_it_holds_only_ones_own_and_only_the_non_completed(client, login, waiting):
    login(factories.supplier_user())
    assert "0 ligne<" in client.get(INCOMPLETE).text


def test_filters(client, waiting, enrolment):
    number = waiting[0].number
    assert "1 ligne<" in client.get(f"{INCOMPLETE}?numero={number}").text
    assert "0 ligne<" in client.get(f"{INCOMPLETE}?type=solde").text
    assert client.get(f"{INCOMPLETE}?numero=FI").status_code == 400
    assert client.get(f"{INCOMPLETE}?depot_au=2026-11-23").status_code == 400
    assert client.get(f"{INCOMPLETE}propositions?champ=numero&q={number[:8]}").json == sorted(numbers())


def test_an_expired_request_is_locked(client, enrolment):
    locked = an_incomplete(enrolment, expires_on=TODAY)
    page = client.get(INCOMPLETE).text
    assert "Expirée, verrouillée" in page
    assert f'value="{locked.number}"' not in page
    assert "a expiré le 23/11/2026" in client.get(f"{INCOMPLETE}{locked.number}/pieces").text
    assert client.get(DELETION, query_string={"numero": locked.number}).status_code == 422


def test_deleting_asks_first_then_deletes_and_is_audited(client, waiting):
    gone, kept = (avenant.number for avenant in waiting)
    page = client.get(DELETION, query_string={"numero": gone})
    assert page.status_code == 200
    assert gone in page.text
    assert "Supprimer définitivement" in page.text
    assert numbers() == {gone, kept}
    assert client.post(DELETION, data={"numero": gone}).status_code == 303
    assert numbers() == {kept}
    assert gone in set(db.session.scalars(sa.select(AuditEntry.subject)))


def test_nothing_ticked_is_said(client, waiting):
    answer = client.get(DELETION)
    assert answer.status_code == 422
    assert "Cochez au moins une demande" in answer.text
    assert client.post(DELETION).status_code == 422


def test_a_solde_is_never_deleted(client, enrolment):
    avance = factories.avenant(enrolment)
    solde = an_incomplete(enrolment, phase=Phase.SOLDE, dossier=avance.dossier)
    assert client.get(DELETION, query_string={"numero": solde.number}).status_code == 422
    answer = client.post(DELETION, data={"numero": solde.number})
    assert answer.status_code == 422
    assert "seule une avance peut être supprimée" in answer.text
    assert solde.number in numbers()


def test_what_is_anothers_or_malformed_is_not_found(client, login, waiting):
    number = waiting[0].number
    login(factories.supplier_user())
    assert client.get(DELETION, query_string={"numero": number}).status_code == 404
    assert client.post(DELETION, data={"numero": number}).status_code == 404
    assert client.get(f"{INCOMPLETE}{number}/pieces").status_code == 404
    assert client.post(f"{INCOMPLETE}{number}/zip", data=bundle(bdc_00001=files.pdf())).status_code == 404
    for malformed in ("x", "%00", "FINMDV%00", "FINMDV999999M0", "%F0%9F%92%A3"):
        assert client.get(f"{INCOMPLETE}{malformed}/pieces").status_code == 404, malformed
    assert len(numbers()) == 2


def test_a_piece_added_here_completes_the_request(client, waiting):
    number = waiting[0].number
    expected = db.session.scalar(sa.select(ExpectedDocument.id).where(ExpectedDocument.avenant_id == waiting[0].id))
    address = f"{INCOMPLETE}{number}/pieces"
    assert "bdc-00001.pdf" in client.get(address).text
    bad = client.post(f"{address}/{expected}", data=piece("bdc.txt", b"x"))
    assert bad.status_code == 422
    assert f'id="piece-{expected}-error"' in bad.text
    answer = client.post(f"{address}/{expected}", data=piece())
    assert answer.location == INCOMPLETE
    assert "est complète : elle est « En cours »" in client.get(INCOMPLETE).text
    assert client.get(address).location == INCOMPLETE


def test_one_zip_dropped_on_any_request_serves_its_whole_import(client, waiting):
    address = f"{INCOMPLETE}{waiting[1].number}/zip"
    answer = client.post(address, data=bundle(bdc_00001=files.pdf(), bdc_00002=files.pdf()))
    assert answer.status_code == 200
    assert "2 pièces jointes sur 2 fichiers" in answer.text
    assert {avenant.status for avenant in waiting} == {RequestStatus.IN_PROGRESS}


def test_the_piece_of_another_request_is_not_found_here(client, waiting):
    other = db.session.scalar(sa.select(ExpectedDocument.id).where(ExpectedDocument.avenant_id == waiting[1].id))
    assert client.post(f"{INCOMPLETE}{waiting[0].number}/pieces/{other}", data=piece()).status_code == 404


@pytest.mark.parametrize("code", ["MDV", "HOP"])
def test_the_models_offered_pass_the_simulation(client, login, session, code):
    enrolled = factories.enrolment(code=code)
    login(factories.supplier_user(enrolled.supplier))
    model = f"{INCOMPLETE}modeles/{enrolled.referencing.ans_number}"
    avance = client.get(f"{model}/avance.json")
    assert f'href="{model}/avance.json"' in client.get(INCOMPLETE).text
    simulate(client, enrolled, avance.data)
    report = db.session.scalars(sa.select(JsonSimulation)).one().report
    assert (report["file_faults"], report["findings"]) == ([], [])
    assert report["retained"] == 1
    solde = json.loads(client.get(f"{model}/solde.json").data)
    assert "montantSegurHTFacture" in solde["lignesImport"][0]["commande"]


def test_a_model_of_somebody_else_is_not_found(client, enrolment):
    foreign = factories.enrolment()
    assert client.get(f"{INCOMPLETE}modeles/{foreign.referencing.ans_number}/avance.json").status_code == 404
    mine = enrolment.referencing.ans_number
    assert client.get(f"{INCOMPLETE}modeles/{mine}/autre.json").status_code == 404
