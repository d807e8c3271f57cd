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
from app.extensions import db
from app.factory import create_app
from app.models.bank_accounts import BankAccount
from app.models.users import User
from app.services import actors, enrolments, ports, referencings
from tests.files import pdf

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
CODE, ANS = "TST", "tst000001"
DAY = dt.timedelta(days=1)


def instant(day: dt.date) -> str:
    return f"{day}T00:00"


def add(admin, section: str, **fields) -> None:
    """« Ajouter » an element of a section; a field by its label, its value or True to tick it."""
    admin.page.get_by_role("navigation", name="Sections du brouillon").get_by_role("link", name=section).click()
    admin.click("Ajouter")
    fill(admin, fields)
    admin.click("Enregistrer")


def fill(admin, fields: dict) -> None:
    for label, value in fields.items():
        control = admin.page.get_by_label(re.compile(f"^{re.escape(label.replace('_', ' '))}( \\*| \\(|$)")).first
        if value is True:
            control.check()
        elif control.evaluate("node => node.tagName") == "SELECT":
            control.select_option(label=re.compile(value) if isinstance(value, re.Pattern) else value)
        else:
            control.fill(value)


def section(admin, name: str) -> None:
    admin.page.get_by_role("navigation", name="Sections du brouillon").get_by_role("link", name=name).click()
    admin.page.wait_for_load_state()
    admin.check()


def write_the_corridor(admin) -> None:
    """A corridor paid by the number of posts, with a question, two pieces and a window."""
    today = dt.date.today()
    admin.go("/gestion/couloirs/")
    admin.click("Créer un couloir")
    fill(admin, {"Code": CODE})
    admin.click("Créer le brouillon")
    fill(admin, {"Libellé": "Couloir d'essai", "Mode de dépôt": "Fichier JSON"})
    admin.click("Enregistrer")
    add(admin, "Logiciels et vagues", Type="LOG", Libellé="Logiciel d'essai", Vague="1", DSR="DSR-TST-LOG-Va1")
    add(
        admin, "Fenêtres de dépôt",
        Vague="1", Type_de_demande="Avance", Ouverture=instant(today - 30 * DAY), Clôture=instant(today + 30 * DAY),
    )  # fmt: skip
    add(admin, "Listes", Balise="beneficiaires.cabinets", Libellé="Cabinets", Nombre_minimal_d_éléments="1")
    for tag, label, kind, example in (
        ("beneficiaires.postes", "Nombre de postes", "Nombre entier", "12"),
        ("beneficiaires.cabinets[].nom", "Nom du cabinet", "Texte", "CABINET 1"),
        ("beneficiaires.cabinets[].FINESS", "FINESS", "FINESS (9 caractères)", "120780291"),
        ("scenarioInstallation.isDirectToDMP", "Envoi direct au DMP", "True ou false", "Oui"),
    ):
        add(admin, "Champs", Balise=tag, Libellé=label, Type=kind, Obligatoire=True, Exemple=example)


@pytest.fixture
def enrolled(portal):
    """Supplier A enrolled for a software of the new corridor, as the agency does."""

    def enrol() -> None:
        before = ports.configured()
        app = create_app(config.read(portal.env))
        with app.app_context():
            officer = actors.of(db.session.query(User).filter_by(username="gestionnaire1").one())
            user = db.session.query(User).filter_by(username="fournisseur-a").one()
            account = db.session.query(BankAccount).filter_by(supplier_id=user.supplier_id).first()
            software = referencings.register(
                ANS, CODE, "LOG", wave=1, software="ESSAI", software_version="1", editor_siret=user.supplier.siret,
                profiles=["Général"], effective_on=dt.date(2021, 10, 7), actor=officer,
            )  # fmt: skip
            vat = db.session.query(enrolments.Enrolment).filter_by(supplier_id=user.supplier_id).first().vat
            made = enrolments.deposit(user.supplier, software, account, vat, EnrolmentKind.INITIAL, actors.of(user))
            enrolments.validate(made, officer)
            db.session.commit()
            db.session.remove()
            db.engine.dispose()
        if before is not None:
            ports.configure(before)

    return enrol
