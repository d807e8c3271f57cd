"""Every corridor deposited by file, every software and wave: its own example goes from simulation to validated solde,
and the page of each request shows all that the file says."""

import datetime as dt

import pytest

from app.domain.enums import Phase, Role
from app.domain.request_workflow import Action
from app.exchange import example_file
from app.extensions import db
from app.models.requests import Avenant
from app.services import actors, corridor_versions, request_view
from app.services import documents as pieces
from app.services import requests as request_service
from tests import factories, shipped
from tests.json_files import deposit, simulate, written
from tests.lives import paid

SOFTWARE = [
    pytest.param(spec.code, software, id=f"{spec.code}-{software.type}-va{software.wave}")
    for spec in shipped.BY_FILE.values()
    for software in spec.software
]
HEAD = {"Numéro de ligne", "Type d'action"}


@pytest.fixture
def officer(session):
    return actors.of(factories.user(Role.OFFICER))


def enrolled(code, software):
    profiles = [question.profile for question in factories.open_spec(code).scenario if question.profile]
    referencing = factories.referencing(
        code, software_type=software.type, dsr=software.dsr, wave=software.wave, profiles=profiles
    )
    enrolment = factories.enrolment(referencing=referencing)
    return enrolment, factories.supplier_user(enrolment.supplier)


def example(of, phase, avance=None):
    """The file the documentation gives, for this supplier; a solde names its avance."""
    enrolment, _ = of
    version = corridor_versions.in_force(enrolment.referencing.corridor_code)
    spec = corridor_versions.spec_of(version).narrowed(enrolment.referencing.wave)
    data = example_file.example(
        spec, phase, enrolment.referencing.ans_number, enrolment.supplier.siret, "HT", dt.date(2026, 10, 1)
    )
    if avance:
        data["lignesImport"][0]["numeroASP"] = avance.number
    return data


def deposited(of, phase, avance=None):
    """The request of the example, its pieces given under the names it announced."""
    data = example(of, phase, avance)
    found = simulate(written(data), of, phase)
    assert (found.report["file_faults"], found.report["findings"]) == ([], [])
    imported = deposit(written(data), of, phase)
    avenant = db.session.query(Avenant).filter_by(json_import_id=imported.id).one()
    for expected in pieces.expected_of(avenant):
        factories.document(avenant, expected.file_name, kind=expected.kind)
    request_service.act(avenant, Action.COMPLETE, actors.of(of[1]))
    return avenant, data["lignesImport"][0]


def shown(avenant):
    """Every value the page of this request writes."""
    view = request_view.present(avenant)
    facts = [*view.information, *view.rest]
    rows = [row for table in view.other_tables for row in table.page.rows]
    if block := view.scenario:
        facts += [*block.facts, *block.ticks]
        rows += block.table.page.rows if block.table else ()
    block = view.beneficiaries
    facts += [*block.facts, *block.ticks, *(fact for tick in block.ticks for fact in tick.facts)]
    rows += [row for table in block.tables for row in table.page.rows]
    rows += [(one.name, one.email, one.phone, one.identifier, *one.others) for one in block.page.rows]
    said = {getattr(fact, "value", None) or getattr(fact, "ticked", None) for fact in facts}
    return said | {cell for row in rows for cell in row} | {piece.file_name for piece in view.documents}


def texts(value):
    """Every text of the file, wherever it is."""
    match value:
        case dict():
            return {text for below in value.values() for text in texts(below)}
        case list():
            return {text for below in value for text in texts(below)}
        case str():
            return {value}
    return set()


# Said otherwise: the regime by its name, the type of a piece by its own column, the format of a file by its name.
ELSEWHERE = {"HT", "PDF"}


@pytest.mark.parametrize(("code", "software"), SOFTWARE)
def test_the_example_is_deposited_paid_and_shown_whole_avance_then_solde(session, officer, code, software):
    of = enrolled(code, software)
    avance, line = deposited(of, Phase.AVANCE)
    _shows_all(avance, line)
    paid(avance)
    solde, line = deposited(of, Phase.SOLDE, avance)
    _shows_all(solde, line)
    assert request_view.present(solde).beneficiaries.matches
    request_service.act(solde, Action.VALIDATE, officer)
    assert solde.amount == solde.retained - avance.amount


def _shows_all(avenant, line):
    """What the page does not write: the types of pieces, which are codes, and the N° ASP, which is in its title."""
    kinds = {piece["typeFichier"] for piece in line["piecesJustificatives"]}
    assert texts(line) - shown(avenant) - ELSEWHERE - kinds - {line["numeroASP"]} == set()
    view = request_view.present(avenant)
    assert {fact.label for fact in view.rest} == HEAD
    assert view.beneficiaries.page.rows
