"""A file of 200 lines costs as many statements as one of 10: no control, no insert goes line by line."""

import pytest
import sqlalchemy as sa

from app.demo import deposits, orders, people
from app.domain.enums import Phase, RequestStatus
from app.extensions import db
from app.models.documents import ExpectedDocument
from app.models.dossiers import BeneficiaryClaim
from app.models.imports import JsonImportLine
from app.models.requests import Avenant, Beneficiary, Scenario
from app.services import clock, imports
from tests import factories, json_files, lives
from tests.queries import every_statement

FEW, MANY = 10, 200
UNSYNCHRONISED = {"synchronize_session": False}


@pytest.fixture
def a(session):
    return json_files.supplier_a()


def avances(start, how_many):
    """A file of avances for doctors of this rank on, one to four a line."""
    ordered = [orders.doctors(start + rank * 5, rank) for rank in range(how_many)]
    return deposits.avance_file(people.A, ordered, "01/10/2021")


def cost(act):
    """What the act returns, and how many statements it sends from a session that knows nothing, commit included."""
    db.session.commit()
    with every_statement() as sent:
        done = act()
        db.session.commit()
    return done, [statement.split("sa_savepoint")[0][:60] for statement in sent]


def deposited(content, of, phase=Phase.AVANCE):
    """Simulated then imported: the import, and the statements of both."""
    found, of_simulation = cost(lambda: json_files.simulate(content, of, phase))
    made, of_import = cost(lambda: imports.import_simulated(found, of[1]))
    return made, of_simulation, of_import


def avenants_of(made):
    return db.session.scalars(sa.select(Avenant).where(Avenant.json_import_id == made.id).order_by(Avenant.id)).all()


@pytest.fixture
def pay(a):
    """Puts every avance of an import where one decided and paid by people is."""
    model = factories.avenant(factories.enrolment())
    lives.paid(model)
    names = ("status", "payment_state", "completed_at", "judged_at", "amount", "decision_id", "decided_at")
    same = {name: getattr(model, name) for name in names}
    return lambda made: db.session.execute(
        sa.update(Avenant).where(Avenant.json_import_id == made.id).values(same), execution_options=UNSYNCHRONISED
    )


def soldes(made):
    return deposits.solde_file(people.A, avenants_of(made), "02/11/2021")


def count(model):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_avances_cost_the_same_statements_whatever_the_lines(a):
    deposited(avances(1, 1), a)
    few = deposited(avances(1_000, FEW), a)
    many = deposited(avances(10_000, MANY), a)
    assert [made.retained_count for made, *_ in (few, many)] == [FEW, MANY]
    assert many[1:] == few[1:]
    assert [count(model) for model in (Avenant, Scenario, ExpectedDocument, JsonImportLine)] == [1 + FEW + MANY] * 4
    assert count(Beneficiary) == count(BeneficiaryClaim) > 2 * MANY


def test_soldes_cost_the_same_statements_whatever_the_lines(a, pay):
    paid = [deposited(avances(start, how_many), a)[0] for start, how_many in ((1, 1), (1_000, FEW), (10_000, MANY))]
    for made in paid:
        pay(made)
    once, few, many = [deposited(soldes(made), a, Phase.SOLDE) for made in paid]
    assert [made.retained_count for made, *_ in (once, few, many)] == [1, FEW, MANY]
    assert many[1:] == few[1:]


def test_soldes_deposited_again_cost_the_same_statements_whatever_the_lines(a, pay):
    paid = [deposited(avances(start, how_many), a)[0] for start, how_many in ((1, 1), (1_000, FEW), (10_000, MANY))]
    costs = []
    for made in paid:
        pay(made)
        rejected = deposited(soldes(made), a, Phase.SOLDE)[0]
        db.session.execute(
            sa.update(Avenant)
            .where(Avenant.json_import_id == rejected.id)
            .values(status=RequestStatus.REJECTED, judged_at=clock.now(), completed_at=clock.now()),
            execution_options=UNSYNCHRONISED,
        )
        again, *statements = deposited(soldes(made), a, Phase.SOLDE)
        assert [one.ordinal for one in avenants_of(again)] == [1] * made.retained_count
        costs.append(statements)
    assert costs[2] == costs[1]


def test_doctors_lost_meanwhile_cost_the_same_statements_whatever_the_lines(a):
    costs = []
    for start, how_many in ((1, 2), (1_000, FEW), (10_000, MANY)):
        ours = json_files.simulate(avances(start, how_many), a)
        taken = avances(start, how_many // 2)
        deposited(taken, a)
        made, statements = cost(lambda ours=ours: imports.import_simulated(ours, a[1], confirmed=True))
        assert (made.retained_count, made.rejected_count) == (how_many - how_many // 2, how_many // 2)
        costs.append(statements)
    assert costs[2] == costs[1]
