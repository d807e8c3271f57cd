"""A SAS is paid its avance, then its solde; an operator's avance is decided as it is deposited, with its PDF.

Guides « Dépôt d'une demande d'avance SAS », « Modification d'une demande de solde SAS » (its solde) and « Opérateur
MSS ».
"""

import re
from pathlib import Path

import pytest

from tests import files
from tests.journeys.test_main_job import fold, paid_by_four_people, reload_until

pytestmark = pytest.mark.browser
AVANCE, SOLDE = "/segurnums/demande_avance_operateur", "/segurnums/demande_solde_operateur"


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    written = tmp_path / "piece.pdf"
    written.write_bytes(files.pdf())
    return written


def sent(supplier) -> str:
    """« Valider »; the number on the receipt."""
    supplier.click("Valider")
    number = re.search(r"déposée sous le numéro (FIN\w+)\.", supplier.text)
    assert number, supplier.text
    return number[1]


def corrected(visit, supplier, number: str) -> None:
    """The officer opens the contact and reads his mail before it leaves; the supplier corrects it, in green; both read
    the two versions side by side."""
    officer = visit("gestionnaire2")
    officer.go(f"/gestion/demandes/{number}")
    officer.page.locator("summary", has_text="Demander une modification").click()
    asking = officer.page.locator("form[action$='/ask_amendment']")
    asking.get_by_label(re.compile("Coordonnées de contact")).check()
    asking.get_by_label("Commentaire").fill("Cette adresse ne répond pas.")
    asking.get_by_role("button", name="Aperçu du courriel").click()
    officer.page.wait_for_load_state()
    officer.check()
    assert "rien n'est encore envoyé" in officer.text
    asking.get_by_role("button", name="Demander une modification").click()
    officer.page.wait_for_load_state()
    assert "La décision est verrouillée" in officer.text

    supplier.go(SOLDE)
    banner = "Votre demande de solde nécessite des modifications de votre part. Cliquez ici pour modifier votre demande"
    assert f"{banner} de Solde." in supplier.text
    supplier.click("Modifier")
    contact = supplier.page.get_by_label(re.compile("Coordonnées de contact"))
    assert not supplier.page.get_by_text("✎ Modifié").is_visible()
    contact.fill("aide@agendas.exemple.fr")
    assert supplier.page.get_by_text("Modifié. Avant : support@agendas.exemple.fr").is_visible()
    assert contact.evaluate("node => getComputedStyle(node).color") == "rgb(20, 89, 43)"
    supplier.click("Confirmer")
    assert "Statut : En cours" in supplier.text
    supplier.click("Comparer les deux versions")
    for reader, folder in ((supplier, "/segurnums/demandes"), (officer, "/gestion/demandes")):
        reader.go(f"{folder}/{number}/historique/2")
        row = reader.page.locator("tr", has_text="Coordonnées de contact").first.inner_text()
        assert "support@agendas.exemple.fr" in row
        assert "aide@agendas.exemple.fr" in row


def test_a_sas_is_paid_its_avance_then_its_solde(visit, pdf):
    supplier = visit("fournisseur-s")
    supplier.go("/segurnums/")
    supplier.click("Suivi de ma demande de financement")
    assert supplier.page.get_by_label("Montant de l'avance").input_value() == "36000.00"
    assert not supplier.page.get_by_label("Montant de l'avance").is_editable()
    for field in supplier.page.locator("input[type=file]").all():
        field.set_input_files(pdf)
    avance = sent(supplier)
    assert "En cours" in supplier.text
    supplier.click("2 - Ma demande de solde")
    assert "n'est pas encore décidée et payée" in supplier.text

    paid_by_four_people(visit, avance)
    supplier.go(SOLDE)
    supplier.page.get_by_label(re.compile("Coordonnées de contact")).fill("support@agendas.exemple.fr")
    supplier.page.get_by_label(re.compile("VSR")).set_input_files(pdf)
    solde = sent(supplier)
    assert solde == avance.replace("M0", "M1")
    corrected(visit, supplier, solde)
    paid_by_four_people(visit, solde)
    supplier.go(SOLDE)
    fold(supplier, "Suivi Financier")
    text = supplier.text
    assert "aide@agendas.exemple.fr" in text
    assert "84000,00€" in text
    assert text.count("Paiement effectué") >= 2


def test_an_operators_avance_is_decided_at_once_with_its_pdf(visit):
    operator = visit("fournisseur-m", width=390)
    operator.go(AVANCE)
    assert operator.page.get_by_label("Montant fixe éligible pour l'opérateur").input_value() == "8000.00"
    counts = operator.page.locator("main input[inputmode=numeric]")
    assert counts.count() == 6
    for field in counts.all():
        field.fill("10")
    number = sent(operator)
    assert "« Décidée »" in operator.text
    reload_until(operator, f"decision_attribution_{number}")
    fold(operator, "Pièces justificatives")
    with operator.page.expect_download() as download:
        operator.page.get_by_role("link", name=re.compile("decision-attribution")).click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    fold(operator, "Courriels automatiques envoyés")
    assert f"Votre demande d'avance {number} est décidée" in operator.text
