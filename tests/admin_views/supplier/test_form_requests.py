"""« Ma demande de financement » of those who deposit by form: two tabs, forms drawn from the document, four blocks."""

import datetime as dt
import io
import re

import pytest
import sqlalchemy as sa

from app.domain import limits
from app.domain.enums import DepositMode, Phase, RequestStatus, Role
from app.domain.request_workflow import Action
from app.domain.vat import VatRegime
from app.extensions import db
from app.models.requests import Avenant
from app.services import actors, corridor_versions, documents, form_pieces, request_view
from app.services import requests as request_service
from forms.form_requests import new_key
from tests import factories, files, lives, pages
from tests.admin_views.supplier.deposits import oversized
from tests.conftest import TODAY
from tests.form_deposits import SAS_AVANCE, counts, deposit, enrolled, envelope, pieces

AVANCE, SOLDE = "/segurnums/demande_avance_operateur", "/segurnums/demande_solde_operateur"
PDF = files.pdf()
BLOCKS = [
    "Informations de la demande",
    "Coordonnées bancaires",
    "Pièces justificatives",
    "Courriels automatiques envoyés",
]


@pytest.fixture
def sas(login):
    who = enrolled("SAS")
    return who, login(who[1])


@pytest.fixture
def mss(login):
    who = enrolled("MSS")
    return who, login(who[1])


def sent(*codes, key="", **typed):
    """What the form sends: its key, its fields, its files."""
    said = {f"champ_{path}": value for path, value in typed.items()}
    chosen = {f"piece_{code}": (io.BytesIO(PDF), f"{code.lower()}.pdf") for code in codes}
    return {"key": key or new_key()} | said | chosen


def avenants():
    return db.session.scalars(sa.select(Avenant).order_by(Avenant.id)).all()


def flat(text):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_the_sas_form_asks_three_pieces_and_shows_the_amount_without_letting_it_be_typed(sas):
    _, me = sas
    text = me.get(AVANCE).text
    for label in (
        "1 - Ma demande d&#39;avance",
        "2 - Ma demande de solde",
        "Procès-verbal de mise en service",
        "Attestation sur l&#39;honneur de procuration de documents à la destination des Régulateurs et des Effecteurs",
        "Justificatif de transmission des données à la plateforme numérique SAS",
    ):
        assert label in text
    assert re.search(r'<input[^>]*value="36000.00" readonly>', text)
    (form,) = (form for form in pages.forms(text).values() if "key" in form.sent)
    assert set(form.sent) == {"csrf_token", "key"}
    assert "Numéro de dossier" not in text
    closing = TODAY + dt.timedelta(300)  # in summer, an hour later
    assert f"Dépôt possible jusqu'au {closing:%d/%m/%Y} à 11:00 (heure de Paris)" in text


def test_the_avance_is_deposited_acknowledged_and_followed_in_four_blocks(sas):
    _, me = sas
    answer = me.post(AVANCE, data=sent(*SAS_AVANCE))
    assert answer.status_code == 303
    (avance,) = avenants()
    text = me.get(answer.location).text
    assert f"déposée sous le numéro {avance.number}" in text
    assert avance.status is RequestStatus.IN_PROGRESS
    for label in ("N° unique de référencement (ANS)", "SIRET", "Dénomination sociale", "Adresse", "Numéro de dossier",
                  "Date de dépôt", "Statut de la demande", "Date de changement de statut"):  # fmt: skip
        assert f"{label}&nbsp;:" in text
    titles = re.findall(r'class="sg-fold-title">([^<]+)<', text)
    assert titles == BLOCKS
    assert "Montant de l&#39;avance&nbsp;: 36000,00" in flat(text).replace(" &nbsp;", "&nbsp;")
    assert f"Votre demande d&#39;avance {avance.number} est déposée" in text
    assert avance.number in me.get(answer.location + "&onglet=historique").text


def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(mss):
    _, me = mss
    typed = counts() | {"personnelle": "-3", "organisationnelle": "", "applicativeEstimee": "2.5"}
    answer = me.post(AVANCE, data=sent(**typed))
    assert answer.status_code == 422
    text = answer.text
    assert 'role="alert"' in text
    for path in ("personnelle", "organisationnelle", "applicativeEstimee"):
        assert f'id="champ_{path}-error"' in text
    assert 'id="champ_applicative-error"' not in text
    assert 'value="-3"' in text
    assert text.count('value="10"') == 3
    assert avenants() == []


def test_a_missing_and_a_wrong_file_are_said_at_their_fields(sas):
    _, me = sas
    data = sent(SAS_AVANCE[0]) | {f"piece_{SAS_AVANCE[1]}": (io.BytesIO(b"MZ"), "attestation.exe")}
    answer = me.post(AVANCE, data=data)
    assert answer.status_code == 422
    assert "attestation.exe" in answer.text
    assert "Joignez cette pièce" in answer.text
    assert f'id="piece_{SAS_AVANCE[0]}-error"' not in answer.text
    assert avenants() == []


def test_the_sound_files_of_a_refused_form_are_not_chosen_again(sas, login):
    who, me = sas
    key = new_key()
    text = me.post(AVANCE, data=sent(*SAS_AVANCE[:2], key=key)).text
    assert text.count("Fichier reçu") == 2
    assert f"Fichier reçu : {SAS_AVANCE[0].lower()}.pdf" in text
    assert f'value="{key}"' in text
    colleague = login(factories.supplier_user(who[0].supplier))
    assert "Fichier reçu" not in colleague.post(AVANCE, data=sent(key=key)).text
    me = login(who[1])
    other = {f"piece_{SAS_AVANCE[0]}": (io.BytesIO(files.image()), "autre.png")}
    answer = me.post(AVANCE, data=sent(SAS_AVANCE[2], key=key) | other)
    assert answer.status_code == 303
    (avance,) = avenants()
    names = [piece.file_name for piece in request_view.present(avance).documents]
    assert names == ["autre.png", *(f"{code.lower()}.pdf" for code in SAS_AVANCE[1:])]
    again = me.post(
        AVANCE, data=sent(SAS_AVANCE[2], key=key) | {f"piece_{SAS_AVANCE[0]}": (io.BytesIO(files.image()), "autre.png")}
    )
    assert (again.status_code, again.location) == (303, answer.location)
    assert len(avenants()) == 1


def test_files_kept_a_day_are_forgotten_and_those_a_request_took_stay(sas, frozen):
    _, me = sas
    key = new_key()
    me.post(AVANCE, data=sent(*SAS_AVANCE[:2], key=key))
    me.post(AVANCE, data=sent(SAS_AVANCE[2], key=key))
    frozen.move_to(TODAY + dt.timedelta(days=1), dt.time(11))
    assert form_pieces.sweep() == 2
    (avance,) = avenants()
    for piece in request_view.present(avance).documents:
        with documents.open_content(piece) as content:
            assert content.read() == PDF


def test_files_beyond_all_room_are_refused_on_the_page(sas):
    _, me = sas
    answer = oversized(me, AVANCE, 200 * limits.MEGABYTE)
    assert answer.status_code == 413
    assert "dépassent ensemble" in answer.text


def test_a_forged_amount_changes_nothing(sas):
    _, me = sas
    me.post(AVANCE, data=sent(*SAS_AVANCE) | {"amount": "9999999", "champ_amount": "1"})
    (avance,) = avenants()
    assert avance.declared == {}


def test_two_windows_of_one_form_make_one_dossier_and_the_second_is_told_its_number(sas):
    _, me = sas
    first, second = sent(*SAS_AVANCE), sent(*SAS_AVANCE)
    same = {"key": first["key"]} | sent(*SAS_AVANCE, key=first["key"])
    place = me.post(AVANCE, data=first).location
    answer = me.post(AVANCE, data=second)
    (avance,) = avenants()
    assert answer.status_code == 409
    assert avance.number in answer.text
    again = me.post(AVANCE, data=same)
    assert (again.status_code, again.location) == (303, place)
    assert len(avenants()) == 1


def test_a_step_skipped_by_its_address_says_what_comes_first(sas):
    _, me = sas
    assert "Déposez d&#39;abord votre demande d&#39;avance" in me.get(SOLDE).text
    answer = me.post(SOLDE, data=sent("PV_VSR", contact="a@exemple.fr"))
    assert answer.status_code == 422
    assert 'value="a@exemple.fr"' in answer.text
    assert avenants() == []


def test_the_solde_is_deposited_once_the_avance_is_paid(sas):
    who, me = sas
    avance = deposit(who, Phase.AVANCE, sent=pieces(*SAS_AVANCE))
    db.session.commit()
    assert "encore décidée et payée" in me.get(SOLDE).text
    lives.paid(avance, amount="36000.00")
    db.session.commit()
    text = me.get(SOLDE).text
    assert "Coordonnées de contact ou lien vers la plateforme de support à destination des Régulateurs ou" in text
    assert 'value="84000.00" readonly' in text
    answer = me.post(SOLDE, data=sent("PV_VSR", contact="support@exemple.fr"))
    text = me.get(answer.location).text
    assert "support@exemple.fr" in text
    assert f"{avance.dossier.number}M1" in text
    assert "Version actuelle" in text
    assert "Historique" in text


def test_a_piece_asked_is_said_with_the_officers_word(sas):
    who, me = sas
    avance = deposit(who, Phase.AVANCE, sent=pieces(*SAS_AVANCE))
    officer = actors.of(factories.user(Role.OFFICER))
    request_service.act(avance, Action.ASK_DOCUMENT, officer, comment="Le procès-verbal est illisible.")
    db.session.commit()
    text = me.get(AVANCE).text
    assert "Le procès-verbal est illisible." in text
    assert f"/segurnums/demandes/{avance.number}/complement" in text


def test_a_rejection_is_said_with_its_reasons_on_the_page_of_the_request(sas):
    who, me = sas
    avance = deposit(who, Phase.AVANCE, sent=pieces(*SAS_AVANCE))
    officer = actors.of(factories.user(Role.OFFICER))
    request_service.act(avance, Action.REJECT, officer, comment="Le procès-verbal n'est pas signé de l'ANS.")
    db.session.commit()
    text = flat(me.get(AVANCE).text)
    assert "Motif du rejet : Le procès-verbal n&#39;est pas signé de l&#39;ANS." in text


def test_an_operators_form_has_its_figures_and_is_decided_at_once(mss):
    envelope()
    db.session.commit()
    _, me = mss
    text = me.get(AVANCE).text
    assert "Taux de TVA applicable" in text
    assert "Montant fixe éligible pour l&#39;opérateur" in text
    assert 'value="8000.00" readonly' in text
    assert 'value="20%" readonly' in text
    answer = me.post(AVANCE, data=sent(**counts()))
    text = me.get(answer.location).text
    assert "« Décidée »" in text
    assert "En cours d'édition" in text
    assert "est décidée" in text
    for label in ("Numéro de Dossier", "Déposé le", "Statut"):
        assert f"<dt>{label}&nbsp;:</dt>" in text


def test_an_operator_without_envelope_is_told_so_honestly(mss):
    _, me = mss
    text = me.get(me.post(AVANCE, data=sent(**counts())).location).text
    assert "« Validée »" in text
    assert "Aucune enveloppe budgétaire" in text


def test_a_supplier_by_file_has_no_form_and_an_address_of_another_is_not_found(login, sas):
    enrolment = factories.enrolment()
    me = login(factories.supplier_user(enrolment.supplier))
    assert "par formulaire" in me.get(AVANCE).text
    assert me.post(AVANCE, data=sent()).status_code == 404
    (theirs, _), _ = sas
    stranger = me.get(f"{AVANCE}?enrolement={theirs.number}").text
    assert "par formulaire" in stranger
    assert theirs.supplier.siret not in stranger


@pytest.mark.parametrize("tail", ["?enrolement=ENR9999M0", "?dossier=FINSAS999999", "?enrolement=é"])
def test_a_dossier_or_an_enrolment_that_is_not_his_is_not_found(sas, tail):
    _, me = sas
    assert me.get(AVANCE + tail).status_code == 404


def test_a_third_corridor_by_form_is_a_document(login):
    """An invented corridor: its questions, its pieces, its rate, several dossiers; nothing of it is in the code."""
    document = factories.open_spec("SAS").model_dump(mode="json") | {
        "code": "ZZZ",
        "label": "Couloir inventé",
        "software": [{"type": "ZED", "label": "Zed", "wave": 1, "dsr": "DSR-ZZZ-ZED-Va1"}],
        "fields": [
            {"path": "lieu.postes", "label": "Nombre de postes", "kind": "integer", "required": True},
            {"path": "lieu.ville", "label": "Ville", "kind": "code", "values": ["REIMS", "LYON"], "required": True},
            {"path": "mobile", "label": "Equipé de mobiles", "kind": "boolean", "required": True},
            {"path": "depuis", "label": "Equipé depuis", "kind": "date",
             "required_if": {"path": "mobile", "equals": True}},
        ],
        "documents": [
            {"phase": "avance", "code": "DEVIS", "label": "Devis signé"},
            {"phase": "avance", "code": "PHOTO", "label": "Photo", "required_if": {"path": "mobile", "equals": True}},
        ],
        "amount": {"rule": "linear", "units": {"postes": "1000.04"}, "constant": "0.00", "cap": "5000.00"},
        "instalments": {"kind": "rate", "avance_rate": "0.30"},
        "single_dossier": False,
        "single_enrolment": False,
    }  # fmt: skip
    spec = type(factories.open_spec("SAS")).model_validate(document)
    assert spec.deposit is DepositMode.FORM
    corridor_versions.publish(spec)
    referencing = factories.referencing("SAS", corridor_code="ZZZ", software_type="ZED", dsr="DSR-ZZZ-ZED-Va1", wave=1)
    enrolment = factories.enrolment(referencing=referencing, vat=VatRegime.TTC_20)
    me = login(factories.supplier_user(enrolment.supplier))
    text = me.get(AVANCE).text
    for label in ("Nombre de postes", "Ville", "Equipé de mobiles", "Equipé depuis", "Devis signé", "Photo"):
        assert label in text

    refused = me.post(AVANCE, data=sent("DEVIS", lieu__postes="1", lieu__ville="REIMS", mobile="true"))
    assert refused.status_code == 422
    assert 'id="champ_depuis-error"' in refused.text
    assert 'id="piece_PHOTO-error"' in refused.text
    none = me.post(AVANCE, data=sent("DEVIS", lieu__postes="0", lieu__ville="REIMS", mobile="false"))
    assert (none.status_code, "Le montant calculé" in none.text) == (422, True)

    done = me.post(AVANCE, data=sent("DEVIS", lieu__postes="1", lieu__ville="REIMS", mobile="false"))
    (avance,) = avenants()
    assert avance.number.startswith("FINZZZ")
    request_service.act(avance, Action.VALIDATE, actors.of(factories.user(Role.OFFICER)))
    db.session.commit()
    assert [str(one) for one in (avance.declared_ht, avance.retained, avance.amount)] == [
        "1000.04",
        "1200.05",
        "360.02",
    ]
    page = me.get(done.location).text
    assert "Déposer une nouvelle demande" in page
    other = me.post(f"{AVANCE}?nouveau=1", data=sent("DEVIS", lieu__postes="9", lieu__ville="LYON", mobile="false"))
    assert other.status_code == 303
    assert len(avenants()) == 2
    assert "lieu" not in me.get("/segurnums/").text
