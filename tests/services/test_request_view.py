"""The page of a request, as its presenter composes it."""

import datetime as dt
from decimal import Decimal

import pytest

from app.domain.enums import DocumentOrigin, LetterKind, PaymentState, Phase, RequestStatus, Role
from app.domain.request_workflow import Action
from app.domain.vat import VatRegime
from app.extensions import db
from app.models.documents import Letter
from app.models.requests import Scenario
from app.services import actors, budget, clock, decisions, payments, request_view, supplier_scope
from app.services import requests as request_service
from tests import factories
from tests.factories import DECLARED_MDV, document


def facts(view):
    return {fact.label: fact.value for fact in view.information}


@pytest.fixture
def officer(session):
    return actors.of(factories.user(Role.OFFICER))


def test_the_guides_request_shows_its_four_amounts_once_instructed(officer):
    avenant = factories.avenant()
    request_service.act(avenant, Action.ASK_DOCUMENT, officer, comment="le bon de commande signé")
    shown = request_view.present(avenant).information
    assert [fact.value for fact in shown[-4:]] == ["1074,99", "1074,99", "1074,99", "322,50"]
    assert all(fact.tip for fact in shown[-4:])
    assert facts(request_view.present(avenant))["Régime TVA"] == "Hors taxe"
    assert facts(request_view.present(avenant))["Taux TVA"] == "0%"


def test_before_a_first_instruction_only_the_declared_amount_is_shown(session):
    shown = facts(request_view.present(factories.avenant()))
    assert shown["Montant SEGUR total hors taxe déclaré lors de l'avance"] == "1074,99"
    assert not any("retenu" in label or "décidé" in label for label in shown)


def test_the_mandataire_shows_under_his_tick_and_an_unticked_one_hides_his_data(session):
    ticks = request_view.present(factories.avenant(declared=DECLARED_MDV)).beneficiaries.ticks
    mandataire, unique = ticks
    assert (mandataire.ticked, unique.ticked) == (True, False)
    assert [fact.value for fact in mandataire.facts] == ["GROUPEMENT", "groupe@exemple.fr", "0326212121"]
    empty = request_view.present(factories.avenant()).beneficiaries.ticks
    assert [tick.facts for tick in empty] == [(), ()]


def test_the_identifier_column_is_named_by_the_corridor(session):
    mdv = request_view.present(factories.avenant())
    hop = request_view.present(factories.avenant(factories.enrolment(code="HOP"), beneficiaries=[]))
    assert mdv.beneficiaries.identifier_label == "RPPS"
    assert hop.beneficiaries.identifier_label == "Numéro PMSI"


def test_the_scenario_is_ticked_when_true_and_bold_when_controlled_against_profiles(session):
    avenant = factories.avenant(scenarios=[Scenario(position=1, answers=DECLARED_MDV["scenarioInstallation"])])
    scenario = request_view.present(avenant).scenario
    by_label = {tick.label: tick for tick in scenario.ticks}
    health_centre = by_label["La commande concerne un centre de santé"]
    assert (health_centre.ticked, health_centre.checked_against_profiles) == (True, True)
    direct = by_label["Les documents de santé sont envoyés directement vers le DMP"]
    assert (direct.ticked, direct.checked_against_profiles) == (False, False)
    assert [fact.value for fact in scenario.facts] == ["API_35"]


def test_a_solde_says_which_beneficiaries_were_in_the_avance(session):
    avance = factories.avenant(doctors=2)
    solde = factories.avenant(avance.dossier.enrolment, dossier=avance.dossier, phase=Phase.SOLDE, doctors=2)
    solde.beneficiaries[0].identifier = avance.beneficiaries[0].identifier
    db.session.flush()
    block = request_view.present(solde).beneficiaries
    assert [row.in_avance for row in block.page.rows] == [True, False]
    assert block.missing == (f"MEDECIN 2 ({avance.beneficiaries[1].identifier})",)
    assert (block.added, block.matches) == (1, False)
    assert request_view.present(avance).beneficiaries.compared is False


def test_a_solde_for_the_same_beneficiaries_says_they_match(session):
    avance = factories.avenant(doctors=2)
    solde = factories.avenant(avance.dossier.enrolment, dossier=avance.dossier, phase=Phase.SOLDE, doctors=2)
    for mine, theirs in zip(solde.beneficiaries, avance.beneficiaries, strict=True):
        mine.identifier = theirs.identifier
    db.session.flush()
    block = request_view.present(solde).beneficiaries
    assert (block.compared, block.matches, block.missing, block.added) == (True, True, (), 0)


def test_a_form_shows_its_rate_its_avance_and_its_answers_and_no_amount_declared_in_a_file(session):
    enrolment = factories.enrolment(code="MSS", vat=VatRegime.TTC_20)
    counts = {"applicative": 10, "applicativeEstimee": 12}
    view = request_view.present(factories.avenant(enrolment, declared=counts, doctors=0))
    shown = facts(view)
    assert shown["Taux de TVA applicable"] == "20%"
    assert shown["Montant fixe éligible pour l'opérateur"] == "8000,00"
    assert shown["Nombre de BAL applicatives estimées à la date de clôture"] == "12"
    assert not {"N° éditeur", "Date de la commande", "Régime TVA"} & shown.keys()
    assert not any("JSON" in fact.tip for fact in view.information)
    assert (view.beneficiaries, view.scenario, view.rest) == (None, None, ())


def test_the_contact_of_a_sas_solde_is_shown_with_what_is_retained_and_decided(session, officer):
    enrolment = factories.enrolment(code="SAS", vat=VatRegime.HT)
    avance = factories.avenant(enrolment, declared_ht=Decimal("100000"), doctors=0)
    solde = factories.avenant(
        enrolment, dossier=avance.dossier, phase=Phase.SOLDE, declared={"contact": "aide@exemple.fr"},
        declared_ht=Decimal("100000"), doctors=0,
    )  # fmt: skip
    request_service.act(solde, Action.ASK_AMENDMENT, officer, comment="le contact")
    shown = facts(request_view.present(solde))
    assert shown["Coordonnées de contact ou lien vers la plateforme de support à destination des Régulateurs ou"
                 " Effecteurs"] == "aide@exemple.fr"  # fmt: skip
    assert shown["Taux de TVA"] == "0%"
    assert facts(request_view.present(avance))["Montant de l'avance"] == "30000,00"
    assert shown["Montant de l'engagement SEGUR retenu (lors du solde - fonction du régime TVA)"] == "100000,00"
    assert shown["Montant décidé du solde (fonction du régime TVA)"] == "70000,00"
    assert "Montant SEGUR total hors taxe déclaré lors du solde" not in shown


def test_a_piece_not_confirmed_yet_is_not_among_the_pieces(session):
    avenant = factories.avenant()
    document(avenant, "confirme.pdf")
    document(avenant, "en-cours.pdf", confirmed_at=None)
    letter = document(avenant, "decision.pdf", origin=DocumentOrigin.AGENCY, confirmed_at=None)
    names = [piece.file_name for piece in request_view.present(avenant).documents]
    assert names == ["confirme.pdf", letter.file_name]


def test_the_follow_up_appears_with_the_decision_and_ends_with_the_payment(session, officer):
    decider, authoriser, accountant = (
        actors.of(factories.user(role)) for role in (Role.DECIDER, Role.AUTHORISER, Role.ACCOUNTANT)
    )
    avenant = factories.avenant()
    request_service.act(avenant, Action.VALIDATE, officer)
    assert request_view.present(avenant).follow_up == ()

    change = budget.propose_envelope("ENV-1", "Enveloppe 1", Decimal("1000.00"), decider)
    budget.judge(change, True, authoriser)
    decisions.decide(change.envelope, [(avenant.id, avenant.version)], decider)
    (row,) = request_view.present(avenant).follow_up
    assert (row.purpose, row.decided, row.paid, row.ordered_at) == ("VERSE001", Decimal("322.50"), None, None)

    order = payments.order([(avenant.id, avenant.version)], authoriser)
    payments.confirm(order.payments[0], clock.today(), "VIR-1", accountant)
    (row,) = request_view.present(avenant).follow_up
    assert (row.paid, row.paid_on, row.advice_due) == (Decimal("322.50"), clock.today(), True)

    advice = document(avenant, "avis.pdf", origin=DocumentOrigin.AGENCY)
    db.session.query(Letter).filter_by(kind=LetterKind.PAYMENT_ADVICE).one().document_id = advice.id
    (row,) = request_view.present(avenant).follow_up
    assert (row.advice_id, row.advice_due) == (advice.id, False)


def test_the_account_is_masked_for_those_who_may_not_read_it(session):
    view = request_view.present(factories.avenant(), full_iban=False)
    assert view.bank[0].value == "FR76 •••• 4623"


def test_another_supplier_finds_nothing(session):
    avenant = factories.avenant()
    assert supplier_scope.find(avenant.number, avenant.supplier_id) is avenant
    assert supplier_scope.find(avenant.number, factories.supplier().id) is None
    assert supplier_scope.find_version(avenant.number, factories.supplier().id, 0) is None


def test_the_title_is_the_guides(session, frozen):
    frozen.move_to(dt.date(2026, 11, 23))
    avenant = factories.avenant()
    assert request_view.present(avenant).title == (
        f"Détails de la demande numéro {avenant.number} - Avance - Statut : En cours - Faite le 23/11/2026"
    )
    solde = factories.avenant(avenant.dossier.enrolment, dossier=avenant.dossier, phase=Phase.SOLDE)
    assert request_view.present(solde).title == (
        f"Détails de la demande numéro {solde.number} - Solde - Statut : En cours - Déposée le 23/11/2026"
    )


def test_it_says_what_comes_next_with_the_corridor_s_dates(session):
    avance = factories.avenant()
    assert "L'ASP instruit la demande" in request_view.present(avance).next_step
    closes = (clock.now() + dt.timedelta(300)).astimezone(clock.PARIS)
    with session.no_autoflush:  # a whole payment is told elsewhere
        avance.status, avance.payment_state = RequestStatus.DECIDED, PaymentState.PAID
        said = request_view.present(avance).next_step
    assert said.startswith("L'avance est payée. Le solde peut être déposé jusqu'au")
    assert f"{closes:%d/%m/%Y à %H:%M} (heure de Paris)" in said
