"""The public enrolment: four ways to file one, what is kept, what is refused and where."""

import datetime as dt

import pytest

from app.adapters import sirene
from app.domain import limits
from app.domain.enums import CompanyCheck, EnrolmentKind, EnrolmentStatus, Role
from app.domain.errors import Unavailable
from app.extensions import db
from app.models.attachments import Attachment
from app.models.enrolment_drafts import EnrolmentDraft
from app.services import actors, captchas, enrolment_companies, enrolment_drafts, enrolments, ports
from tests import enrolling, factories, files
from tests.admin_views.supplier.deposits import in_one_body
from tests.conftest import TODAY
from tests.enrolling import HERE, Journey, draft, enrolled, errors, link, mails, pdf, referenced


@pytest.fixture(autouse=True)
def easy_captcha(session, monkeypatch):
    enrolling.fix_captcha(monkeypatch)


@pytest.fixture
def journey(client):
    return Journey(client, referenced())


class Down:
    def company(self, siret):
        raise Unavailable("Le répertoire SIRENE ne répond pas.")


@pytest.fixture
def sirene_down(monkeypatch):
    monkeypatch.setattr(ports.get(), "companies", Down())


def kinds():
    return {piece.kind for piece in enrolled()[-1].pieces}


# ── the ways to file one ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_representative_files_an_enrolment(client, journey):
    answer = journey.to(5).finish()
    assert answer.status_code == 303
    (enrolment,) = enrolled()
    page = client.get(answer.location).text
    assert "Demande d'enrôlement validée. Le numéro de votre demande est le" in page
    assert enrolment.number in page
    assert (enrolment.kind, enrolment.status) == (EnrolmentKind.INITIAL, EnrolmentStatus.IN_PROGRESS)
    assert enrolment.company_check is CompanyCheck.VERIFIED
    assert enrolment.declared["representative_last_name"] == "Martin"
    assert kinds() == {"certificate", "representative_identity", "bank_details"}
    (mail,) = mails("enrolment_filed")
    assert mail.recipient == "maelys@exemple.fr"
    assert enrolment.number in mail.subject
    followed = client.get(link(mail)).text
    assert enrolment.number in followed
    assert "Rien ne vous est demandé" in followed


def test_a_third_party_with_a_mandate(journey):
    journey.applicant = enrolling.DECLARANT | {
        "quality": "mandate", "declarant_identity": pdf("cni2.pdf"), "mandate": pdf("mandat.pdf"),
    }  # fmt: skip
    journey.to(5).finish()
    assert kinds() == {"certificate", "representative_identity", "declarant_identity", "mandate", "bank_details"}
    assert mails("enrolment_filed")[0].recipient == "jean@exemple.fr"


def test_an_mss_buyer_joins_the_contract_and_the_order(client):
    ans = referenced("MSS", editor_siret=enrolling.OTHER_SIRET)
    buyer = Journey(client, ans, referencing={"CONTRAT_OPERATEUR_V2": pdf("contrat.pdf")})
    buyer.applicant = {"BON_COMMANDE_OPERATEUR": pdf("bon.pdf")}
    buyer.to(5).finish()
    assert {"CONTRAT_OPERATEUR_V2", "BON_COMMANDE_OPERATEUR"} <= kinds()


def test_an_mss_developer_joins_no_order(client):
    Journey(client, referenced("MSS"), referencing={"CONTRAT_OPERATEUR_V2": pdf()}).to(5).finish()
    assert "BON_COMMANDE_OPERATEUR" not in kinds()


def test_a_distributor_joins_the_mandate_of_the_editor(client):
    journey = Journey(client, referenced(editor_siret=enrolling.OTHER_SIRET)).to(2)
    journey.search()
    assert errors(journey.step_2()) == ["MANDAT_EDITEUR"]
    assert journey.step_2(MANDAT_EDITEUR=pdf()).status_code == 303


def test_another_name_asks_for_the_kbis(journey):
    journey.to(2).search()
    assert errors(journey.step_2(name="AUTRE NOM")) == ["kbis"]
    assert journey.step_2(name="AUTRE NOM", kbis=pdf("kbis.pdf")).status_code == 303
    journey.step_3()
    journey.step_4()
    journey.finish()
    assert enrolled()[0].company_check is CompanyCheck.DIFFERS


def test_ht_asks_for_the_certificate_of_the_tax_office(journey):
    journey.to(4)
    assert errors(journey.step_4(vat="ht")) == ["not_liable"]
    assert journey.step_4(vat="ht", not_liable=pdf()).status_code == 303


def test_a_piece_no_longer_asked_goes_with_its_file(journey):
    journey.to(4).step_4(vat="ht", not_liable=pdf())
    journey.step_4(vat="ttc_20")
    journey.finish()
    assert "not_liable" not in kinds()
    assert db.session.query(Attachment).count() == 3


def test_what_is_validated_becomes_the_supplier(journey):
    journey.to(5).finish()
    (enrolment,) = enrolled()
    assert enrolment.supplier.people == []
    enrolments.validate(enrolment, actors.of(factories.user(Role.OFFICER)))
    assert [person.email for person in enrolment.supplier.people] == ["maelys@exemple.fr"]
    assert enrolment.bank_account.status == "active"
    assert enrolment.bank_account.iban == "FR7613135000800800267924623"


# ── what is kept ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_session_that_ends_in_the_middle_of_step_3_is_resumed_by_the_link(app, journey):
    journey.to(3)
    typed = {"iban": "FR76 1313", "holder": "MARTIN", "bank_details": pdf("rib.pdf"), "act": "save"}
    assert journey.post("coordonnees-bancaires", **typed).status_code == 200
    other = app.test_client()
    assert other.get(f"{HERE}/coordonnees-bancaires").status_code == 303
    resumed = other.get(link(mails("enrolment_draft")[0]), follow_redirects=True)
    assert resumed.request.path == f"{HERE}/coordonnees-bancaires"
    assert all(text in resumed.text for text in ('value="FR76 1313"', 'value="MARTIN"', "rib.pdf"))
    applicant = other.get(f"{HERE}/demandeur").text
    assert all(text in applicant for text in ('value="Maelys"', 'value="13700"', "cni.pdf"))
    assert "certificat.pdf" in other.get(f"{HERE}/referencement").text


def test_a_refused_step_keeps_what_was_right_and_its_files(journey):
    journey.to(3)
    answer = journey.step_3(iban="FR7613135000800800267924624")
    assert (answer.status_code, errors(answer)) == (422, ["iban"])
    assert "rib.pdf" in answer.text
    again = journey.step_3(bank_details=(pdf()[0], ""))
    assert again.status_code == 303


def test_another_number_keeps_all_that_does_not_depend_on_it(journey):
    journey.to(4)
    other = referenced()
    asked = journey.post("referencement", act="reset")
    assert (asked.status_code, 'name="ans_number"' in asked.text) == (200, True)
    assert draft().answers["ans_number"] == journey.ans_number, "until another is found"
    refused = journey.post("referencement", ans_number="inconnu99", act="search")
    assert (refused.status_code, errors(refused)) == (422, ["ans_number"])
    assert len(enrolment_drafts.held_of(draft())) == 3
    assert journey.post("referencement", ans_number=other, act="search").status_code == 303
    assert (draft().answers["ans_number"], draft().answers["siret"]) == (other, enrolling.SIRET)
    assert draft().answers["iban"] == enrolling.ACCOUNT["iban"]
    assert set(enrolment_drafts.held_of(draft())) == {"representative_identity", "bank_details"}
    assert draft().furthest_step == 1


def test_the_same_number_found_again_loses_nothing(journey):
    journey.to(4).post("referencement", ans_number=journey.ans_number, act="search")
    assert (draft().furthest_step, len(enrolment_drafts.held_of(draft()))) == (4, 3)


def test_another_company_keeps_the_people_just_typed(journey):
    journey.to(2).search()
    assert journey.step_2(representative_last_name="Durand", act="reset").location == f"{HERE}/demandeur"
    assert {"siret", "city"}.isdisjoint(draft().answers)
    assert draft().answers["representative_last_name"] == "Durand"
    assert "representative_identity" in enrolment_drafts.held_of(draft())


def test_the_search_sent_twice_shows_the_company_found(journey):
    journey.to(2).search()
    assert journey.search(captcha="a déjà servi").location == f"{HERE}/demandeur"


def test_leaving_erases_everything(client, journey):
    journey.to(3)
    assert client.post(f"{HERE}/quitter").status_code == 303
    assert db.session.query(EnrolmentDraft).count() == db.session.query(Attachment).count() == 0


def test_an_old_draft_is_purged_and_its_link_dies(app, journey, frozen):
    journey.to(3)
    frozen.move_to(TODAY + dt.timedelta(limits.ENROLMENT_DRAFT_DAYS + 1))
    assert app.test_client().get(link(mails("enrolment_draft")[0])).status_code == 404
    assert enrolment_drafts.sweep() == 1
    assert db.session.query(Attachment).count() == 0


def test_a_link_sent_to_a_wrong_address_opens_nothing_once_another_is_given(app, journey):
    journey.to(3).step_2(representative_email="autre@exemple.fr", representative_email_again="autre@exemple.fr")
    first, second = mails("enrolment_draft")
    assert second.recipient == "autre@exemple.fr"
    assert app.test_client().get(link(first)).status_code == 404
    assert app.test_client().get(link(second)).status_code == 303


def test_an_unconfirmed_address_is_sent_nothing(journey):
    journey.to(2).search()
    journey.step_2(representative_email_again="autre@exemple.fr", act="save")
    assert mails("enrolment_draft") == []


def test_another_s_draft_and_files_are_not_found(app, journey):
    journey.to(2)
    other = app.test_client()
    piece = enrolment_drafts.held_of(draft())["certificate"].attachment_id
    assert other.get(f"{HERE}/reprendre/inconnu").status_code == 404
    assert other.get(f"{HERE}/pieces/{piece}").status_code == 404
    mine = journey.client.get(f"{HERE}/pieces/{piece}")
    assert mine.data.startswith(b"%PDF-")
    mine.close()


@pytest.mark.parametrize("slug", ["coordonnees-bancaires", "taux-tva", "confirmation"])
def test_a_step_cannot_be_skipped_by_its_address(client, journey, slug):
    journey.to(2)
    answer = client.get(f"{HERE}/{slug}")
    assert answer.location == f"{HERE}/demandeur"
    assert journey.post(slug).status_code == 409


def test_a_step_undone_closes_those_after_it(client, journey):
    journey.to(5).step_3(iban="")
    assert client.get(f"{HERE}/confirmation").location == f"{HERE}/coordonnees-bancaires"
    assert journey.finish().status_code == 409
    assert enrolled() == []


def test_finishing_twice_gives_one_number(journey):
    journey.to(5)
    assert journey.finish().location == journey.finish().location
    assert (len(enrolled()), len(mails("enrolment_filed"))) == (1, 1)


# ── the company ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("over", [{"captcha": "faux"}, {"captcha_token": "1.aa"}, {"captcha": ""}])
def test_nothing_is_looked_up_without_the_captcha(journey, monkeypatch, over):
    asked = []
    monkeypatch.setattr(sirene.OfflineTable, "company", lambda self, siret: asked.append(siret))
    answer = journey.to(2).search(**over)
    assert answer.status_code == 422
    assert 'id="captcha-error"' in answer.text
    assert f'value="{enrolling.SIRET}"' in answer.text
    assert asked == []


def test_a_captcha_serves_once(journey):
    token = captchas.issue()
    journey.to(2).search(captcha_token=token, siret="73282932000074")
    assert 'id="captcha-error"' in journey.search(captcha_token=token).text


@pytest.mark.parametrize(
    ("siret", "said"),
    [
        ("47992882200060", "la clé de ce SIRET est fausse"),
        ("123", "14 chiffres"),
        ("73282932000074", "fermé"),
        (factories.siret(99), "inconnu du répertoire"),
        ("", "Saisissez le numéro de SIRET"),
        ("<script>", "SIRET"),
    ],
)
def test_a_wrong_siret_is_told_at_its_field(journey, siret, said):
    answer = journey.to(2).search(siret=siret)
    assert (answer.status_code, errors(answer)) == (422, ["siret"])
    assert said in answer.text


def test_going_on_without_searching_is_told(journey):
    answer = journey.to(2).post("demandeur", siret=enrolling.SIRET)
    assert (answer.status_code, errors(answer)) == (422, ["siret"])


def test_when_sirene_is_down_the_person_types_and_a_job_checks(journey, sirene_down, monkeypatch):
    journey.applicant = {"name": "ASSOCIATION SERVICES MEDIATION", "street": "DE FIGUERAS", "postcode": "13700",
                         "city": "St Victoret"}  # fmt: skip
    journey.to(5).finish()
    (enrolment,) = enrolled()
    assert enrolment.company_check is CompanyCheck.TO_VERIFY
    assert enrolment_companies.check_pending() == 0
    monkeypatch.setattr(ports.get(), "companies", sirene.OfflineTable())
    assert enrolment_companies.check_pending() == 1
    assert enrolment.company_check is CompanyCheck.VERIFIED


def test_nothing_is_held_while_the_register_is_asked(journey, monkeypatch):
    held = []
    register = ports.get().companies

    class Watched:
        def company(self, siret):
            held.append(db.session().in_transaction())
            return register.company(siret)

    monkeypatch.setattr(ports.get(), "companies", Watched())
    journey.to(3)
    assert held == [False]


def test_nothing_is_held_while_the_antivirus_reads(journey, monkeypatch):
    held = []
    antivirus = ports.get().scanner

    class Watched:
        def scan(self, content, name):
            held.append(db.session().in_transaction())
            return antivirus.scan(content, name)

    monkeypatch.setattr(ports.get(), "scanner", Watched())
    journey.to(4)
    assert held == [False] * 3


def test_the_register_s_address_is_not_typed_over(journey):
    journey.to(2).search()
    journey.step_2(postcode="75001", city="PARIS")
    assert (draft().answers["postcode"], draft().answers["city"]) == ("13700", "ST VICTORET")


def test_the_same_siret_and_number_twice_is_told_with_its_state(app, journey):
    journey.to(5).finish()
    answer = Journey(app.test_client(), journey.ans_number).to(2).search()
    assert f"{enrolled()[0].number}, « En cours »" in answer.text


def test_two_drafts_of_one_company_are_filed_once(app, journey):
    other = Journey(app.test_client(), journey.ans_number).to(5)
    journey.to(5).finish()
    answer = other.finish()
    assert answer.status_code == 422
    assert "existe déjà pour ce SIRET" in answer.text
    assert len(enrolled()) == 1


def test_after_a_rejection_the_company_may_enrol_again(app, journey):
    journey.to(5).finish()
    enrolled()[0].status = EnrolmentStatus.REJECTED
    db.session.commit()
    assert Journey(app.test_client(), journey.ans_number).to(5).finish().status_code == 303
    assert len(enrolled()) == 2


def test_a_company_already_enrolled_is_sent_to_its_space(journey):
    factories.enrolment(factories.supplier(siret=enrolling.SIRET))
    db.session.commit()
    answer = journey.to(2).search()
    assert "connectez-vous à votre espace personnel" in answer.text


def test_sas_enrols_once(client):
    factories.enrolment(factories.supplier(siret=enrolling.SIRET), "SAS", status=EnrolmentStatus.IN_PROGRESS)
    db.session.commit()
    answer = Journey(client, referenced("SAS")).to(2).search()
    assert "n&#39;admet qu&#39;un enrôlement par fournisseur" in answer.text


# ── bad input ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_number_the_ans_never_gave(client, journey):
    answer = journey.post("referencement", ans_number="inconnu99", act="search")
    assert (answer.status_code, errors(answer)) == (422, ["ans_number"])
    assert 'value="inconnu99"' in answer.text
    assert db.session.query(EnrolmentDraft).count() == 0


@pytest.mark.parametrize("bad", ["", "x" * 300, "a\u0007b", "😀", "<script>alert(1)</script>", "a\u202eb"])
@pytest.mark.parametrize("name", ["trade_name", "representative_last_name", "representative_email"])
def test_a_bad_text_is_refused_at_its_field(journey, name, bad):
    journey.to(2).search()
    answer = journey.step_2(**{name: bad})
    assert answer.status_code == 422
    assert name in errors(answer)
    assert 'role="alert"' in answer.text
    assert "<script>alert" not in answer.text
    assert 'value="Maelys"' in answer.text


@pytest.mark.parametrize(
    ("step", "over", "field"),
    [
        ("step_2", {"representative_phone": "0326212"}, "representative_phone"),
        ("step_2", {"representative_email_again": "autre@exemple.fr"}, "representative_email_again"),
        ("step_2", {"representative_email": "nulle part"}, "representative_email"),
        ("step_2", {"is_representative": ""}, "is_representative"),
        ("step_2", enrolling.DECLARANT, "quality"),
        ("step_3", {"iban": "FR7613135000800800267924624"}, "iban"),
        ("step_3", {"bic": "DEUTDEFF"}, "bic"),
        ("step_3", {"bic": "CEPA"}, "bic"),
        ("step_3", {"holder": ""}, "holder"),
        ("step_4", {"vat": ""}, "vat"),
        ("step_4", {"vat": "19"}, "vat"),
    ],
)
def test_each_fault_stands_at_its_field(journey, step, over, field):
    number = int(step[-1])
    journey.to(number)
    if number == 2:
        journey.search()
    answer = getattr(journey, step)(**over)
    assert answer.status_code == 422
    assert field in errors(answer)


def test_a_file_of_4_mb_and_a_byte_is_refused_at_its_field(journey):
    journey.to(3)
    big = b"%PDF-" + b"0" * (limits.PIECE_BYTES - 4)
    body = in_one_body(big, enrolling.ACCOUNT)
    body["data"] = body["data"].replace(b'name="file"; filename="gros.json"', b'name="bank_details"; filename="g.pdf"')
    answer = journey.client.post(f"{HERE}/coordonnees-bancaires", **body)
    assert (answer.status_code, errors(answer)) == (422, ["bank_details"])
    assert "4 Mo" in answer.text


@pytest.mark.parametrize(
    "file",
    [
        ("faux.png", files.pdf()),
        ("chiffre.pdf", files.encrypted("secret")),
        ("script.pdf", files.pdf(files.with_opening_script)),
        ("immense.png", files.png_header(20_000, 20_000)),
        ("virus.exe", b"MZ"),
        ("vide.pdf", b""),
    ],
    ids=lambda one: one[0],
)
def test_a_bad_file_is_refused_at_its_field(journey, file):
    name, content = file
    answer = journey.to(3).step_3(bank_details=pdf(name, content))
    assert (answer.status_code, errors(answer)) == (422, ["bank_details"])


def test_the_bank_is_proposed_and_never_typed_over(journey):
    journey.to(3).step_3(bic="", bank_name="")
    assert draft().answers["bic"] == "CEPAFRPPXXX"
    assert draft().answers["bank_name"].startswith("CAISSE D'EPARGNE")
    journey.step_3(bic="CEPAFRPP313", bank_name="CE MID PYRENEES TOULOUSE")
    assert (draft().answers["bic"], draft().answers["bank_name"]) == ("CEPAFRPP313", "CE MID PYRENEES TOULOUSE")


@pytest.mark.parametrize("box", ["terms", "penal_code", "sincere"])
def test_each_box_must_be_ticked(journey, box):
    answer = journey.to(5).finish(**{box: ""})
    assert (answer.status_code, errors(answer)) == (422, [box])
    assert enrolled() == []


def test_the_last_captcha_is_asked_too(journey):
    answer = journey.to(5).finish(captcha="faux")
    assert 'id="captcha-error"' in answer.text
    assert enrolled() == []


@pytest.mark.parametrize("name", ["modele-de-mandat", "modele-contrat-de-prestation"])
def test_the_models_are_accessible_pdfs(client, session, name):
    answer = client.get(f"{HERE}/modeles/{name}.pdf")
    assert answer.mimetype == "application/pdf"
    assert b"pdfuaid" in answer.data or b"StructTreeRoot" in answer.data
    assert client.get(f"{HERE}/modeles/autre.pdf").status_code == 404


def test_consulter_shows_everything_entered(app, journey, login):
    journey.to(5).finish()
    (enrolment,) = enrolled()
    page = login(factories.supplier_user(enrolment.supplier)).get(f"/segurnums/enrolements/{enrolment.id}").text
    typed = (
        "Martin",
        "Maelys",
        "SERVICES",
        "CENTRE CIAL LE SAINT PIERRE",
        "0326212121",
        "rib.pdf",
        "cni.pdf",
        "CEPAFRPP313",
    )
    assert [text for text in typed if text not in page] == []
