"""Social et médico-social: a scenario per establishment, technical administrators, « Déploiement MSS » at the solde."""

import copy
import datetime as dt
from decimal import Decimal

import pytest

from app.domain.enums import Phase, RequestStatus, Role
from app.domain.errors import RuleBroken
from app.domain.request_workflow import Action
from app.domain.vat import VatRegime
from app.exchange import example_file
from app.extensions import db
from app.models.requests import Avenant
from app.services import actors, corridor_versions, imports, request_view
from app.services import requests as request_service
from tests import factories
from tests.json_files import codes, deposit, simulate, written
from tests.lives import paid

PH_ONLY = ["Général", "Spécifique PH"]
FINESS, OTHER_FINESS = "020018552", "027810373"
DAY = dt.date(2026, 10, 1)


def enrolled(code="MS1", profiles=PH_ONLY):
    referencing = factories.referencing(code, profiles=profiles)
    enrolment = factories.enrolment(referencing=referencing, vat=VatRegime.TTC_20)
    return enrolment, factories.supplier_user(enrolment.supplier)


def file_of(of, phase=Phase.AVANCE, *changes):
    """The example of the corridor, of two establishments, after these changes of its line."""
    enrolment, _ = of
    spec = corridor_versions.spec_of(corridor_versions.in_force(enrolment.referencing.corridor_code))
    data = example_file.example(
        spec, phase, enrolment.referencing.ans_number, enrolment.supplier.siret, enrolment.vat.json_code, DAY
    )
    (line,) = data["lignesImport"]
    for listed in (line["beneficiaires"]["etablissements"], line["scenarioInstallation"]):
        listed.append(copy.deepcopy(listed[0]) | {"FINESSGeo": OTHER_FINESS})
    amount = "montantSegurHT" if phase is Phase.AVANCE else "montantSegurHTFacture"
    line["commande"][amount] = 4444.44
    for change in changes:
        change(line)
    return written(data)


def the_avenant(imported):
    return db.session.query(Avenant).filter_by(json_import_id=imported.id, is_current=True).one()


def completed(imported, user) -> Avenant:
    avenant = the_avenant(imported)
    request_service.act(avenant, Action.COMPLETE, actors.of(user))
    return avenant


@pytest.fixture
def of(session):
    return enrolled()


@pytest.fixture
def avance(of):
    return completed(deposit(file_of(of), of), of[1])


def found(of, *changes, phase=Phase.AVANCE):
    """(code, path) of what blocks the example after these changes."""
    rows = simulate(file_of(of, phase, *changes), of, phase).report["findings"]
    return [(row["code"], row["path"].removeprefix("lignesImport[0].")) for row in rows if row["level"] == "error"]


def test_the_guides_avance_of_334_18(of):
    """4444.44 declared for 020018552: its ceiling, 928,28 € HT, is worth 334,18 € of avance at 20 %."""

    def alone(line):
        del line["beneficiaires"]["etablissements"][1], line["scenarioInstallation"][1]

    report = simulate(file_of(of, Phase.AVANCE, alone), of).report
    assert (report["retained"], report["amount_total"]) == (1, "334.18")


def test_the_page_shows_the_administrators_and_the_scenario_as_the_guide_does(avance):
    view = request_view.present(avance)
    (administrators,) = view.other_tables
    assert administrators.title == "Informations sur le(s) administrateur(s) technique(s)"
    assert administrators.page.rows == (("DUPONT", "dupont@exemple.fr", "0633221166"),)
    table = view.scenario.table
    assert [heading.label for heading in table.headings] == [
        "FINESS géographique",
        "Ancienne version",
        "Maître identité",
        "Référent soin",
        "Stockage identité",
        "Opérateur messagerie",
        "Profil métier",
    ]
    assert table.page.rows == tuple(
        (number, "version ER1", True, False, True, "GIP_9", "PH") for number in (FINESS, OTHER_FINESS)
    )
    assert [heading.label for heading in table.headings if heading.checked_against_profiles] == ["Profil métier"]
    assert (view.scenario.ticks, view.scenario.checked) == ((), True)


def test_the_beneficiaries_bear_their_finess_and_the_juridical_one_stands_apart(avance):
    block = request_view.present(avance).beneficiaries
    assert (block.identifier_label, block.other_headings) == ("FINESS", ())
    assert [row.identifier for row in block.page.rows] == [FINESS, OTHER_FINESS]
    assert [(fact.label, fact.value) for fact in block.facts] == [
        ("FINESS juridique de l'organisme gestionnaire", "120780481")
    ]


def test_100_establishments_are_read_by_pages(of):
    numbers = list(_ceilings())[:100]

    def many(line):
        for listed in (line["beneficiaires"]["etablissements"], line["scenarioInstallation"]):
            listed[:] = [listed[0] | {"FINESSGeo": number} for number in numbers]

    avance = the_avenant(deposit(file_of(of, Phase.AVANCE, many), of))
    view = request_view.present(avance, asked_pages={"scenarioInstallation": 5})
    assert (view.scenario.table.page.count, view.beneficiaries.page.count) == (5, 5)
    assert [row[0] for row in view.scenario.table.page.rows] == numbers[80:]
    assert [row.identifier for row in view.beneficiaries.page.rows] == numbers[:20]
    assert (view.scenario.table.page.asked, view.beneficiaries.page.asked) == (True, False)


def _ceilings():
    return corridor_versions.spec_of(corridor_versions.in_force("MS1")).amount.ceilings["DUI"]


def test_a_profile_of_the_scenario_must_be_referenced(of):
    def of_older_people(line):
        line["scenarioInstallation"][1]["profilMetier"] = "PA"

    content = file_of(of, Phase.AVANCE, of_older_people)
    (row,) = simulate(content, of).report["findings"]
    assert (row["code"], row["path"]) == ("0407", "lignesImport[0].scenarioInstallation[1].profilMetier")
    assert "« Spécifique PA »" in row["message"]
    assert (row["mend"], row["choices"]) == ("choice", ("PA", "PH", "DOM"))
    both = enrolled(profiles=[*PH_ONLY, "spécifique pa "])
    assert codes(simulate(file_of(both, Phase.AVANCE, of_older_people), both)) == []


def test_the_profile_is_controlled_again_at_the_import(of):
    simulation = simulate(file_of(of), of)
    of[0].referencing.profiles = ["Général"]
    db.session.flush()
    with pytest.raises(RuleBroken, match="Aucune ligne"):
        imports.import_simulated(simulation, of[1], confirmed=True)


def test_there_is_one_scenario_per_establishment(of):
    def forgotten(line):
        del line["scenarioInstallation"][1]

    def unknown(line):
        line["scenarioInstallation"][1]["FINESSGeo"] = "120780291"

    assert found(of, forgotten) == [("0411", "scenarioInstallation")]
    assert found(of, unknown) == [("0411", "scenarioInstallation"), ("0411", "scenarioInstallation[1].FINESSGeo")]


def test_technical_administrators_are_asked(of):
    def nobody(line):
        line["administrateursTechniques"] = []

    def nameless(line):
        line["administrateursTechniques"][0]["email"] = "pas une adresse"

    assert found(of, nobody) == [("0312", "administrateursTechniques")]
    assert found(of, nameless) == [("0310", "administrateursTechniques[0].email")]


def test_an_establishment_without_ceiling_is_refused(of):
    def elsewhere(line):
        line["beneficiaires"]["etablissements"][1]["FINESSGeo"] = "120780291"
        line["scenarioInstallation"][1]["FINESSGeo"] = "120780291"

    assert found(of, elsewhere) == [("0502", "beneficiaires.etablissements[1].FINESSGeo")]


@pytest.mark.parametrize("code", ["MS1", "MS2"])
def test_a_solde_says_its_case_of_deployment(session, code):
    of = enrolled(code, profiles=["Spécifique PH", "Spécifique PDS"])
    avance = completed(deposit(file_of(of), of), of[1])
    paid(avance)

    def of_avance(line):
        line["numeroASP"] = avance.number

    def no_case(line):
        line["commande"]["deploiementMSS"] = None

    def another(line):
        line["commande"]["deploiementMSS"] = "Cas 3"

    assert found(of, of_avance, no_case, phase=Phase.SOLDE) == [("0302", "commande.deploiementMSS")]
    assert found(of, of_avance, another, phase=Phase.SOLDE) == [("0304", "commande.deploiementMSS")]
    solde = completed(deposit(file_of(of, Phase.SOLDE, of_avance), of, Phase.SOLDE), of[1])
    shown = {fact.label: fact.value for fact in request_view.present(solde).information}
    assert (shown["Déploiement MSS"], solde.status) == ("Cas 1", RequestStatus.IN_PROGRESS)
    assert request_view.present(solde).beneficiaries.matches
    engaged = {"MS1": Decimal("1801.69"), "MS2": Decimal("1800.00")}[code]
    request_service.act(solde, Action.VALIDATE, actors.of(factories.user(Role.OFFICER)))
    assert (solde.ceiling_ht, solde.amount) == (engaged, solde.retained - avance.amount)


def test_the_case_of_deployment_is_not_asked_at_the_avance(of):
    def early(line):
        line["commande"]["deploiementMSS"] = "Cas 1"

    rows = simulate(file_of(of, Phase.AVANCE, early), of).report["findings"]
    assert [row["code"] for row in rows if row["path"].endswith("deploiementMSS")] == ["0901"]
