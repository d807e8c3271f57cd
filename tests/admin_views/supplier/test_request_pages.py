"""The page of a request: current version, history, isolation."""

from decimal import Decimal

import pytest

from app.domain.enums import Phase, RequestStatus, Role
from app.domain.request_workflow import Action
from app.extensions import db
from app.services import actors, budget, clock, decisions, payments
from app.services import requests as request_service
from tests import factories
from tests.factories import DECLARED_MDV, document


def text_of(me, avenant, tail=""):
    answer = me.get(f"/segurnums/demandes/{avenant.number}{tail}")
    assert answer.status_code == 200
    return answer.text


def test_the_guides_page_with_its_four_amounts(me, mine, officer):
    avenant = factories.avenant(mine, declared=DECLARED_MDV)
    request_service.act(avenant, Action.VALIDATE, officer)
    text = text_of(me, avenant)
    assert f"Détails de la demande numéro {avenant.number} - Avance - Statut : Validée - Faite le 23/11/2026" in text
    assert text.count("<dd>1074,99</dd>") == 3
    assert text.count("<dd>322,50</dd>") == 1
    for title in (
        "Récapitulatif",
        "Informations de la demande",
        "Coordonnées bancaires",
        "Bénéficiaire(s)",
        "Pièces justificatives",
        "Scénario d&#39;installation",
        "Courriels automatiques envoyés",
        "Version actuelle",
        "Historique",
        "Retour",
    ):
        assert title.replace("&#39;", "'") in text
    assert "Montant décidé pour paiement au titre de l&#39;avance." in text
    assert "Votre demande d&#39;avance" in text


def test_amounts_wait_for_a_first_instruction(me, mine):
    text = text_of(me, factories.avenant(mine))
    assert text.count("<dd>1074,99</dd>") == 1
    assert "retenu" not in text


def test_the_follow_up_waits_for_the_decision(me, mine, officer):
    decider, authoriser, accountant = (
        actors.of(factories.user(role)) for role in (Role.DECIDER, Role.AUTHORISER, Role.ACCOUNTANT)
    )
    avenant = factories.avenant(mine)
    request_service.act(avenant, Action.VALIDATE, officer)
    assert "Suivi Financier" not in text_of(me, avenant)
    change = budget.propose_envelope("ENV-1", "Enveloppe 1", Decimal("1000.00"), decider)
    budget.judge(change, True, authoriser)
    decisions.decide(change.envelope, [(avenant.id, avenant.version)], decider)
    order = payments.order([(avenant.id, avenant.version)], authoriser)
    payments.confirm(order.payments[0], clock.today(), "VIR-1", accountant)
    db.session.commit()
    text = text_of(me, avenant)
    assert "Suivi Financier" in text
    assert "VERSE001" in text
    assert text.count("322,50€") == 2
    assert "23/11/26" in text
    assert "Paiement effectué" in text


def test_the_history_lists_versions_and_steps(me, mine, officer):
    avenant = factories.avenant(mine)
    request_service.act(avenant, Action.CANCEL, officer, comment="à la demande du fournisseur")
    db.session.commit()
    text = text_of(me, avenant, "/historique")
    assert "2 (actuelle)" in text
    assert "Statut : Annulée" in text
    assert officer.label not in text
    assert "remplacée depuis" in text_of(me, avenant, "/versions/0")
    assert me.get(f"/segurnums/demandes/{avenant.number}/versions/7").status_code == 404


def test_pieces_are_downloaded_from_the_suppliers_address(me, mine):
    avenant = factories.avenant(mine)
    piece = document(avenant, "hop-dpi-va1-bdc-00017.pdf")
    text = text_of(me, avenant)
    assert "hop-dpi-va1-bdc-00017.pdf" in text
    assert f'href="/segurnums/pieces/{piece.id}"' in text


def test_a_file_name_or_a_beneficiary_is_never_html(me, mine):
    avenant = factories.avenant(mine)
    avenant.beneficiaries[0].name = "<script>alert(1)</script>"
    assert "<script>alert(1)" not in text_of(me, avenant)


def test_a_long_list_of_beneficiaries_turns_its_pages(me, mine):
    avenant = factories.avenant(mine, doctors=45)
    first = text_of(me, avenant)
    assert "MEDECIN 20<" in first
    assert "MEDECIN 21<" not in first
    address = f"/segurnums/demandes/{avenant.number}?page_beneficiaires=2"
    assert f'href="{address}#beneficiaires"' in first
    assert '<details class="sg-fold" id="beneficiaires">' in first
    second = me.get(f"{address}&page_autre=7").text
    assert "MEDECIN 21<" in second
    assert "Page 2 sur 3" in second
    assert '<details class="sg-fold" id="beneficiaires" open>' in second
    assert "page_autre=7&amp;page_beneficiaires=3#beneficiaires" in second


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "²", "9" * 40, ""])
def test_any_page_asked_is_answered(me, mine, page):
    assert "MEDECIN" in text_of(me, factories.avenant(mine), f"?page_beneficiaires={page}")


def test_a_solde_says_in_words_whether_its_beneficiaries_are_the_avances(me, mine):
    avance = factories.avenant(mine, doctors=1)
    solde = factories.avenant(mine, dossier=avance.dossier, phase=Phase.SOLDE, doctors=1)
    assert "ne correspondent pas à ceux déclarés à l'avance" in text_of(me, solde)
    solde.beneficiaries[0].identifier = avance.beneficiaries[0].identifier
    db.session.flush()
    assert "correspondent à ceux déclarés à l'avance" in text_of(me, solde)


def test_what_bold_means_is_said_to_who_does_not_see_it(me, mine):
    text = text_of(me, factories.avenant(mine, declared=DECLARED_MDV))
    assert '<strong>La commande concerne un centre de santé</strong><span class="sr-only">' in text
    assert text.count(" (contrôlé avec les profils référencés)") == 4


def test_a_number_without_suffix_leads_to_the_avance(me, mine):
    avenant = factories.avenant(mine)
    answer = me.get(f"/segurnums/demandes/{avenant.dossier.number}")
    assert answer.location.endswith(f"/segurnums/demandes/{avenant.number}")


def test_a_non_completed_request_has_its_own_screen(me, mine):
    avenant = factories.avenant(mine, status=RequestStatus.INCOMPLETE, completed_at=None)
    answer = me.get(f"/segurnums/demandes/{avenant.number}")
    assert answer.location.endswith(f"/segurnums/demandes-incompletes/{avenant.number}/pieces")
    assert me.get(f"/segurnums/demandes/{avenant.number}/historique").status_code == 404
    assert me.get(f"/segurnums/demandes/{avenant.number}/versions/0").status_code == 404


@pytest.mark.parametrize("tail", ["", "/historique", "/versions/0", "/complement"])
def test_another_suppliers_request_is_not_found(me, tail):
    other = factories.avenant(status=RequestStatus.TO_AMEND)
    assert me.get(f"/segurnums/demandes/{other.number}{tail}").status_code == 404


@pytest.mark.parametrize("number", ["inconnu", "FIN", "%00", "FINMDV999999M0", "x" * 300, "finmdv000001m0'"])
def test_a_malformed_number_is_not_found(me, number):
    assert me.get(f"/segurnums/demandes/{number}").status_code == 404


def test_staff_have_no_business_here(login, mine):
    avenant = factories.avenant(mine)
    assert login(factories.user(Role.OFFICER)).get(f"/segurnums/demandes/{avenant.number}").status_code == 403
