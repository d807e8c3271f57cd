"""A supplier's real file goes the whole way, by the hands of those whose job it is, in a browser."""

import csv
import datetime as dt
import re
import time
from pathlib import Path

import pytest

import config
from app.demo import deposits
from app.services import clock

SAMPLE = config.ROOT / "tests" / "samples" / "mdv-avance-10.json"
pytestmark = pytest.mark.browser


@pytest.fixture
def sample_zip(tmp_path: Path) -> Path:
    packed = tmp_path / "pieces.zip"
    packed.write_bytes(deposits.bundle(SAMPLE.read_bytes()))
    return packed


def reload_until(visitor, text: str) -> None:
    """The scheduler works beside: what it makes appears within seconds."""
    deadline = time.monotonic() + 60
    while text not in visitor.page.request.get(visitor.page.url).text():
        assert time.monotonic() < deadline, f"« {text} » never appeared on {visitor.page.url}"
        time.sleep(0.5)
    visitor.page.reload()
    visitor.check()


def today_in_paris() -> str:
    """As a date field takes it: near midnight, the day of UTC is another."""
    return dt.datetime.now(clock.PARIS).date().isoformat()


def fold(visitor, title: str) -> None:
    visitor.page.locator("details", has=visitor.page.locator("summary", has_text=title)).locator(
        "summary"
    ).first.click()


def act(visitor, number: str, action: str, **fields: str) -> None:
    """Open the request, unfold the action, fill its form, send it."""
    visitor.go(f"/gestion/demandes/{number}")
    block = visitor.page.locator(".sg-acts details").filter(
        has=visitor.page.locator("summary", has_text=re.compile(f"^{action}$"))
    )
    block.locator("summary").click()
    for label, value in fields.items():
        field = block.get_by_label(label.replace("_", " "))
        if field.evaluate("node => node.tagName") == "SELECT":
            field.select_option(index=int(value))
        else:
            field.fill(value)
    block.get_by_role("button", name=action, exact=True).click()
    visitor.page.wait_for_load_state()
    visitor.check()


def paid_by_four_people(visit, number: str) -> None:
    """Validated, decided, ordered and paid, each by its own person."""
    act(visit("gestionnaire1"), number, "Valider")
    act(visit("decideur"), number, "Décider", Enveloppe="1")
    act(visit("ordonnateur"), number, "Mettre en paiement")
    accountant = visit("comptable")
    today = today_in_paris()
    act(accountant, number, "Enregistrer le paiement", Date_de_paiement=today, Référence_du_virement=f"VIR-{number}")


def import_the_sample(supplier, sample_zip: Path) -> str:
    """Simulate, import and complete the sample file. Returns the number of its first request."""
    supplier.go("/segurnums/imports/nouveau")
    page = supplier.page
    assert page.get_by_role("button", name="Importer", exact=True).is_disabled()
    page.get_by_label("Type de demande").select_option("avance")
    page.get_by_label("Numéro ANS").select_option("mlp525off1")
    page.get_by_label("Taux de TVA").select_option("ht")
    page.get_by_label("Choisissez le fichier").set_input_files(SAMPLE)
    supplier.click("Simuler")
    assert "5733,28" in supplier.text.replace("\u202f", "").replace("\xa0", "")
    assert "1720,00" in supplier.text.replace("\u202f", "").replace("\xa0", "")

    supplier.click("Importer")
    page.get_by_label("Fichier zip de toutes les pièces").set_input_files(sample_zip)
    page.get_by_role("button", name="Déposer le zip").click()
    page.get_by_text("10 pièces jointes sur 10 fichiers").wait_for()
    supplier.check()
    number = re.search(r"FINMDV\d{6}M0", supplier.text)
    assert number
    return number[0]


def test_a_suppliers_file_becomes_a_paid_request(visit, sample_zip, tmp_path):
    supplier = visit("fournisseur-a")
    number = import_the_sample(supplier, sample_zip)
    supplier.go(f"/segurnums/demandes/{number}")
    assert "Montant de l'engagement SEGUR hors taxe retenu" not in supplier.text

    paid_by_four_people(visit, number)

    supplier.go(f"/segurnums/demandes/{number}")
    reload_until(supplier, f"avis_de_paiement_{number}")
    for title in ("Suivi Financier", "Pièces justificatives", "Courriels automatiques envoyés"):
        fold(supplier, title)
    text = supplier.text
    assert "Paiement effectué" in text
    assert f"decision_attribution_{number}" in text
    assert f"Paiement effectué pour votre demande {number}" in text
    assert f"{number} est validée" in text
    supplier.check()

    with supplier.page.expect_download() as download:
        supplier.page.get_by_role("link", name=re.compile("avis de paiement")).first.click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")

    assert export(supplier, "demandes", tmp_path)[0][0] == "N° ASP"
    rows = {row[0]: row for row in export(supplier, "demandes", tmp_path)}
    assert len(rows[number]) == 12
    assert rows[number][2] == "Décidée"
    assert rows[number][8] == "Paiement effectué"
    beneficiaries = [row for row in export(supplier, "beneficiaires", tmp_path) if row[0] == number]
    assert [len(row) for row in beneficiaries] == [18]


def export(visitor, what: str, folder: Path) -> list[list[str]]:
    """Download one of the two CSV, and read it as a French spreadsheet does."""
    visitor.go(f"/segurnums/exports/{what}")
    if what == "beneficiaires":
        visitor.page.get_by_label("Couloir").select_option("MDV")
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name="Exporter", exact=True).click()
    path = folder / f"{what}.csv"
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=";"))
