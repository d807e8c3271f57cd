"""Imports at the same instant: a file is imported once, a beneficiary is financed once, and nothing is half-written."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from app.domain.enums import Phase
from app.domain.errors import Conflict, RuleBroken
from app.extensions import db
from app.models.dossiers import BeneficiaryClaim, Dossier
from app.models.imports import JsonImport, JsonSimulation
from app.models.requests import Avenant
from app.models.users import User
from app.services import audit, imports
from tests import factories
from tests.conftest import SERVER
from tests.json_files import SAMPLE, sample, simulate, supplier_a, written

pytestmark = pytest.mark.committed


def importing(simulation, confirmed=True):
    """The act of a thread: import this simulation (by id, read on the thread's own connection) and commit."""
    simulation_id, user_id = simulation.id, simulation.user_id

    def act():
        found, user = db.session.get(JsonSimulation, simulation_id), db.session.get(User, user_id)
        made = imports.import_simulated(found, user, confirmed=confirmed)
        counts = made.retained_count, made.rejected_count
        db.session.commit()
        return counts

    return act


def race(committed, simulations):
    """Import them all at once; the test's own transaction is closed first, or SQLite would keep every writer out."""
    acts = [importing(found) for found in simulations]
    db.session.commit()
    return committed.at_once(*acts)


def count(model):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_a_double_click_imports_once(committed):
    answers = race(committed, [simulate(SAMPLE.read_bytes(), supplier_a())] * 4)
    assert answers.count((10, 0)) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 3
    assert (count(JsonImport), count(Dossier), count(Avenant), count(BeneficiaryClaim)) == (1, 10, 10, 16)
    assert list(audit.verify()) == []


def test_two_simulations_of_the_same_bytes_import_once(committed):
    a = supplier_a()
    answers = race(committed, [simulate(SAMPLE.read_bytes(), a) for _ in range(2)])
    assert sorted(isinstance(answer, Conflict) for answer in answers) == [False, True]
    assert count(Dossier) == 10


def rivals(shared_lines):
    """Two suppliers, two files of two lines; the first `shared_lines` lines are for the same doctors."""
    files = []
    for rank in range(2):
        enrolment = factories.enrolment()
        data = copy.deepcopy(sample()) | {
            "siret": enrolment.supplier.siret,
            "numeroAns": enrolment.referencing.ans_number,
        }
        lines = sample()["lignesImport"][:2]
        for line in lines[shared_lines:]:
            line["beneficiaires"]["liberal"][0]["RPPS"] = f"1000000000{rank}"
        data["lignesImport"] = lines
        files.append(simulate(written(data), (enrolment, factories.supplier_user(enrolment.supplier)), Phase.AVANCE))
    return files


def test_a_beneficiary_claimed_twice_at_once_is_financed_once(committed):
    answers = race(committed, rivals(1))
    assert sorted(answers) == [(1, 1), (2, 0)]
    assert (count(Dossier), count(BeneficiaryClaim)) == (3, 3)
    orphans = sa.select(Dossier).where(Dossier.id.not_in(sa.select(BeneficiaryClaim.dossier_id)))
    assert db.session.scalars(orphans).all() == []


def test_who_loses_every_line_imports_nothing(committed):
    answers = race(committed, rivals(2))
    assert answers.count((2, 0)) == 1
    assert sum(isinstance(answer, RuleBroken) for answer in answers) == 1
    assert (count(JsonImport), count(Dossier)) == (1, 2)


@contextmanager
def claim_passing_by(identifier: str, dossier_id: int, dsr: str) -> Iterator[None]:
    """Another connection claims this beneficiary just before the import's own INSERT, and gives it back just after."""
    other = sa.create_engine(db.engine.url, poolclass=sa.NullPool)
    claims = BeneficiaryClaim.__table__
    taken = {"identifier": identifier, "dsr": dsr, "dossier_id": dossier_id}

    def commit(change: sa.Executable) -> None:
        with other.begin() as connection:
            connection.execute(change)

    def claiming(statement: str) -> bool:
        return statement.startswith(f"INSERT INTO {claims.name} ")

    def before(connection, cursor, statement, *rest) -> None:
        if claiming(statement):
            commit(sa.insert(claims).values(taken))

    def after(connection, cursor, statement, *rest) -> None:
        if claiming(statement):
            commit(sa.delete(claims).where(claims.c.identifier == identifier))

    sa.event.listen(db.engine, "before_cursor_execute", before)
    sa.event.listen(db.engine, "after_cursor_execute", after)
    try:
        yield
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", before)
        sa.event.remove(db.engine, "after_cursor_execute", after)


@pytest.mark.skipif(not SERVER, reason="on SQLite nobody writes while an import does")
def test_no_line_is_retained_without_its_claim(committed):
    """The row in the way of the INSERT is gone when its holder is looked for: nobody holds it, so neither do we."""
    act = importing(rivals(2)[0])
    identifier = sample()["lignesImport"][0]["beneficiaires"]["liberal"][0]["RPPS"]
    dossier = factories.avenant().dossier
    elsewhere = dossier.id
    passing = claim_passing_by(identifier, elsewhere, dossier.dsr)
    db.session.commit()
    with passing:
        answer = act()
    assert answer == (1, 1)
    held = sa.select(BeneficiaryClaim.dossier_id)
    unclaimed = sa.select(Dossier.id).where(Dossier.id.not_in(held), Dossier.id != elsewhere)
    assert db.session.scalars(unclaimed).all() == []
