"""An officer asks a piece; its supplier adds one too many, takes it back, confirms; the officer instructs again."""

import re
from pathlib import Path

import pytest

from tests import files
from tests.journeys.test_main_job import fold

pytestmark = pytest.mark.browser
PIECE = "Bon de commande signé"


def test_a_piece_asked_is_added_and_the_request_instructed_again(visit, tmp_path: Path):
    officer = visit("gestionnaire1")
    officer.knows_the_screens = True
    officer.go("/gestion/demandes/?statut=in_progress&type=avance&couloir=MDV")
    number = re.findall(r"FINMDV\d{6}M0", officer.page.locator("tbody").inner_text())[-1]
    officer.go(f"/gestion/demandes/{number}")
    officer.page.locator("summary", has_text="Demander une pièce").click()
    asking = officer.page.locator("form[action$='/ask_document']")
    asking.get_by_label(PIECE).check()
    asking.get_by_label("Commentaire").fill("Le bon de commande n'est pas signé.")
    asking.get_by_role("button", name="Demander une pièce").click()
    officer.page.wait_for_load_state()

    supplier = visit("fournisseur-a")
    supplier.knows_the_screens = True
    supplier.go(f"/segurnums/demandes/{number}")
    assert "Le bon de commande n'est pas signé." in supplier.text
    supplier.click("Ajouter des pièces complémentaires")
    for name in ("brouillon.pdf", "bon-signe.pdf"):
        file = tmp_path / name
        file.write_bytes(files.pdf())
        supplier.page.get_by_label("Type de pièce complémentaire").select_option(label=PIECE)
        supplier.page.get_by_label("Fichier à ajouter").set_input_files(file)
        supplier.click("Importer")
    supplier.look()
    removals = supplier.page.get_by_role("button", name=re.compile("^Supprimer "))
    assert removals.count() == 2, "those just added, and no other"
    supplier.click("Supprimer brouillon.pdf")
    supplier.click("Confirmer")
    assert "Statut : En cours" in supplier.text

    fold(supplier, "Pièces justificatives")
    assert "bon-signe.pdf" in supplier.text
    assert "brouillon.pdf" not in supplier.text
    officer.go(f"/gestion/demandes/{number}")
    assert "bon-signe.pdf" in officer.page.locator("main .sg-viewer").inner_text()
    assert "En cours" in officer.page.locator("main .sg-line").first.inner_text()
