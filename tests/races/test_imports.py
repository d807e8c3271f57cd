"""Imports at the same instant: a file is imported once, a beneficiary is financed once, and nothing is half-written."""

import copy

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
