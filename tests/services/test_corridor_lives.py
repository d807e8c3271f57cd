"""Each corridor deposited by file, avance then solde, from the example of its documentation to its payment."""

import copy
import datetime as dt
from decimal import Decimal as D

import pytest

from app.corridors.amount_rules import Fixed, Linear, Table
from app.corridors.spec import FieldSpec
from app.domain.enums import PaymentState, Phase, RequestStatus, Role
from app.domain.request_workflow import Action
from app.domain.vat import VatRegime
from app.services import actors, audit, clock, corridor_versions, explanations
from app.services import requests as request_service
from tests import corridor_files, factories, json_files, lives
from tests.corridor_files import EVERY, SPECS, Financed, deposited, depositing, of_dossier, paid
from tests.json_files import put

ONE_OF_EACH = [next(one for one in EVERY if one.code == code) for code in SPECS]
A_LINE = "lignesImport"


def names(of):
    return "-".join(map(str, of))


@pytest.fixture
def by(client, request):
    """Who deposits for the software the test is about."""
    return depositing(request.param, client)


def each(of):
    return pytest.mark.parametrize("by", of, indirect=True, ids=names)


@each(EVERY)
def test_the_examples_of_the_documentation_live_to_the_end(by):
    avance = deposited(by.example(Phase.AVANCE), by, Phase.AVANCE)
    assert avance.declared_ht == D("100.00")
    assert paid(avance) == D("30.00")
    solde = deposited(of_dossier(by.example(Phase.SOLDE), avance), by, Phase.SOLDE)
    assert solde.number == f"{avance.dossier.number}M1"
    assert [(one.identifier_kind, one.identifier) for one in solde.beneficiaries] == [
        (one.identifier_kind, one.identifier) for one in avance.beneficiaries
    ]
    assert [one.answers for one in solde.scenarios] == [one.answers for one in avance.scenarios]
    assert paid(solde) == D("70.00")
    assert (solde.status, solde.payment_state) == (RequestStatus.DECIDED, PaymentState.PAID)
    assert list(audit.verify()) == []


SITES, INSTANCES = "beneficiaires.nombreSites", "beneficiaires.nombreInstances"
TURNOVER = "beneficiaires.chiffreAffairesRembourse"
SGL, LOINC, LGO = Financed("BIO", "SGL", 1), Financed("BIO", "LOINC", 1), Financed("PHA", "LGO", 1)
HT, TTC_20, TTC_8_5 = VatRegime.HT, VatRegime.TTC_20, VatRegime.TTC_8_5


@pytest.mark.parametrize(
    ("of", "vat", "said", "declared", "retained_ht", "avance", "solde"),
    [
        # brackets, at both edges of each
        (SGL, HT, {SITES: 0}, "50000", "22500.00", "6750.00", "15750.00"),
        (SGL, HT, {SITES: 10}, "50000", "22500.00", "6750.00", "15750.00"),
        (SGL, HT, {SITES: 11}, "50000", "30532.50", "9159.75", "21372.75"),
        (SGL, HT, {SITES: 30}, "50000", "30532.50", "9159.75", "21372.75"),
        (SGL, HT, {SITES: 31}, "50000", "38565.00", "11569.50", "26995.50"),
        (LGO, HT, {TURNOVER: 999}, "1000", "625.00", "187.50", "437.50"),
        (LGO, HT, {TURNOVER: 1000}, "1000", "750.00", "225.00", "525.00"),
        (LGO, HT, {TURNOVER: 1999}, "1000", "750.00", "225.00", "525.00"),
        (LGO, TTC_20, {TURNOVER: 2000}, "1000", "875.00", "315.00", "735.00"),
        # so much per instance, whatever the number of sites; the declared amount when it is less
        (LOINC, HT, {INSTANCES: 3, SITES: 40}, "50000", "10500.00", "3150.00", "7350.00"),
        (LOINC, TTC_8_5, {INSTANCES: 3}, "9999.99", "9999.99", "3255.00", "7594.99"),
        # a table, by software and by wave
        (Financed("RAD", "RIS", 1), HT, {}, "50000", "15250.00", "4575.00", "10675.00"),
        (Financed("RAD", "DRIMBOX", 2), HT, {}, "50000", "7705.00", "2311.50", "5393.50"),
        (Financed("HOP", "PFI", 2), HT, {}, "50000", "10475.00", "3142.50", "7332.50"),
        # per beneficiary: one doctor
        (Financed("MDV", "LGC", 1), HT, {}, "1000", "358.33", "107.50", "250.83"),
        # 334,18 € is the avance of the guide's request FINMS1010754M0
        (Financed("MS1", "DUI", 1), TTC_20, {}, "4444.44", "928.28", "334.18", "779.76"),
    ],
    ids=lambda one: names(one) if isinstance(one, Financed) else str(one),
)
def test_each_rule_to_the_cent(client, of, vat, said, declared, retained_ht, avance, solde):
    by = depositing(of, client, vat)
    first = _request(by, Phase.AVANCE, said, declared)
    assert (paid(first), first.retained_ht) == (D(avance), D(retained_ht))
    second = _request(by, Phase.SOLDE, said, declared, first)
    assert (paid(second), second.retained_ht) == (D(solde), D(retained_ht))
    assert first.retained == second.retained == D(avance) + D(solde)


@pytest.mark.parametrize(
    ("of", "said", "words"),
    [
        (SGL, {SITES: 11}, "Par tranche de « Nombre de sites du laboratoire » (ici 11) — à partir de 0 :"),
        (LOINC, {INSTANCES: 3}, "× « Nombre d'instances du logiciel » (ici 3)."),
    ],
    ids=("SGL", "LOINC"),
)
def test_the_officer_reads_the_count_a_ceiling_comes_from(client, of, said, words):
    avance = _request(depositing(of, client), Phase.AVANCE, said, "50000")
    assert words in explanations.explain(avance).steps[1].how


def test_a_cap_is_never_passed(client):
    capped = Linear(rule="linear", units={"nombreInstances": D("3500.00")}, cap=D("10000.00"))
    by = depositing(LOINC, client)
    spec = factories.open_spec("BIO")
    software = tuple(one.model_copy(update={"amount": capped}) if one.type == "LOINC" else one for one in spec.software)
    corridor_versions.publish(spec.model_copy(update={"software": software}))
    assert paid(_request(by, Phase.AVANCE, {INSTANCES: 5}, "50000")) == D("3000.00")


def _request(by, phase, said, declared, avance=None):
    """A request of the example with these tags; more than the ceiling may be declared, which is remarked only."""
    data = by.example(phase)
    tag = "montantSegurHT" if phase is Phase.AVANCE else "montantSegurHTFacture"
    for path, value in (said | {f"commande.{tag}": float(declared)}).items():
        put(path, value)(data)
    if avance:
        of_dossier(data, avance)
    made = json_files.deposit(json_files.written(data), by.who, phase)
    return corridor_files.completed(corridor_files.avenant_of(made), by.user)


def test_a_dossier_keeps_the_version_and_the_wave_of_its_deposit(client):
    """A new version asks one thing more of the second wave and finances it less; the referencing is of another wave."""
    by = depositing(Financed("HOP", "DPI", 2), client)
    avance = deposited(by.example(Phase.AVANCE), by, Phase.AVANCE)
    of_before = by.example(Phase.SOLDE)
    spec = factories.open_spec("HOP")
    asked = FieldSpec(path="nouveau", label="Nouveau", kind="text", required=True, waves=(2,), example="x")
    less = tuple(one.model_copy(update={"amount": Fixed(rule="fixed", amount=D("1"))}) for one in spec.software)
    corridor_versions.publish(spec.model_copy(update={"fields": (*spec.fields, asked), "software": less}))
    by.enrolment.referencing.wave = 1
    assert paid(avance) == D("30.00")
    assert by.example(Phase.SOLDE)[A_LINE][0]["nouveau"] == "x"
    solde = deposited(of_dossier(of_before, avance), by, Phase.SOLDE)
    assert solde.declared["prestation"] == "VAGUE_2"
    assert paid(solde) == D("70.00")


@pytest.mark.parametrize("wave", [1, 2])
def test_a_file_of_another_wave_is_told_what_it_lacks_or_has_too_much(client, wave):
    mine, other = (depositing(Financed("HOP", "DPI", one), client) for one in (wave, 3 - wave))
    data = mine.example(Phase.AVANCE) | {
        "siret": other.enrolment.supplier.siret,
        "numeroAns": other.enrolment.referencing.ans_number,
    }
    simulation = json_files.simulate(json_files.written(data), other.who, Phase.AVANCE)
    (found,) = simulation.report["findings"]
    assert found["code"] == {1: "0301", 2: "0901"}[wave]
    assert found["path"].endswith("prestation")


# --- a solde that may not be deposited


def refusals(data, by):
    return json_files.codes(json_files.simulate(json_files.written(data), by.who, Phase.SOLDE))


@each(ONE_OF_EACH)
def test_no_solde_before_the_avance_is_decided_and_paid(by):
    avance = deposited(by.example(Phase.AVANCE), by, Phase.AVANCE)
    solde = of_dossier(by.example(Phase.SOLDE), avance)
    assert refusals(solde, by) == ["0504"]
    request_service.act(avance, Action.VALIDATE, actors.of(factories.user(Role.OFFICER)))
    assert refusals(solde, by) == ["0504"]


@each(ONE_OF_EACH)
def test_no_solde_while_the_avance_is_decided_and_not_paid(by):
    avance = deposited(by.example(Phase.AVANCE), by, Phase.AVANCE)
    lives.ordered(avance)
    assert (avance.status, avance.payment_state) == (RequestStatus.DECIDED, PaymentState.PENDING)
    assert refusals(of_dossier(by.example(Phase.SOLDE), avance), by) == ["0504"]


@each(ONE_OF_EACH)
def test_no_second_solde_while_one_is_open_even_incomplete(by):
    avance = deposited(by.example(Phase.AVANCE), by, Phase.AVANCE)
    paid(avance)
    data = of_dossier(by.example(Phase.SOLDE), avance)
    first = corridor_files.imported(data, by, Phase.SOLDE)
    assert first.status is RequestStatus.INCOMPLETE
    again = copy.deepcopy(data)
    again[A_LINE][0]["numeroEditeur"] = "00002"
    assert refusals(again, by) == ["0505"]
    corridor_files.completed(first, by.user)
    assert refusals(again, by) == ["0505"]


@each(EVERY)
def test_no_solde_once_its_window_is_closed(by):
    avance = deposited(by.example(Phase.AVANCE), by, Phase.AVANCE)
    paid(avance)
    data = of_dossier(by.example(Phase.SOLDE), avance)
    spec = factories.open_spec(by.of.code)
    yesterday = clock.now() - dt.timedelta(1)
    closed = tuple(one.model_copy(update={"closes_at": yesterday}) for one in spec.windows)
    corridor_versions.publish(spec.model_copy(update={"windows": closed}))
    simulation = json_files.simulate(json_files.written(data), by.who, Phase.SOLDE)
    (fault,) = simulation.report["file_faults"]
    assert fault["code"] == "0209"
    assert not simulation.importable


@each(EVERY)
def test_the_beneficiaries_of_the_solde_are_compared_with_the_avances(by):
    avance = deposited(by.example(Phase.AVANCE), by, Phase.AVANCE)
    paid(avance)
    data = of_dossier(by.example(Phase.SOLDE), avance)
    named = avance.beneficiaries[0]
    _name_instead(data, named.identifier, _another(by.of, named.identifier_kind, named.identifier))
    simulation = json_files.simulate(json_files.written(data), by.who, Phase.SOLDE)
    assert "0907" in [one["code"] for one in simulation.report["findings"]]
    assert json_files.codes(simulation) == []


def _another(of, kind, identifier):
    """Another identifier of this kind, which the corridor may finance."""
    code, software, wave = of
    rule = SPECS[code].amount_of(software, wave)
    if isinstance(rule, Table):
        return next(one for one in rule.ceilings[software] if one != identifier)
    return "10101201234" if kind == "rpps" else "120780481"


def _name_instead(value, old, new):
    """The same with an identifier for another wherever it is said."""
    for key, below in value.items() if isinstance(value, dict) else enumerate(value):
        if below == old:
            value[key] = new
        elif isinstance(below, dict | list):
            _name_instead(below, old, new)
