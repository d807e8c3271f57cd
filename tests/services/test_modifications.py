"""A supplier corrects what an officer opened, under the rules of the deposit (guide « Modification d'une demande de
solde SAS », for every corridor)."""

import datetime as dt
from decimal import Decimal as D

import pytest
import sqlalchemy as sa

from app.domain.enums import Phase, RequestStatus, Role
from app.domain.errors import Conflict, IllegalAction, NotAllowed, RuleBroken
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.declared_versions import DeclaredVersion
from app.models.dossiers import BeneficiaryClaim
from app.models.mails import Mail
from app.services import actors, asked, declared_versions, modifications
from app.services import requests as request_service
from app.services.amended_lines import Refused
from app.services.asked import Asked
from tests import amending, factories
from tests.conftest import TODAY

DATE, AMOUNT, RPPS = "commande.dateCommande", "commande.montantSegurHT", "beneficiaires.liberal[].RPPS"
NAME = "beneficiaires.liberal[].nomMedecin"
DOCTOR = "beneficiaires.liberal[0].RPPS"


@pytest.fixture
def mdv(session):
    return amending.enrolled("MDV")


@pytest.fixture
def avance(mdv):
    return amending.deposited(mdv, montantSegurHT=300)


def versions():
    return db.session.query(DeclaredVersion).order_by(DeclaredVersion.rank).all()


def held(dsr):
    return set(db.session.scalars(sa.select(BeneficiaryClaim.identifier).where(BeneficiaryClaim.dsr == dsr)))


def confirm(avenant, user, typed, seen=None):
    return modifications.confirm(avenant, typed, user, seen or avenant.version)


def test_an_avance_is_corrected_reckoned_again_and_kept_as_it_was(mdv, avance, frozen):
    amending.ask(avance, AMOUNT, DATE)
    before = avance.amount
    frozen.move_to(TODAY + dt.timedelta(2))
    confirm(avance, mdv[1], {AMOUNT: "350,00", DATE: "2026-10-05"})

    assert avance.status is RequestStatus.IN_PROGRESS
    assert (avance.declared_ht, avance.order_date) == (D("350.00"), dt.date(2026, 10, 5))
    assert (before, avance.amount) == (D("90.00"), D("105.00"))
    assert avance.declared["commande"] == {
        "dateCommande": "05/10/2026",
        "regimeTVA": "HT",
        "montantSegurHT": "350.00",
    }
    (kept,) = versions()
    assert (kept.rank, kept.declared["commande"]["montantSegurHT"], kept.amount) == (1, 300, D("90.00"))
    assert request_service.open_information_request(avance) is None


def test_the_versions_are_told_side_by_side(mdv, avance, frozen):
    amending.ask(avance, AMOUNT)
    frozen.move_to(TODAY + dt.timedelta(1))
    factories.document(avance, "bon-2.pdf", confirmed_at=None)
    confirm(avance, mdv[1], {AMOUNT: "350"})

    found = declared_versions.of(avance)
    assert [(one.number, one.is_current, one.modified) for one in found] == [(2, True, True), (1, False, False)]
    told = declared_versions.difference(found, 2)
    assert [(row.label, row.before, row.after) for row in told.changed] == [("Montant Ségur HT", "300,00", "350,00")]
    assert ("Date de la commande", False) in [(row.label, row.changed) for row in told.values]
    assert [(row.before, row.after) for row in told.amounts][-1] == ("90,00", "105,00")
    assert [piece.file_name for piece in told.pieces] == ["bon-2.pdf"]
    assert declared_versions.difference(found, 1) is None


def test_versions_follow_each_other_through_a_cancellation(mdv, avance):
    """Two modifications, then the avenant « Historisée » and the one « Annulée »."""
    for amount in ("310", "320"):
        officer = amending.ask(avance, AMOUNT)
        confirm(avance, mdv[1], {AMOUNT: amount})
    request_service.act(avance, Action.CANCEL, actors.of(officer), comment="à sa demande")
    found = declared_versions.of(avance)
    assert [(one.number, one.status.value, one.modified) for one in found] == [
        (4, "cancelled", False),
        (3, "superseded", True),
        (2, "to_amend", True),
        (1, "to_amend", False),
    ]
    changes = [declared_versions.difference(found, number) for number in (1, 2, 3, 4)]
    assert [change and (change.changed[0].before, change.changed[0].after) for change in changes] == [
        None,
        ("300,00", "310,00"),
        ("310,00", "320,00"),
        None,
    ]


def test_a_beneficiary_who_changes_is_held_instead_of_the_other(mdv, avance):
    (before,) = [one.identifier for one in avance.beneficiaries]
    amending.ask(avance, RPPS, NAME)
    confirm(avance, mdv[1], {DOCTOR: "10260181598", "beneficiaires.liberal[0].nomMedecin": "AUTRE"})
    assert held(avance.dossier.dsr) == {"10260181598"}
    assert [(one.identifier, one.name) for one in avance.beneficiaries] == [("10260181598", "AUTRE")]
    assert before != "10260181598"


def test_a_beneficiary_financed_elsewhere_is_refused_at_his_field(mdv, avance):
    other = factories.avenant().dossier
    db.session.add(BeneficiaryClaim(dsr=avance.dossier.dsr, identifier="10260181598", dossier_id=other.id))
    db.session.flush()
    amending.ask(avance, RPPS)
    with pytest.raises(Refused) as refusal:
        confirm(avance, mdv[1], {DOCTOR: "10260181598"})
    assert "a déjà une prestation" in refusal.value.reasons[DOCTOR]


FIRST = "beneficiaires.liberal[0].nomMedecin"
DIRECT, BY_PFI = "scenarioInstallation.isDirectToDMP", "scenarioInstallation.isPFIToDMP"
REFUSED = [
    ({AMOUNT: "-3"}, "Le montant doit être supérieur à 0"),
    ({AMOUNT: "12,345"}, "plus de deux décimales"),
    ({AMOUNT: "douze"}, "Mettez un nombre"),
    ({AMOUNT: "٣٠٠"}, "Mettez un nombre"),
    ({AMOUNT: "9" * 5000}, "trop long"),
    ({AMOUNT: "  "}, "Renseignez cette valeur."),
    ({DATE: "2026-12-24"}, "est à venir"),
    ({DATE: "31/02/2026"}, "Ce n'est pas une date"),
    ({DOCTOR: "123"}, "Un n° RPPS compte 11 chiffres"),
    ({FIRST: "A\x00B"}, "caractère de contrôle"),
    ({FIRST: "A" * 201}, "200 caractères au plus"),
    ({DIRECT: "true", BY_PFI: "true"}, "une seule de ces réponses"),
    ({BY_PFI: "peut-être"}, "Choisissez"),
]


def test_what_the_deposit_refuses_is_refused_at_its_field_and_changes_nothing(mdv, avance):
    amending.ask(avance, DATE, AMOUNT, RPPS, NAME, BY_PFI)
    was = dict(avance.declared)
    for typed, reason in REFUSED:
        with pytest.raises(Refused) as refusal:
            confirm(avance, mdv[1], typed)
        assert refusal.value.reasons.keys() <= typed.keys(), typed
        assert reason in " ".join(refusal.value.reasons.values())
        db.session.rollback()
        assert (avance.status, avance.declared) == (RequestStatus.TO_AMEND, was)
    assert versions() == []


def test_a_field_the_officer_did_not_open_stays_closed(mdv, avance):
    amending.ask(avance, DATE)
    with pytest.raises(Refused) as refusal:
        confirm(avance, mdv[1], {DATE: "2026-10-05", AMOUNT: "1"})
    assert list(refusal.value.reasons) == [AMOUNT]


def test_nothing_changed_is_not_a_modification(mdv, avance):
    amending.ask(avance, DATE)
    with pytest.raises(RuleBroken, match="Rien n'est modifié"):
        confirm(avance, mdv[1], {DATE: "2026-10-01"})


def test_not_to_modify_leaves_everything_as_it_was(mdv, avance):
    amending.ask(avance, DATE)
    factories.document(avance, "nouveau.pdf", confirmed_at=None)
    with pytest.raises(RuleBroken, match="supprimez-la"):
        modifications.leave(avance, mdv[1], avance.version)
    db.session.execute(sa.text("DELETE FROM document WHERE file_name = 'nouveau.pdf'"))
    modifications.leave(avance, mdv[1], avance.version)
    assert (avance.status, versions()) == (RequestStatus.IN_PROGRESS, [])


def test_on_j20_it_is_too_late(mdv, avance, frozen):
    amending.ask(avance, DATE)
    frozen.move_to(TODAY + dt.timedelta(19))
    modifications.keep(avance, {DATE: "2026-10-05", AMOUNT: "1"}, mdv[1])
    assert request_service.open_information_request(avance).typed == {DATE: "2026-10-05"}
    frozen.move_to(TODAY + dt.timedelta(20))
    with pytest.raises(IllegalAction, match="est close depuis le 13/12/2026"):
        confirm(avance, mdv[1], {DATE: "2026-10-05"})
    with pytest.raises(IllegalAction, match="est close"):
        modifications.leave(avance, mdv[1], avance.version)


def test_a_stale_page_and_a_stranger_are_told_apart(mdv, avance):
    amending.ask(avance, DATE)
    with pytest.raises(Conflict):
        confirm(avance, mdv[1], {DATE: "2026-10-05"}, seen=avance.version - 1)
    with pytest.raises(NotAllowed):
        confirm(avance, factories.supplier_user(), {DATE: "2026-10-05"})


def test_no_decision_meanwhile(mdv, avance):
    amending.ask(avance, DATE)
    for action, role in ((Action.VALIDATE, Role.OFFICER), (Action.REJECT, Role.OFFICER), (Action.DECIDE, Role.DECIDER)):
        with pytest.raises(IllegalAction, match="impossible au statut « A modifier »"):
            request_service.act(avance, action, actors.of(factories.user(role)), comment="x")


def test_the_mail_lists_what_is_asked(mdv, avance):
    amending.ask(avance, AMOUNT, kinds=("BON_COMMANDE",))
    (mail,) = db.session.query(Mail).filter_by(request_id=avance.request_id)
    assert "Données à modifier :\n- Montant Ségur HT\n" in mail.body
    assert "Pièces à ajouter :\n- Bon de commande signé\n" in mail.body


def test_an_officer_opens_only_what_the_document_opens(avance):
    for wished, message in (
        (Asked(("commande.regimeTVA",)), "ne peut pas être ouverte"),
        (Asked(("beneficiaires.commandePour",)), "ne peut pas être ouverte"),
        (Asked(("beneficiaires.structure.FINESSGeo[]",)), "ne peut pas être ouverte"),
        (Asked((), ("INCONNU",)), "n'existe pas"),
    ):
        with pytest.raises(RuleBroken, match=message):
            asked.checked(avance, wished)


def test_too_many_values_are_not_opened_at_once(avance, monkeypatch):
    monkeypatch.setattr("app.domain.limits.AMENDED_VALUES", 1)
    with pytest.raises(RuleBroken, match="2 valeurs seraient ouvertes : 1 au plus"):
        asked.checked(avance, Asked((DATE, AMOUNT)))


def test_the_solde_of_a_hospital(session):
    hop = amending.enrolled("HOP")
    solde = amending.solde(hop, montantSegurHTFacture=5000)
    before = solde.declared["beneficiaires"]["etablissements"][0]["numPMSI"]
    amending.ask(
        solde, "commande.montantSegurHTFacture", "commande.numeroFacture", "scenarioInstallation.adresseMSSCitoyen"
    )
    confirm(
        solde,
        hop[1],
        {
            "commande.montantSegurHTFacture": "6000.50",
            "commande.numeroFacture": "F-2026-7",
            "scenarioInstallation.adresseMSSCitoyen": "",
        },
    )
    assert (solde.status, solde.declared_ht, solde.invoice_number) == (
        RequestStatus.IN_PROGRESS,
        D("6000.50"),
        "F-2026-7",
    )
    assert solde.amount == solde.retained - solde.avance_paid
    assert solde.scenarios[0].answers["adresseMSSCitoyen"] is None
    assert held(solde.dossier.dsr) == {before}
    assert "numeroASP" not in solde.declared


def test_the_solde_of_a_sas_is_the_guides(session):
    """Guide: the contact alone is open; the solde is 70 000,00 whatever the avance was."""
    enrolment = factories.enrolment(code="SAS")
    user = factories.supplier_user(enrolment.supplier)
    solde = amending.form_solde(enrolment, {"contact": "pascal.breton@axyus.com"}, declared_ht=D("100000.00"))
    assert [one.path for one in asked.fields_open(solde)] == ["contact"]
    amending.ask(solde, "contact", kinds=("AUTRE_S",))
    with pytest.raises(Refused, match="corrigez"):
        confirm(solde, user, {"contact": ""})
    confirm(solde, user, {"contact": "test123@gmail.com"})
    assert solde.declared == {"contact": "test123@gmail.com"}
    assert (solde.retained, solde.amount, solde.phase) == (D("100000.00"), D("70000.00"), Phase.SOLDE)


def test_the_counts_of_an_operator_change_his_solde(session):
    enrolment = factories.enrolment(code="MSS")
    counts = {"applicative": 10, "organisationnelle": 10, "personnelle": 10}
    solde = amending.form_solde(enrolment, counts | {"counts": counts}, declared_ht=D("7508.27"))
    amending.ask(solde, "applicative")
    confirm(solde, factories.supplier_user(enrolment.supplier), {"applicative": "20"})
    assert solde.declared["counts"] == counts | {"applicative": 20}
    assert (solde.declared_ht, solde.retained_ht) == (D("8091.57"), D("8091.57"))


def test_an_identifier_and_the_scenario_that_answers_it_change_together(session):
    ms1 = amending.enrolled("MS1")
    avance = amending.deposited(ms1)
    amending.ask(avance, "beneficiaires.etablissements[].FINESSGeo")
    both = ("beneficiaires.etablissements[0].FINESSGeo", "scenarioInstallation[0].FINESSGeo")
    with pytest.raises(Refused) as refusal:
        confirm(avance, ms1[1], {both[0]: "120780291"})
    assert both[1] in refusal.value.reasons
    db.session.rollback()
    ceilings = asked.model_of(avance).spec.amount.ceilings["DUI"]
    other = next(one for one in ceilings if one != "020018552")
    confirm(avance, ms1[1], dict.fromkeys(both, other))
    assert [one.identifier for one in avance.beneficiaries] == [other]
    assert avance.scenarios[0].answers["FINESSGeo"] == other
