"""Administrators create a corridor and move its deadline in a browser; a supplier deposits in it meanwhile.

The server is never restarted. Each page is checked by axe-core.
"""

import datetime as dt
import io
import json
import re
import zipfile
from pathlib import Path

import pytest

import config
from app.domain.enums import EnrolmentKind
from app.domain.vat import VatRegime
from app.extensions import db
from app.factory import create_app
from app.models.bank_accounts import BankAccount
from app.models.users import User
from app.services import actors, enrolments, ports, referencings
from tests.files import pdf
from tests.journeys.test_main_job import today_in_paris

pytestmark = pytest.mark.browser
CODE, ANS = "TST", "tst000001"
QUESTION = "scenarioInstallation.isDirectToDMP"


def days(count: int) -> str:
    """Midnight in Paris, so many days from today."""
    return f"{dt.date.fromisoformat(today_in_paris()) + dt.timedelta(count)}T00:00"


def add(admin, name: str, **fields) -> None:
    """« Ajouter » an element of a section; a field by its label, its value or True to tick it."""
    section(admin, name)
    admin.click("Ajouter")
    fill(admin, fields)
    admin.click("Enregistrer")


def spoken(label: str) -> str:
    return label.replace("_d_", " d'").replace("_", " ")


def fill(admin, fields: dict) -> None:
    for label, value in fields.items():
        control = admin.page.get_by_label(re.compile(f"^{re.escape(spoken(label))}( \\*| \\(|$)")).first
        if value is True:
            control.check()
        elif control.evaluate("node => node.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)


def section(admin, name: str) -> None:
    admin.page.get_by_role("navigation", name="Sections du brouillon").locator(f'a:has-text("{name}")').first.click()
    admin.page.wait_for_load_state()
    admin.check()


def write_the_corridor(admin) -> None:
    """A corridor paid by the number of posts, with a question, two pieces and a window."""
    admin.go("/gestion/couloirs/")
    admin.click("Créer un couloir")
    fill(admin, {"Code": CODE})
    admin.click("Créer le brouillon")
    fill(admin, {"Libellé": "Couloir d'essai", "Mode de dépôt": "Fichier JSON"})
    admin.click("Enregistrer")
    add(admin, "Logiciels et vagues", Type="LOG", Libellé="Logiciel d'essai", Vague="1", DSR="DSR-TST-LOG-Va1")
    add(
        admin, "Fenêtres de dépôt",
        Vague="1", Type_de_demande="Avance", Ouverture=days(-30), Clôture=days(30),
    )  # fmt: skip
    add(admin, "Listes", Balise="beneficiaires.cabinets", Libellé="Cabinets", Nombre_minimal_d_éléments="1")
    for tag, label, kind, example in (
        ("beneficiaires.postes", "Nombre de postes", "Nombre entier", "12"),
        ("beneficiaires.cabinets[].nom", "Nom du cabinet", "Texte", "CABINET 1"),
        ("beneficiaires.cabinets[].FINESS", "FINESS", "FINESS (9 caractères)", "120780291"),
        ("scenarioInstallation.isDirectToDMP", "Envoi direct au DMP", "True ou false", "Oui"),
    ):
        add(admin, "Champs", Balise=tag, Libellé=label, Type=kind, Obligatoire=True, Exemple=example)
    add(
        admin, "Bénéficiaires",
        Liste="beneficiaires.cabinets", Type_d_identifiant="finess", Identifiant="FINESS", Nom="nom",
    )  # fmt: skip
    add(admin, "Scénario d'installation", Balise=QUESTION, Profil_nécessaire="Général")
    add(admin, "Pièces justificatives", Type_de_demande="Avance", Code="BON_COMMANDE", Libellé="Bon de commande")
    add(admin, "Pièces justificatives", Type_de_demande="Avance", Code="ATTESTATION", Libellé="Attestation")
    section(admin, "Montants")
    admin.page.get_by_label("Règle", exact=True).select_option("brackets")
    admin.click("Choisir cette règle")
    fill(admin, {"Nombre": "postes"})
    for rank, (least, amount) in enumerate((("0", "1000"), ("10", "2500,50"))):
        row = admin.page.get_by_role("group", name=f"Ligne {rank + 1}", exact=True)
        row.get_by_label("À partir de").fill(least)
        row.get_by_label("Montant HT").fill(amount)
    admin.click("Enregistrer")
    assert "Aucune anomalie." in admin.text


@pytest.fixture
def enrolled(portal):
    """Supplier A enrolled for a software of the new corridor, as the agency does."""

    def enrol() -> None:
        before = ports.configured()
        app = create_app(config.read(portal.env))
        with app.app_context():
            officer = actors.of(db.session.query(User).filter_by(username="gestionnaire1").one())
            user = db.session.query(User).filter_by(username="fournisseur-a").one()
            account = db.session.query(BankAccount).filter_by(supplier_id=user.supplier_id).one()
            software = referencings.register(
                ANS, CODE, "LOG", wave=1, software="ESSAI", software_version="1", editor_siret=user.supplier.siret,
                profiles=["Général"], effective_on=dt.date(2021, 10, 7), actor=officer,
            )  # fmt: skip
            made = enrolments.deposit(
                user.supplier, software, account, VatRegime.HT, EnrolmentKind.INITIAL, actors.of(user)
            )
            enrolments.validate(made, officer)
            db.session.commit()
            db.session.remove()
            db.engine.dispose()
        if before is not None:
            ports.configure(before)

    return enrol


def publish(author, reader) -> None:
    """Submitted by one, refused to him, read and published by the other."""
    author.page.get_by_role("link", name="Vue d'ensemble").click()
    author.click("Soumettre à publication")
    assert "un autre administrateur doit le relire" in author.text
    assert author.page.get_by_role("button", name="Publier cette version").count() == 0
    reader.go("/gestion/couloirs/brouillons/")
    reader.page.get_by_role("link", name=re.compile(f"^Relire et publier {CODE}")).click()
    reader.check()
    reader.click("Publier cette version")
    assert "La nouvelle version est en vigueur" in reader.text


def file_of(portal, admin, folder: Path) -> Path:
    """The example file of the documentation, with the supplier's own numbers."""
    admin.go(f"/segurnum/documentation-json/{CODE}")
    with admin.page.expect_download() as download:
        admin.page.get_by_role("link", name=re.compile("^Fichier d'exemple")).first.click()
    example = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    example |= {"numeroAns": ANS, "siret": "38042372300028"}
    line = example["lignesImport"][0]
    line["commande"]["montantSegurHT"] = 2600
    assert [piece["typeFichier"] for piece in line["piecesJustificatives"]] == ["BON_COMMANDE", "ATTESTATION"]
    path = folder / "essai.json"
    path.write_text(json.dumps(example, ensure_ascii=False, indent=2), encoding="utf-8")
    return path


def zip_of(file: Path) -> Path:
    line = json.loads(file.read_text(encoding="utf-8"))["lignesImport"][0]
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for piece in line["piecesJustificatives"]:
            archive.writestr(piece["nomFichier"], pdf())
    path = file.with_suffix(".zip")
    path.write_bytes(written.getvalue())
    return path


def deposit(supplier, file: Path) -> str:
    """Simulate, import and complete. Returns the number of the request."""
    supplier.go("/segurnums/imports/nouveau")
    page = supplier.page
    page.get_by_label("Type de demande").select_option("avance")
    page.get_by_label("Numéro ANS").select_option(ANS)
    page.get_by_label("Taux de TVA").select_option("ht")
    page.get_by_label("Choisissez le fichier").set_input_files(file)
    supplier.click("Simuler")
    plain = supplier.text.replace("\u202f", "").replace("\xa0", "")
    assert "2500,50" in plain  # the bracket from 10 posts on, of 2600 declared
    assert "750,15" in plain
    supplier.click("Importer")
    page.get_by_label("Fichier zip de toutes les pièces").set_input_files(zip_of(file))
    page.get_by_role("button", name="Déposer le zip").click()
    page.get_by_text("2 pièces jointes sur 2 fichiers").wait_for()
    return re.search(rf"FIN{CODE}\d{{6}}M0", supplier.text)[0]


def test_a_corridor_is_created_used_and_moved_without_restarting(visit, portal, enrolled, tmp_path):
    author, reader, supplier = visit("administrateur1"), visit("administrateur2"), visit("fournisseur-a")
    write_the_corridor(author)
    publish(author, reader)
    enrolled()
    number = deposit(supplier, file_of(portal, reader, tmp_path))

    author.go(f"/gestion/couloirs/{CODE}")
    author.click("Déplacer une échéance")
    author.page.get_by_label("Fenêtre").select_option("0")
    fill(author, {"Clôture": days(-1)})
    author.click("Enregistrer dans un brouillon")
    assert "Se ferme aussitôt" in author.text
    assert "1 demande en cours garde la version de son dépôt" in author.text
    publish(author, reader)

    supplier.go("/segurnums/imports/nouveau")
    supplier.page.get_by_label("Type de demande").select_option("avance")
    supplier.page.get_by_label("Numéro ANS").select_option(ANS)
    supplier.page.get_by_label("Taux de TVA").select_option("ht")
    supplier.page.get_by_label("Choisissez le fichier").set_input_files(tmp_path / "essai.json")
    supplier.click("Simuler")
    assert "est clos depuis le" in supplier.text

    officer = visit("gestionnaire1")
    officer.go(f"/gestion/demandes/{number}")
    assert "2 500,50" in officer.text.replace("\u202f", " ")
    officer.go(f"/gestion/couloirs/{CODE}/comparer")
    assert "Avance, vague 1, clôture" in officer.text


def test_faults_are_listed_as_one_types_and_lead_to_their_field(visit):
    admin = visit("administrateur1")
    admin.go("/gestion/couloirs/HOP")
    admin.click("Modifier ce couloir")
    draft = admin.page.url.removeprefix(admin.portal.url)
    admin.go(f"{draft}/contenu/fenetres/0")
    admin.page.get_by_label("Vague").fill("9")
    fault = admin.page.locator("#anomalies li", has_text="aucun logiciel du couloir n'est en vague 9")
    fault.wait_for()
    assert fault.get_by_role("link").get_attribute("href") == f"{draft}/contenu/fenetres/0#wave"
    admin.check()
    admin.go(f"{draft}/contenu/fenetres")
    assert "Aucune anomalie." in admin.text  # nothing was saved
