"""The complementary enrolment, from a supplier's space: the known is not asked again, what was begun waits there."""

import pytest
from flask import g

from app.domain.enums import BankAccountStatus, CompanyCheck, EnrolmentKind, EnrolmentStatus, PersonKind
from app.domain.vat import VatRegime
from app.extensions import db
from app.models.enrolment_drafts import EnrolmentDraft
from app.models.suppliers import Person
from app.services import suppliers
from tests import enrolling, factories
from tests.enrolling import draft, enrolled, errors, mails, pdf, referenced

HERE = "/segurnums/enrolements/complementaire"


@pytest.fixture
def company(session):
    """Enrolled for a first software, at 20 %; holder of those referenced for this SIRET."""
    made = factories.supplier(siret=enrolling.SIRET, name="EDITEUR CONNU")
    factories.enrolment(made, vat=VatRegime.TTC_20)
    return made


@pytest.fixture
def user(company):
    return factories.supplier_user(company)


@pytest.fixture
def space(login, user):
    client = login(user)

    class Space:
        def get(self, slug=""):
            return client.get(f"{HERE}/{slug}".rstrip("/"))

        def post(self, slug, **data):
            return client.post(f"{HERE}/{slug}", data=data, content_type="multipart/form-data")

        def to(self, step, **over):
            """Up to this step, open and not sent."""
            self.post("referencement", ans_number=over.pop("ans_number", None) or referenced(), act="search")
            sent = (("referencement", {"certificate": pdf("certificat.pdf")} | over), ("demandeur", {}),
                    ("coordonnees-bancaires", {}), ("taux-tva", {"vat": "ttc_20"}))  # fmt: skip
            for slug, data in sent[: step - 1]:
                answer = self.post(slug, **data)
                assert answer.status_code == 303, errors(answer)
            return self

        def finish(self, **over):
            return self.post("confirmation", act="finish", **enrolling.BOXES | over)

    return Space()


def test_it_is_filed_with_what_is_known_without_captcha_nor_identity(space, company, user):
    page = space.get().text
    assert all(text in page for text in ("Récapitulatif", company.siret, "EDITEUR CONNU", "N° unique de référencement"))
    space.to(5)
    assert "captcha" not in space.get("confirmation").text
    answer = space.finish()
    assert answer.location == f"{HERE}/confirmee"
    enrolment = enrolled()[-1]
    assert enrolment.number in space.get("confirmee").text
    assert (enrolment.kind, enrolment.status) == (EnrolmentKind.COMPLEMENTARY, EnrolmentStatus.IN_PROGRESS)
    assert (enrolment.supplier, enrolment.bank_account) == (company, suppliers.active_account(company.id))
    assert enrolment.company_check is CompanyCheck.VERIFIED
    assert enrolment.declared["representative_last_name"] == "MARTIN"
    assert enrolment.declared["is_representative"] == "oui"
    assert {piece.kind for piece in enrolment.pieces} == {"certificate"}
    (mail,) = mails("enrolment_filed")
    assert mail.recipient == user.email
    assert f"http://localhost/segurnums/enrolements/{enrolment.id}" in mail.body


def test_each_step_shows_what_is_known_and_the_vat_is_proposed(space, company):
    company.people.append(
        Person(kind=PersonKind.DECLARANT, last_name="PETIT", first_name="Jean", email="j@exemple.fr", phone="")
    )
    space.to(4)
    assert all(text in space.get("demandeur").text for text in ("EDITEUR CONNU", "MARTIN", "j@exemple.fr", "51100"))
    assert "FR7613135000800800267924623" in space.get("coordonnees-bancaires").text
    assert '<option selected value="ttc_20">' in space.get("taux-tva").text


def test_what_changed_meanwhile_is_what_is_filed(space, company):
    space.to(5)
    company.people[0].last_name = "DURAND"
    db.session.commit()
    assert "DURAND" in space.get("confirmation").text
    space.finish()
    assert enrolled()[-1].declared["representative_last_name"] == "DURAND"


def test_nothing_that_is_known_may_be_sent_otherwise(space):
    space.to(2)
    space.post("demandeur", name="AUTRE", representative_email="pirate@exemple.fr", number="1")
    space.post("coordonnees-bancaires", iban=enrolling.ACCOUNT["iban"], holder="PIRATE")
    space.post("taux-tva", vat="ttc_20")
    space.finish()
    declared = enrolled()[-1].declared
    assert (declared["name"], declared["number"], declared["holder"]) == ("EDITEUR CONNU", "", "EDITEUR CONNU")
    assert "pirate" not in str(declared)


def test_what_was_begun_waits_in_his_space_and_in_nobody_else_s(space, user, login):
    space.to(3)
    login(user)
    assert space.get().location == f"{HERE}/coordonnees-bancaires"
    assert "certificat.pdf" in space.get("referencement").text
    login(factories.supplier_user(user.supplier))
    assert space.get().status_code == 200
    assert "N° unique de référencement" in space.get().text


def test_leaving_erases_it(space):
    space.to(3).post("quitter")
    assert db.session.query(EnrolmentDraft).count() == 0


def test_another_may_be_begun_once_one_is_filed(space):
    space.to(5).finish()
    assert space.finish().location == f"{HERE}/confirmee"
    assert space.get().status_code == 200
    space.to(5).finish()
    assert [one.kind for one in enrolled()] == [EnrolmentKind.INITIAL, *[EnrolmentKind.COMPLEMENTARY] * 2]


def test_a_software_enrolled_already_is_told_at_its_number(space, company):
    mine = enrolled()[0]
    answer = space.post("referencement", ans_number=mine.referencing.ans_number, act="search")
    assert (answer.status_code, errors(answer)) == (422, ["ans_number"])
    assert mine.number in answer.text


def test_sas_enrols_once_from_the_space_too(login):
    company = factories.supplier()
    factories.enrolment(company, "SAS", status=EnrolmentStatus.IN_PROGRESS)
    client = login(factories.supplier_user(company))
    answer = client.post(f"{HERE}/referencement", data={"ans_number": referenced("SAS"), "act": "search"})
    assert "n&#39;admet qu&#39;un enrôlement par fournisseur" in answer.text


def test_a_distributor_joins_the_mandate_of_the_editor(space):
    space.to(2, ans_number=referenced(editor_siret=enrolling.OTHER_SIRET))
    assert errors(space.post("demandeur")) == ["MANDAT_EDITEUR"]
    assert space.post("demandeur", MANDAT_EDITEUR=pdf()).status_code == 303


def test_without_an_active_account_the_step_waits(space, company):
    suppliers.active_account(company.id).status = BankAccountStatus.INACTIVE
    db.session.commit()
    answer = space.to(3).post("coordonnees-bancaires")
    assert answer.status_code == 422
    assert "Aucune coordonnée bancaire n&#39;est active" in answer.text


def test_no_link_of_a_stranger_opens_it_and_a_stranger_is_sent_to_the_login(app, space):
    space.to(2)
    piece = draft().pieces[0].attachment_id
    assert space.get("reprendre/inconnu").status_code == 404
    g.pop("_login_user")
    other = app.test_client()
    assert other.get(HERE).location.startswith("/segurnums/connexion?next=")
    assert other.get(f"/segurnum/enrolement/pieces/{piece}").status_code == 404
