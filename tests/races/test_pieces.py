"""Two hands on one request: it gets one piece, completes once, and is never purged under a piece being given."""

import datetime as dt
import io

import pytest
import sqlalchemy as sa

from app.domain.enums import RequestStatus
from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.audit import AuditEntry
from app.models.documents import Document, ExpectedDocument
from app.models.imports import JsonImport
from app.models.kept_files import KeptFile
from app.models.requests import Avenant
from app.models.users import User
from app.services import audit, bundles, clock, documents, incomplete, reassignments
from tests import factories, files
from tests.conftest import SERVER
from tests.exchange import archives
from tests.services import pieces

pytestmark = pytest.mark.committed
NAMES = [f"mdv-lgc-va1-bdc-{rank:05d}.pdf" for rank in range(1, 6)]


@pytest.fixture
def deposited(committed):
    """Five requests that wait for one piece each: the ground, the person and the import."""
    user = factories.supplier_user()
    batch = pieces.json_import(user, factories.enrolment(user.supplier), 5)
    for rank in range(1, 6):
        pieces.waiting(batch, number=f"{rank:05d}")
    known = user.id, batch.id
    db.session.commit()
    return committed, *known


def count(query):
    found = db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery()))
    db.session.commit()
    return found


def attach(user_id):
    user = db.session.get(User, user_id)
    expected = db.session.scalars(sa.select(ExpectedDocument).order_by(ExpectedDocument.id)).first()
    if expected is None:
        raise RuleBroken("purgée")
    made = documents.attach_expected(expected, "bdc.pdf", io.BytesIO(files.pdf()), user).id
    db.session.commit()
    return made


def test_one_piece_given_twice_at_once_is_given_once(deposited):
    ground, user_id, _ = deposited
    answers = ground.at_once(*[lambda: attach(user_id)] * 4)
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert all(isinstance(answer, int | RuleBroken) for answer in answers)
    assert count(sa.select(Document.id)) == 1
    assert count(sa.select(AuditEntry.id).where(AuditEntry.action == "Compléter")) == 1
    assert list(audit.verify()) == []


def test_two_archives_at_once_attach_each_piece_once(deposited):
    ground, user_id, import_id = deposited
    orders = [NAMES, NAMES[::-1], NAMES]

    def drop(names):
        data = archives.zipped(dict.fromkeys(names, files.pdf()))
        user, batch = db.session.get(User, user_id), db.session.get(JsonImport, import_id)
        report = bundles.attach_bundle(batch, io.BytesIO(data), user)
        db.session.commit()
        return report

    reports = ground.at_once(*[lambda names=names: drop(names) for names in orders])
    assert sum(report.attached for report in reports) == 5
    assert count(sa.select(Document.id)) == 5
    assert count(sa.select(Avenant.id).where(Avenant.status == RequestStatus.IN_PROGRESS)) == 5
    assert count(sa.select(AuditEntry.id).where(AuditEntry.action == "Compléter")) == 5
    assert len(pieces.stored()) == 5


def test_a_purge_and_a_deposit_at_midnight_agree(deposited):
    ground, user_id, _ = deposited
    day = clock.today() + dt.timedelta(7)

    def purge():
        done = incomplete.purge(day)
        db.session.commit()
        return done

    deposit, purged = ground.at_once(lambda: attach(user_id), purge)
    left = count(sa.select(Avenant.id))
    if isinstance(deposit, int):
        assert (purged, left, count(sa.select(Document.id))) == (4, 1, 1)
    else:
        assert isinstance(deposit, RuleBroken)
        assert (purged, left, count(sa.select(Document.id))) == (5, 0, 0)


def test_two_purges_at_once_delete_once(deposited):
    ground, *_ = deposited
    day = clock.today() + dt.timedelta(7)

    def purge():
        done = incomplete.purge(day)
        db.session.commit()
        return done

    assert sorted(ground.at_once(purge, purge)) == [0, 5]
    assert count(sa.select(AuditEntry.id).where(AuditEntry.action == incomplete.PURGE)) == 5


@pytest.mark.skipif(not SERVER, reason="SQLite locks no row: there the purge waits for whoever writes")
def test_a_request_held_elsewhere_is_purged_the_next_night(deposited):
    """One that a person holds keeps none of the others."""
    held, day = db.session.execute(sa.select(Avenant.id, Avenant.expires_on).limit(1)).one()
    db.session.commit()
    other = sa.create_engine(db.engine.url, poolclass=sa.NullPool)
    with other.begin() as connection:
        connection.execute(sa.select(Avenant.id).where(Avenant.id == held).with_for_update())
        db.session.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))
        assert incomplete.purge(day) == 4
        db.session.commit()
    assert db.session.scalars(sa.select(Avenant.id)).all() == [held]
    db.session.commit()
    assert incomplete.purge(day) == 1
    db.session.commit()


def test_two_tabs_that_sort_the_same_files_give_each_place_once(deposited):
    """No place is given twice, no file is lost, and who comes second is told so."""
    ground, user_id, import_id = deposited
    user, batch = db.session.get(User, user_id), db.session.get(JsonImport, import_id)
    strays = {f"inconnu-{rank}.pdf": files.pdf() + b"%" + str(rank).encode() for rank in range(5)}
    bundles.attach_bundle(batch, io.BytesIO(archives.zipped(strays)), user)
    db.session.commit()
    kept = list(db.session.scalars(sa.select(KeptFile.id).order_by(KeptFile.id)))
    places = list(db.session.scalars(sa.select(ExpectedDocument.id).order_by(ExpectedDocument.id)))
    db.session.commit()

    def sort(order):
        choices = [reassignments.Choice(kept[rank], places[rank]) for rank in order]
        user, batch = db.session.get(User, user_id), db.session.get(JsonImport, import_id)
        done = reassignments.sort(batch, choices, user)
        db.session.commit()
        return len(done.given)

    answers = ground.at_once(lambda: sort(range(5)), lambda: sort(reversed(range(5))))
    assert sorted(answers) == [0, 5]
    assert count(sa.select(Document.id)) == 5
    assert count(sa.select(KeptFile.id)) == 0
    assert count(sa.select(AuditEntry.id).where(AuditEntry.action == "Compléter")) == 5
    assert list(audit.verify()) == []


def test_two_archives_at_once_with_different_bytes_lose_nothing(deposited):
    """For each place one is attached, the other kept to be sorted; the bound of what is kept holds."""
    ground, user_id, import_id = deposited

    def drop(mark):
        data = archives.zipped(dict.fromkeys([*NAMES, "inconnu.pdf"], files.pdf() + mark))
        user, batch = db.session.get(User, user_id), db.session.get(JsonImport, import_id)
        report = bundles.attach_bundle(batch, io.BytesIO(data), user)
        db.session.commit()
        return report

    reports = ground.at_once(*[lambda mark=mark: drop(mark) for mark in (b"%un", b"%deux")])
    assert sum(report.attached for report in reports) == 5
    assert count(sa.select(Document.id)) == 5
    told = {1, 7}  # the second archive read before or after the first was attached
    assert count(sa.select(KeptFile.id)) in told
    assert all(len(report.entries) == 6 for report in reports)
    assert list(audit.verify()) == []
