"""The four ways to enrol, in a browser: from the home page, through the staff and the mails, to the supplier's home."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from app.models.referencings import Referencing
from tests import files
from tests.adapters import sirene_peer
from tests.conftest import TODAY
from tests.factories import siret
from tests.journeys.conftest import CAPTCHA, Visitor

pytestmark = pytest.mark.browser
PASSWORD = "Un-tout-premier-2026!"
IBAN = "FR76 1780 7000 4305 1217 9603 697"
PUBLIC, SPACE = "/segurnum/enrolement", "/segurnums/enrolements/complementaire"


@pytest.fixture
def pieces(tmp_path: Path) -> Callable[[str], Path]:
    """`pieces(name)`: a PDF of this name, to be chosen in a file field."""

    def made(name: str) -> Path:
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(files.pdf())
        return path

    return made


@dataclass
class Case:
    """Who enrols what. `holder`: the SIRET the N° ANS was given to."""

    number: str
    name: str
    siret: str
    code: str
    software_type: str
    holder: str = ""
    joined: dict[str, tuple[str, ...]] = field(default_factory=dict)  # the pieces, by step

    @property
    def email(self) -> str:
        return f"{self.name.lower()}@journeys.exemple.fr"


def known_to_the_world(portal: Any, case: Case) -> Case:
    """The ANS referenced its software; the register knows its company."""
    engine = sa.create_engine(portal.env["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg:"))
    row = {
        "ans_number": case.number, "software": "LOGICIEL DES PARCOURS", "software_version": "2.1",
        "software_type": case.software_type, "corridor_code": case.code, "dsr": f"{case.code}-DSR", "wave": 1,
        "editor_siret": case.holder or case.siret, "profiles": ["Général"], "effective_on": TODAY,
    }  # fmt: skip
    with engine.begin() as connection:
        connection.execute(sa.insert(Referencing).values(**row))
    engine.dispose()
    head = sirene_peer.place(case.siret)
    portal.register.units.append(sirene_peer.unit(head, nom_complet=case.name, nom_raison_sociale=case.name))
    return case


class Applicant:
    """Someone who fills the five steps; each screen he reaches is checked."""

    def __init__(self, visitor: Visitor, case: Case, pieces: Callable[[str], Path]) -> None:
        self.visitor, self.page, self.case, self.pieces = visitor, visitor.page, case, pieces

    def join(self, code: str) -> None:
        self.page.locator(f"input[type=file][name={code}]").set_input_files(self.pieces(code))

    def type(self, **typed: str) -> None:
        for name, value in typed.items():
            self.page.locator(f"[name={name}]").fill(value)

    def go_on(self) -> None:
        self.visitor.click("Etape suivante")

    def referencing(self, home: str = PUBLIC) -> None:
        self.visitor.go(home)
        self.type(ans_number=self.case.number)
        self.visitor.click("Rechercher")
        assert "LOGICIEL DES PARCOURS" in self.visitor.text or self.case.code == "MSS"
        for code in ("certificate", *self.case.joined.get("referencing", ())):
            self.join(code)
        self.go_on()

    def refused(self, button: str) -> list[str]:
        """Press it with a step that is wrong: the summary of its errors has the focus. Returns the fields it links."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST") as sent:
            self.page.get_by_role("button", name=button, exact=True).click()
        assert sent.value.status == 422
        self.page.wait_for_load_state()
        self.visitor.faults.clear()  # the browser notes each 422
        self.visitor.check()
        summary = self.page.locator("#erreurs, #erreurs-captcha")
        expect(summary).to_be_focused()
        links = [link.get_attribute("href") or "" for link in summary.get_by_role("link").all()]
        assert all(self.page.locator(link).count() == 1 for link in links)
        return links

    def applicant(self, **third_party: str) -> None:
        self.type(siret=self.case.siret, captcha=CAPTCHA)
        self.visitor.click("Rechercher")
        assert self.page.locator("[name=name]").input_value() == self.case.name
        assert self.page.locator("[name=city]").get_attribute("readonly") is not None
        self.page.locator(f"[name=is_representative][value={'non' if third_party else 'oui'}]").check()
        first = {"first_name": "Maelys", "last_name": "Martin", "phone": "0326212121"}
        email = self.case.email if not third_party else f"chef-{self.case.email}"
        self.type(trade_name=self.case.name, **self._person("representative", email, first))
        assert self.page.locator("[name=declarant_last_name]").is_visible() == bool(third_party)
        assert not self.page.locator("input[name=kbis]").is_visible()
        if third_party:
            second = {"first_name": "Jean", "last_name": "Petit", "phone": "0633221166"}
            self.type(**self._person("declarant", self.case.email, second))
            self.page.locator(f"[name=quality][value={third_party['quality']}]").check()
            assert not self.page.locator("input[name=contract]").is_visible()
            self.visitor.look()
        for code in ("representative_identity", *self.case.joined.get("applicant", ())):
            self.join(code)
        self.go_on()

    def _person(self, who: str, email: str, said: dict[str, str]) -> dict[str, str]:
        typed = said | {"email": email, "email_again": email}
        return {f"{who}_{part}": value for part, value in typed.items()}

    def bank(self) -> None:
        self.type(iban=IBAN, holder=self.case.name)
        self.page.locator("[name=holder]").blur()
        expect(self.page.locator("[name=bic]")).to_have_value("CCBPFRPPXXX")
        assert self.page.locator("[name=bank_name]").input_value().startswith("BANQUE POPULAIRE")
        self.join("bank_details")
        self.go_on()

    def vat(self, regime: str = "ttc_20") -> None:
        for chosen in ("ttc_8_5", regime):
            self.page.locator("[name=vat]").select_option(chosen)
            assert self.page.locator("input[name=not_liable]").is_visible() == (chosen == "ht")
        if regime == "ht":
            self.join("not_liable")
        self.go_on()

    def finish(self) -> str:
        """« Terminer ». Returns the number told."""
        for box in ("terms", "penal_code", "sincere"):
            self.page.locator(f"[name={box}]").check()
        if self.page.locator("[name=captcha]").count():
            self.type(captcha=CAPTCHA)
        self.visitor.click("Terminer")
        told = re.search(r"Le numéro de votre demande est le (ENR\d{4,}M0)", self.visitor.text)
        assert told, self.visitor.text
        return told[1]


def knowing(visitor: Visitor) -> Visitor:
    """He goes through screens that the first journey looked at."""
    visitor.knows_the_screens = True
    return visitor


def validate(officer: Visitor, number: str) -> None:
    officer.go(f"/gestion/enrolements/{number}")
    officer.page.locator("summary", has_text=re.compile("^Valider$")).click()
    officer.click("Valider")
    assert "Validée" in officer.text


def log_in_first(portal: Any, visitor: Visitor, recipient: str) -> None:
    """Both mails: the identifier by one, by the other the link that chooses the password; then the secret question."""
    identifier = re.search(r"identifiant est :\s+(\S+)", portal.mail(recipient, "Votre identifiant"))
    link = re.search(r"http://\S+/segurnums/acces/\S+", portal.mail(recipient, "Choisissez votre mot de passe"))
    assert identifier
    assert link
    visitor.page.goto(link[0])
    visitor.check()
    assert f"Changement du mot de passe pour {identifier[1]}" in visitor.text
    visitor.page.locator("[name=new]").fill(PASSWORD)
    visitor.page.locator("[name=again]").fill(PASSWORD)
    visitor.click("Changement du mot de passe")
    visitor.page.locator("[name=question]").fill("Le nom de mon premier chat ?")
    visitor.page.locator("[name=answer]").fill("Mirza")
    visitor.click("Envoyer")
    assert visitor.page.url.endswith("/segurnums/")
    assert "Accueil" in visitor.page.title()


def test_a_representative_killed_in_the_middle_of_step_3_goes_on_by_the_link(portal, visit, pieces):
    case = known_to_the_world(portal, Case("rep000001", "REPRESENTANTE", siret(7_100_001), "MDV", "LGC"))
    first = Applicant(visit(), case, pieces)
    first.referencing()
    first.type(siret=case.siret, captcha="faux")
    assert first.refused("Rechercher") == ["#captcha"]
    first.type(siret="47992882200060", captcha=CAPTCHA)
    assert first.refused("Rechercher") == ["#siret"]
    first.applicant()
    assert {"#iban", "#bank_details"} <= set(first.refused("Etape suivante"))
    first.type(iban="FR76 1780 7000", holder="PAS FINI")
    first.join("bank_details")
    first.page.get_by_text(re.compile(r"Votre saisie est enregistrée \(\d")).wait_for()
    first.page.context.close()

    link = re.search(r"http://\S+/reprendre/\S+", portal.mail(case.email, "Votre demande d'enrôlement : reprendre"))
    assert link
    second = Applicant(visit(), case, pieces)
    second.page.goto(link[0])
    second.visitor.check()
    assert second.page.locator("[name=iban]").input_value() == "FR76 1780 7000"
    assert second.page.locator("[name=holder]").input_value() == "PAS FINI"
    assert "bank_details.pdf" in second.visitor.text
    second.visitor.click("2 - Demandeur")
    assert second.page.locator("[name=representative_first_name]").input_value() == "Maelys"
    assert "representative_identity.pdf" in second.visitor.text
    second.go_on()
    second.bank()
    second.vat("ht")
    assert all(text in second.visitor.text for text in ("certificate.pdf", "Maelys", "HT", IBAN))
    number = second.finish()
    assert number in portal.mail(case.email, "Accusé de réception")
    validate(visit("gestionnaire1"), number)
    assert number in portal.mail(case.email, f"Votre demande d'enrôlement {number} est validée")
    log_in_first(portal, second.visitor, case.email)
    second.visitor.go("/segurnums/enrolements/")
    assert number in second.visitor.text


def test_a_third_party_with_a_mandate(portal, visit, pieces):
    case = known_to_the_world(portal, Case("man000001", "MANDATEE", siret(7_100_002), "MDV", "LGC"))
    case.joined = {"applicant": ("declarant_identity", "mandate")}
    applicant = Applicant(knowing(visit()), case, pieces)
    applicant.referencing()
    applicant.applicant(quality="mandate")
    applicant.bank()
    applicant.vat()
    applicant.visitor.look()
    assert all(text in applicant.visitor.text for text in ("Jean", "Employé de la personne morale", "mandate.pdf"))
    validate(knowing(visit("gestionnaire1")), applicant.finish())
    log_in_first(portal, applicant.visitor, case.email)


def test_an_mss_buyer(portal, visit, pieces):
    case = Case("mss000001", "ACHETEUSE", siret(7_100_003), "MSS", "MSS", holder=siret(7_100_009))
    case.joined = {"referencing": ("CONTRAT_OPERATEUR_V2",), "applicant": ("BON_COMMANDE_OPERATEUR",)}
    applicant = Applicant(knowing(visit()), known_to_the_world(portal, case), pieces)
    applicant.referencing()
    applicant.visitor.look()
    applicant.applicant()
    applicant.bank()
    applicant.vat()
    validate(knowing(visit("gestionnaire1")), applicant.finish())
    log_in_first(portal, applicant.visitor, case.email)
    assert "Ma demande d'avance" in applicant.page.content()


def test_a_further_software_from_the_supplier_s_space(portal, visit, pieces):
    case = known_to_the_world(portal, Case("sec000001", "LOGICIELS DU CABINET", "38042372300028", "MDV", "LGC"))
    applicant = Applicant(visit("fournisseur-a"), case, pieces)
    applicant.referencing(SPACE)
    assert "alice.martin" in applicant.visitor.text.lower() or "MARTIN" in applicant.visitor.text
    applicant.go_on()
    assert "FR76" in applicant.visitor.text
    applicant.go_on()
    applicant.vat()
    number = applicant.finish()
    validate(visit("gestionnaire1"), number)
    assert number in portal.mail("fournisseur-a@exemple.fr", "Un nouvel enrôlement est ouvert sur votre compte")
    applicant.visitor.go("/segurnums/enrolements/")
    row = applicant.page.locator("tr", has_text=number)
    assert "Validée" in row.inner_text()
    assert "COMPLEMENTAIRE" in row.inner_text()
