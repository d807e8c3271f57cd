"""Non-completed requests: their supplier's list, deleting an avance, the purge after seven days."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.enums import Phase, RequestStatus, Role
from app.domain.errors import NotAllowed, RuleBroken
from app.extensions import db
from app.models.audit import AuditEntry
from app.models.documents import Document, ExpectedDocument
from app.models.dossiers import BeneficiaryClaim, Dossier
from app.models.imports import JsonImportLine
from app.models.mails import Mail
from app.models.requests import Avenant, Beneficiary, FundingRequest
from app.services import audit, documents, incomplete
from tests import factories
from tests.services import pieces


@pytest.fixture
def user(session):
    return factories.supplier_user()


@pytest.fixture
def batch(user):
    return pieces.json_import(user, factories.enrolment(user.supplier))


def rows(model):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def a_solde(batch):
    """A solde that waits for its pieces, on a dossier whose avance lives."""
    avance = factories.avenant(batch.enrolment)
    solde = pieces.waiting(batch, phase=Phase.SOLDE, dossier=avance.dossier, number="00009")
    return avance, solde


def test_each_supplier_sees_his_own(user, batch):
    mine = pieces.waiting(batch)
    factories.avenant(batch.enrolment)
    seen_by = sa.select(Avenant).where
    assert db.session.scalars(seen_by(incomplete.condition(user.supplier_id))).all() == [mine]
    assert db.session.scalars(seen_by(incomplete.condition(factories.supplier().id))).all() == []


def test_deleting_an_avance_leaves_nothing_but_the_line_of_its_import(user, batch):
    first, second = pieces.waiting(batch, ["a.pdf", "b.pdf"]), pieces.waiting(batch, number="00002")
    number, other = first.number, second.number
    key = documents.attach_expected(documents.expected_of(first)[0], "a.pdf", pieces.pdf(), user).storage_key
    db.session.commit()
    assert key in pieces.stored()

    assert incomplete.delete([number, other], user) == 2
    assert key in pieces.stored()
    db.session.commit()
    assert key not in pieces.stored()
    models = (Dossier, FundingRequest, Avenant, Beneficiary, Document, ExpectedDocument, BeneficiaryClaim)
    assert [rows(model) for model in models] == [0] * 7
    assert set(db.session.scalars(sa.select(JsonImportLine.request_number))) == {number, other}
    entry = audit.last_entry("request", number)
    assert (entry.action, entry.actor_id) == (incomplete.DELETE, user.id)
    assert entry.payload["before"]["declared_ht"] == "1074.99"


def test_a_solde_is_not_deleted_by_hand_and_nothing_else_is(user, batch):
    _, solde = a_solde(batch)
    avance = pieces.waiting(batch)
    with pytest.raises(RuleBroken, match="est un solde"):
        incomplete.delete([avance.number, solde.number], user)
    assert rows(Avenant) == 3


def test_what_is_not_his_or_no_longer_to_complete_is_refused_alike(user, batch):
    mine = pieces.waiting(batch)
    other_user = factories.supplier_user()
    other = pieces.waiting(pieces.json_import(other_user, factories.enrolment(other_user.supplier)))
    complete = factories.avenant(batch.enrolment)
    for number in (other.number, complete.number, "FINMDV999999M0", "'; --"):
        with pytest.raises(RuleBroken, match="n'est plus à compléter"):
            incomplete.delete([mine.number, number], user)
    with pytest.raises(RuleBroken, match="Sélectionnez"):
        incomplete.delete([], user)
    with pytest.raises(NotAllowed):
        incomplete.delete([mine.number], factories.user(Role.OFFICER))
    assert rows(Avenant) == 3


def test_the_purge_takes_what_expired_avance_and_solde_once(user, batch, frozen):
    avance, solde = a_solde(batch)
    expired = pieces.waiting(batch, ["a.pdf", "b.pdf"])
    alive = pieces.waiting(batch, number="00003", expires_on=expired.expires_on + dt.timedelta(1))
    key = documents.attach_expected(documents.expected_of(expired)[0], "a.pdf", pieces.pdf(), user).storage_key
    numbers, day = {expired.number, solde.number}, expired.expires_on
    db.session.commit()

    assert incomplete.purge(day - dt.timedelta(1)) == 0
    frozen.move_to(day)
    assert incomplete.purge(day) == 2
    db.session.commit()
    assert incomplete.purge(day) == 0
    assert key not in pieces.stored()
    assert set(db.session.scalars(sa.select(Avenant.number))) == {avance.number, alive.number}
    assert rows(Dossier) == 2
    # The avance keeps the claim its solde shared with it.
    assert rows(BeneficiaryClaim) == 2
    query = sa.select(AuditEntry.subject, AuditEntry.actor_id).where(AuditEntry.action == incomplete.PURGE)
    assert set(db.session.execute(query)) == {(number, None) for number in numbers}


def test_the_purge_leaves_a_request_completed_meanwhile(user, batch, frozen):
    avenant = pieces.waiting(batch)
    day = avenant.expires_on
    documents.attach_expected(documents.expected_of(avenant)[0], "a.pdf", pieces.pdf(), user)
    frozen.move_to(day)
    assert incomplete.purge(day) == 0
    assert avenant.status is RequestStatus.IN_PROGRESS


def test_the_purge_tells_the_supplier_once_for_an_import_and_names_no_request(user, batch, frozen):
    numbers = [pieces.waiting(batch, number=f"0000{rank}").number for rank in (1, 2)]
    other = pieces.waiting(pieces.json_import(user, batch.enrolment), number="00007")
    day, other_import = other.expires_on, other.json_import_id
    frozen.move_to(day)
    assert incomplete.purge(day) == 3
    assert incomplete.purge(day) == 0
    told = db.session.scalars(sa.select(Mail).where(Mail.event_key.startswith("purged:")).order_by(Mail.subject)).all()
    assert [mail.subject for mail in told] == [
        f"Demande non complétée supprimée de votre import n° {other_import}",
        f"Demandes non complétées supprimées de votre import n° {batch.id}",
    ]
    assert "- n° éditeur 00001\n- n° éditeur 00002\n" in told[1].body
    assert not any(number in mail.body for number in numbers for mail in told)


def test_an_import_with_nobody_to_write_to_is_purged_too(batch, frozen):
    lost = pieces.waiting(batch)
    day = lost.expires_on
    db.session.execute(sa.text("DELETE FROM person WHERE supplier_id = :one"), {"one": lost.supplier_id})
    db.session.commit()
    frozen.move_to(day)
    assert incomplete.purge(day) == 1
    assert (rows(Avenant), rows(Mail)) == (0, 0)
