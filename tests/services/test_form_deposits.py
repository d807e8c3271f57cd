"""Deposits by form: one transaction makes a numbered, complete, acknowledged request; MSSanté avances are decided.

Guides « Dépôt d'une demande d'avance SAS », « Modification d'une demande de solde SAS », « Opérateur MSS ».
"""

import io
from decimal import Decimal as D

import pytest
import sqlalchemy as sa

from app.domain.enums import DocumentOrigin, PaymentState, Phase, RequestStatus, Role
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.domain.request_workflow import Action
from app.domain.vat import VatRegime
from app.exchange.form_answers import Refused
from app.extensions import db
from app.models.budget import Decision
from app.models.documents import Document, Letter
from app.models.dossiers import Dossier
from app.models.mails import Mail
from app.models.requests import Avenant
from app.services import actors, audit, corridor_versions, decisions, form_spaces, letters, request_view
from app.services import requests as request_service
from forms.form_requests import new_key
from tests import factories, files, lives
from tests.form_deposits import BOXES, CONTACT, SAS_AVANCE, counts, deposit, enrolled, envelope, pieces

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def sas(session):
    return enrolled("SAS")


@pytest.fixture
def mss(session):
    return enrolled("MSS")


def mails_of(avenant):
    query = sa.select(Mail.event).where(Mail.request_id == avenant.request_id).order_by(Mail.id)
    return db.session.scalars(query).all()


def events_of(avenant):
    return [entry.action for entry in reversed(audit.entries_of("request", avenant.number))]


def validated(avenant):
    request_service.act(avenant, Action.VALIDATE, actors.of(factories.user(Role.OFFICER)))
    return avenant.amount


def paid(avenant):
    lives.paid(avenant, code=f"ENV-{avenant.number}", amount="1000000.00")
    return avenant


def count(model):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


# --- SAS


def test_an_avance_is_en_cours_at_once_with_its_three_pieces_and_its_receipt(sas):
    avenant = deposit(sas, Phase.AVANCE, sent=pieces(*SAS_AVANCE))
    assert avenant.number == f"{avenant.dossier.number}M0"
    assert avenant.number.startswith("FINSAS")
    assert (avenant.status, avenant.payment_state) == (RequestStatus.IN_PROGRESS, PaymentState.NONE)
    given = request_view.present(avenant).documents
    assert [(one.kind, one.origin) for one in given] == [(code, DocumentOrigin.SUPPLIER) for code in SAS_AVANCE]
    assert mails_of(avenant) == ["Accusé de réception d'une demande"]
    db.session.commit()
    assert "Déposer la demande" in events_of(avenant)


@pytest.mark.parametrize(
    ("vat", "avance", "solde"),
    [
        (VatRegime.HT, "30000.00", "70000.00"),
        (VatRegime.TTC_20, "36000.00", "84000.00"),
        (VatRegime.TTC_8_5, "32550.00", "75950.00"),
    ],
)
def test_both_instalments_are_fixed_under_the_vat_of_the_enrolment(vat, avance, solde):
    who = enrolled("SAS", vat)
    first = paid(deposit(who, Phase.AVANCE, sent=pieces(*SAS_AVANCE)))
    assert first.amount == D(avance)
    second = deposit(who, Phase.SOLDE, CONTACT, pieces("PV_VSR"))
    assert second.number == f"{first.dossier.number}M1"
    assert second.declared == CONTACT
    assert validated(second) == D(solde)


def test_a_second_dossier_is_refused_for_ever_even_after_a_rejection(sas):
    first = deposit(sas, Phase.AVANCE, sent=pieces(*SAS_AVANCE))
    with pytest.raises(Conflict, match=first.number):
        deposit(sas, Phase.AVANCE, sent=pieces(*SAS_AVANCE))
    request_service.act(first, Action.REJECT, actors.of(factories.user(Role.OFFICER)), comment="Illisible.")
    with pytest.raises(Conflict, match=first.number):
        deposit(sas, Phase.AVANCE, sent=pieces(*SAS_AVANCE))
    assert count(Dossier) == 1


def test_the_only_dossier_is_his_whichever_enrolment_he_uses(sas):
    enrolment, user = sas
    other = factories.enrolment(enrolment.supplier, code="SAS")
    number = deposit(sas, Phase.AVANCE, sent=pieces(*SAS_AVANCE)).dossier.number
    with pytest.raises(Conflict, match=number):
        deposit((other, user), Phase.AVANCE, sent=pieces(*SAS_AVANCE))


def test_the_same_page_sent_twice_gives_the_same_request(sas):
    key = new_key()
    first = deposit(sas, Phase.AVANCE, sent=pieces(*SAS_AVANCE), key=key)
    assert deposit(sas, Phase.AVANCE, sent=pieces(*SAS_AVANCE), key=key) is first
    assert mails_of(first) == ["Accusé de réception d'une demande"]
    other = pieces(*SAS_AVANCE) | {SAS_AVANCE[0]: ("autre.png", io.BytesIO(files.image()))}
    with pytest.raises(Conflict, match="déjà servi"):
        deposit(sas, Phase.AVANCE, sent=other, key=key)


def test_a_missing_and_a_wrong_piece_are_named_each_at_its_field_and_nothing_is_kept(sas):
    sent = pieces(SAS_AVANCE[0]) | {SAS_AVANCE[1]: ("attestation.pdf", io.BytesIO(b"MZ"))}
    with pytest.raises(Refused) as refusal:
        deposit(sas, Phase.AVANCE, sent=sent)
    assert set(refusal.value.pieces) == {SAS_AVANCE[1], SAS_AVANCE[2]}
    assert "attestation.pdf" in refusal.value.pieces[SAS_AVANCE[1]]
    assert (count(Avenant), count(Document), count(Mail)) == (0, 0, 0)


def test_a_solde_waits_for_a_paid_avance_and_closes_at_its_date(sas, frozen):
    with pytest.raises(RuleBroken, match="Aucune demande d'avance"):
        solde_of(sas)
    avance = deposit(sas, Phase.AVANCE, sent=pieces(*SAS_AVANCE))
    with pytest.raises(RuleBroken, match="n'est pas encore décidée et payée"):
        solde_of(sas)
    paid(avance)
    version = corridor_versions.in_force("SAS")
    (closes,) = {one.closes_at for one in corridor_versions.spec_of(version).windows}
    frozen.move_to(closes.date(), closes.time())
    with pytest.raises(RuleBroken, match="clos depuis le"):
        solde_of(sas)
    assert count(Avenant) == 1


def test_an_avance_asked_back_whole_has_no_solde(sas):
    avance = deposit(sas, Phase.AVANCE, sent=pieces(*SAS_AVANCE))
    paid(avance)
    order = lives.asked_back(avance, str(avance.amount))
    with pytest.raises(RuleBroken, match=f"ordre de recouvrement total {order.number}"):
        solde_of(sas)


def solde_of(who):
    return deposit(who, Phase.SOLDE, CONTACT, pieces("PV_VSR"))


def test_a_rejected_solde_is_deposited_again_under_its_number(sas):
    paid(deposit(sas, Phase.AVANCE, sent=pieces(*SAS_AVANCE)))
    first = solde_of(sas)
    with pytest.raises(Conflict, match=first.number):
        solde_of(sas)
    request_service.act(first, Action.REJECT, actors.of(factories.user(Role.OFFICER)), comment="Illisible.")
    again = solde_of(sas)
    assert (again.number, again.ordinal, again.is_current) == (first.number, 1, True)
    assert not first.is_current


def test_nobody_deposits_for_another_nor_before_his_enrolment_is_validated(sas):
    enrolment, _ = sas
    stranger = factories.supplier_user()
    with pytest.raises(NotAllowed):
        deposit((enrolment, stranger), Phase.AVANCE, sent=pieces(*SAS_AVANCE))
    enrolment.status = "in_progress"
    db.session.flush()
    with pytest.raises(RuleBroken, match="est au statut « En cours »"):
        deposit(sas, Phase.AVANCE, sent=pieces(*SAS_AVANCE))


# --- Opérateur MSSanté


@pytest.mark.parametrize(
    ("vat", "amount"),
    [(VatRegime.HT, "6666.67"), (VatRegime.TTC_20, "8000.00"), (VatRegime.TTC_8_5, "7233.34")],
)
def test_an_operators_avance_is_decided_at_once_on_the_envelope(vat, amount):
    money = envelope()
    avenant = deposit(enrolled("MSS", vat), Phase.AVANCE, counts())
    assert (avenant.status, avenant.payment_state) == (RequestStatus.DECIDED, PaymentState.PENDING)
    assert avenant.amount == D(amount)
    assert money.used == D(amount)
    decision = db.session.get_one(Decision, avenant.decision_id)
    assert (decision.decided_by_id, decision.total) == (None, D(amount))
    assert mails_of(avenant) == ["Accusé de réception d'une demande", "Demande validée", "Demande décidée"]


def test_the_decision_of_an_operator_is_a_pdf_of_the_agency(mss):
    envelope()
    avenant = deposit(mss, Phase.AVANCE, counts())
    assert count(Letter) == 1
    assert letters.make_pending() == 1
    (piece,) = request_view.present(avenant).documents
    assert piece.kind == f"decision_attribution_{avenant.number}"
    assert piece.origin is DocumentOrigin.AGENCY
    assert avenant.first_instructed_at is not None


@pytest.mark.parametrize(("corridor_code", "amount"), [("MSS", "7999.99"), ("MDV", "100000.00"), (None, None)])
def test_without_money_on_an_envelope_it_stays_validated(mss, corridor_code, amount):
    money = envelope(corridor_code, amount) if amount else None
    avenant = deposit(mss, Phase.AVANCE, counts())
    assert (avenant.status, avenant.payment_state) == (RequestStatus.VALIDATED, PaymentState.NONE)
    assert avenant.amount == D("8000.00")
    assert money is None or money.used == 0
    assert mails_of(avenant) == ["Accusé de réception d'une demande", "Demande validée"]


def test_the_corridors_own_money_is_taken_before_the_common_one(mss):
    common, own = envelope(None), envelope()
    deposit(mss, Phase.AVANCE, counts())
    assert (own.used, common.used) == (D("8000.00"), 0)


@pytest.mark.parametrize(("number", "solde"), [(10, "1009.92"), (0, "0.00"), (100_000, "292000.00")])
def test_an_operators_solde_is_the_capped_formula_less_his_avance(mss, number, solde):
    """MSS 10/10/10 at 20 %: 9 009,92 engaged; capped at 250 000 € HT."""
    envelope()
    avance = deposit(mss, Phase.AVANCE, counts(7))
    lives.pay(avance)
    second = deposit(mss, Phase.SOLDE, counts(number, Phase.SOLDE), pieces("MSS_RESU_TEST_TECH", "MSS_GUIDE_PDF_API"))
    assert second.status is RequestStatus.IN_PROGRESS
    assert second.declared["counts"] == dict.fromkeys(BOXES, number)
    assert validated(second) == D(solde)


def test_a_solde_of_nought_waits_for_no_transfer(mss):
    money = envelope()
    lives.pay(deposit(mss, Phase.AVANCE, counts()))
    solde = deposit(mss, Phase.SOLDE, counts(0, Phase.SOLDE), pieces("MSS_RESU_TEST_TECH", "MSS_GUIDE_PDF_API"))
    assert validated(solde) == 0
    decisions.decide(money, [(solde.id, solde.version)], actors.of(factories.user(Role.DECIDER)))
    assert "il n'y a rien à payer" in request_view.present(solde).next_step


def test_the_same_form_says_what_it_is_worth(mss, sas):
    assert form_spaces.instalment(form_spaces.of(mss[0]), Phase.AVANCE) == D("8000.00")
    assert form_spaces.instalment(form_spaces.of(mss[0]), Phase.SOLDE) is None
    assert form_spaces.instalment(form_spaces.of(sas[0]), Phase.AVANCE) == D("36000.00")
    assert form_spaces.instalment(form_spaces.of(sas[0]), Phase.SOLDE) == D("84000.00")
