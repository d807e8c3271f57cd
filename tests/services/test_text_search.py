"""Do both databases find and sort text alike, and find it in long tables without reading them?"""

import pytest
import sqlalchemy as sa

from app.domain.folding import ACCENTED, LIGATURES, fold
from app.extensions import db
from app.models import folded
from app.models.audit import AuditEntry
from app.models.requests import Avenant
from app.models.suppliers import Supplier
from app.services import audit, known_values, number_search, trigrams
from app.services.actors import SYSTEM, Actor
from tests import factories

ODD = f"{ACCENTED} {''.join(LIGATURES)} ABC xyz 012 %_/\\'\""


def test_the_database_folds_as_python_does(session):
    made = factories.supplier(name=ODD)
    assert session.scalar(sa.select(folded.folded(Supplier.name)).where(Supplier.id == made.id)) == fold(ODD)


@pytest.mark.parametrize("text", ["société", "SOCIETE", "Été c", "100 %", "_s"])
def test_a_name_is_found_whatever_its_case_and_its_accents(session, text):
    factories.supplier(name="AUTRE EDITEUR")
    factories.supplier(name="La Société_S Cœur 100 %")
    found = session.scalars(sa.select(Supplier.name).where(folded.contains(Supplier.name, text))).all()
    assert found == (["La Société_S Cœur 100 %"] if fold(text) in fold("La Société_S Cœur 100 %") else [])


def test_names_are_in_the_order_of_a_dictionary(session):
    for name in ("zèbre", "Écho", "eclair", "ETAT", "Abeille"):
        factories.supplier(name=name)
    in_order = session.scalars(sa.select(Supplier.name).order_by(folded.folded(Supplier.name))).all()
    assert in_order == ["Abeille", "Écho", "eclair", "ETAT", "zèbre"]


@pytest.fixture
def journal(session):
    """Entries of three actors about three requests."""
    for rank, name in enumerate(("Inès Durand", "INES PETIT", "Chloé Simon")):
        for _ in range(3):
            audit.record("essai", "request", f"FINMDV00000{rank}M0", Actor(None, name, SYSTEM.roles))
    db.session.commit()


def test_every_value_of_a_column_is_met_once_in_order(journal):
    assert {"Chloé Simon", "INES PETIT", "Inès Durand"} <= set(known_values.of(AuditEntry.actor))
    assert known_values.of(AuditEntry.actor) == sorted(set(db.session.scalars(sa.select(AuditEntry.actor))))


@pytest.mark.parametrize(("text", "entries"), [("ines", 6), ("CHLOE", 3), ("é s", 3), ("personne", 0)])
def test_rows_are_found_by_a_part_of_a_value(journal, text, entries):
    assert count(known_values.contains(AuditEntry.actor, text)) == entries


def test_rows_are_found_by_how_their_value_is_shown(journal):
    assert count(known_values.contains(AuditEntry.action, "épreuve", {"essai": "Épreuve"}.get)) == 9


@pytest.mark.parametrize("common", [False, True])
@pytest.mark.parametrize(
    ("text", "entries"), [("mdv000001", 3), ("DV0", 9), ("M0'", 0), ('"M0', 0), ("%%%", 0), ("_DV", 0), ("AB C", 0)]
)
def test_rows_are_found_by_three_characters_or_more(journal, monkeypatch, common, text, entries):
    monkeypatch.setattr(trigrams.Trigrams, "_is_common", lambda self, text: common)
    assert count(trigrams.SUBJECTS.contains(text)) == entries


@pytest.mark.parametrize(
    "text",
    ["FIN", "fin0", "MDV", "inm", "NMDV0", "FINMS10", "S100", "FINMS1", "000", "m1000", "ZZZ", "%%%", "été", "٣٣٣"],
)
def test_a_request_is_found_by_any_part_of_its_number(session, text):
    mdv, ms1 = (factories.enrolment(code=code) for code in ("MDV", "MS1"))
    numbers = sorted(factories.avenant(one).number for one in (mdv, ms1, mdv))
    session.commit()
    holding = [one for one in numbers if text.upper() in one]
    assert found(number_search.contains(text)) == holding
    sought = number_search.sought(text)
    assert found(sought.condition, sought.values) == holding
    if sought.together:
        assert found(sa.and_(*number_search.bounds(text))) == [
            one for one in numbers if holding[0] <= one <= holding[-1]
        ]
    else:
        assert number_search.bounds(text) == ()


def found(condition, values=None) -> list[str]:
    """The numbers of the requests that meet a condition, `values` of its parameters."""
    query = sa.select(Avenant.number).where(condition).order_by(Avenant.number)
    return list(db.session.scalars(query, values or {}))


def count(condition) -> int:
    """The entries of the requests that meet a condition."""
    query = sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.subject_kind == "request", condition)
    return db.session.scalar(query)
