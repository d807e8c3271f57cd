"""Many rows at once: the models read back what was written, and a broken constraint is told as ever."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.domain.enums import PaymentState, Phase, RequestStatus
from app.domain.vat import VatRegime
from app.extensions import db
from app.models.dossiers import BeneficiaryClaim
from app.models.requests import Avenant, Scenario
from app.services import bulk_rows, clock
from tests import factories

AWKWARD = "tab\tline\nreturn\r\\N back\\slash « é » 😀 'quote' \"double\""


@pytest.fixture
def model(session):
    return factories.avenant(factories.enrolment())


def test_the_models_read_back_what_was_written(model):
    ids = bulk_rows.draw_ids(Avenant, 2)
    declared = {"texte": AWKWARD, "montant": Decimal("358.33"), "liste": [1, None, True, {"é": []}]}
    rows = [
        (ids[0], 1, None, None, declared, Decimal("1074.99")),
        (ids[1], 2, AWKWARD[:20], dt.date(2021, 11, 2), {}, Decimal("0.01")),
    ]
    names = ("id", "ordinal", "invoice_number", "invoice_date", "declared", "declared_ht")
    bulk_rows.insert(
        Avenant,
        names,
        rows,
        request_id=model.request_id,
        is_current=False,
        number=model.number,
        phase=Phase.AVANCE,
        supplier_id=model.supplier_id,
        corridor_code=model.corridor_code,
        software_type=model.software_type,
        editor_number="",
        deposited_at=clock.now(),
        status=RequestStatus.SUPERSEDED,
        status_changed_at=clock.now(),
        completed_at=clock.now(),
        payment_state=PaymentState.NONE,
        order_date=dt.date(2021, 10, 9),
        vat=VatRegime.TTC_20,
        version=1,
    )
    first, second = [db.session.get(Avenant, avenant_id) for avenant_id in ids]
    assert first.declared == declared | {"montant": "358.33"}
    assert (first.declared_ht, first.invoice_number, first.invoice_date) == (Decimal("1074.99"), None, None)
    assert (second.declared, second.declared_ht) == ({}, Decimal("0.01"))
    assert (second.invoice_number, second.invoice_date) == (AWKWARD[:20], dt.date(2021, 11, 2))
    assert (second.phase, second.status, second.vat) == (Phase.AVANCE, RequestStatus.SUPERSEDED, VatRegime.TTC_20)
    assert (second.deposited_at, second.is_current) == (clock.now(), False)


def test_ids_drawn_are_free_and_those_written_are_never_drawn_again(model):
    assert bulk_rows.draw_ids(Scenario, 0) == []
    first = bulk_rows.draw_ids(Scenario, 3)
    assert len(set(first)) == 3
    rows = [(scenario_id, rank) for rank, scenario_id in enumerate(first, start=1)]
    bulk_rows.insert(Scenario, ("id", "position"), rows, avenant_id=model.id, answers={})
    after = Scenario(avenant_id=model.id, position=4, answers={})
    db.session.add(after)
    db.session.flush()
    assert not {after.id, *bulk_rows.draw_ids(Scenario, 3)} & set(first)


def test_a_broken_constraint_is_told_as_that_of_any_statement(model):
    said = {"position": 1, "answers": {}}
    with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
        bulk_rows.insert(Scenario, ("avenant_id",), [(model.id,), (model.id,)], **said)
    assert db.session.scalar(sa.select(sa.func.count()).where(Scenario.avenant_id == model.id)) == 0


def test_what_is_there_is_left_alone(model):
    dossier_id = model.request.dossier_id
    names, key = ("identifier", "dossier_id"), ("dsr", "identifier")
    db.session.add(BeneficiaryClaim(dsr="D", identifier="b", dossier_id=dossier_id))
    db.session.flush()
    rows = [(AWKWARD[:20], dossier_id), ("b", dossier_id), ("c", dossier_id)]
    assert bulk_rows.insert_missing(BeneficiaryClaim, key, names, rows, dsr="D") == {AWKWARD[:20], "c"}
    assert bulk_rows.insert_missing(BeneficiaryClaim, key, names, rows, dsr="D") == set()
    assert bulk_rows.insert_missing(BeneficiaryClaim, key, names, [], dsr="D") == set()
    held = sa.select(BeneficiaryClaim.identifier).where(BeneficiaryClaim.dsr == "D")
    assert sorted(db.session.scalars(held)) == ["b", "c", AWKWARD[:20]]


@pytest.mark.parametrize("values", [[], ["b"], ["b", AWKWARD[:20]], ["b", "x" * 20] * 20_000])
def test_many_values_are_one_parameter(model, values):
    rows = [(name, model.request.dossier_id) for name in (AWKWARD[:20], "b", "c")]
    bulk_rows.insert(BeneficiaryClaim, ("identifier", "dossier_id"), rows, dsr="D")
    found = db.session.scalars(
        sa.select(BeneficiaryClaim.identifier).where(bulk_rows.among(BeneficiaryClaim.identifier, values))
    )
    assert set(found) == set(values) - {"x" * 20}


def test_a_value_too_long_is_never_taken_for_its_beginning(model):
    dossier_id, key, names = model.request.dossier_id, ("dsr", "identifier"), ("identifier", "dossier_id")
    known, longer = "1" * 20, "1" * 21
    bulk_rows.insert(BeneficiaryClaim, names, [(known, dossier_id)], dsr="D")
    query = sa.select(BeneficiaryClaim.identifier).where(bulk_rows.among(BeneficiaryClaim.identifier, [longer]))
    assert db.session.scalars(query).all() == []
    if db.engine.dialect.name == "postgresql":  # SQLite keeps no length
        with pytest.raises(sa.exc.DataError), db.session.begin_nested():
            bulk_rows.insert_missing(BeneficiaryClaim, key, names, [(longer, dossier_id)], dsr="D")
