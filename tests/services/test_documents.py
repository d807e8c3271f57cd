"""Pieces of a request: given, replaced, removed, read; the last one makes the request « En cours »."""

import datetime as dt
import io

import pytest
import sqlalchemy as sa

from app.domain.enums import DocumentOrigin, RequestStatus, Role, ScanState
from app.domain.errors import Conflict, IllegalAction, NotAllowed, RuleBroken, Unavailable
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.audit import AuditEntry
from app.models.documents import Document
from app.models.requests import FundingRequest
from app.services import actors, clock, documents, ports, stored_files
from app.services import requests as request_service
from tests import factories, files
from tests.services import pieces
from tests.services.pieces import pdf


@pytest.fixture
def user(session):
    return factories.supplier_user()


@pytest.fixture
def batch(user):
    return pieces.json_import(user, factories.enrolment(user.supplier))


def audited(number):
    db.session.commit()
    lines = sa.select(AuditEntry.action).where(AuditEntry.subject == number).order_by(AuditEntry.id)
    return list(db.session.scalars(lines))


def test_the_last_piece_makes_the_request_in_progress(user, batch):
    avenant = pieces.waiting(batch, ["bdc.pdf", "contrat.pdf"])
    first, second = documents.expected_of(avenant)

    documents.attach_expected(first, "bdc.pdf", pdf(), user)
    assert (avenant.status, avenant.expires_on) == (RequestStatus.INCOMPLETE, clock.today() + dt.timedelta(7))
    given = documents.attach_expected(second, "contrat.pdf", pdf(), user)
    assert avenant.status is RequestStatus.IN_PROGRESS
    assert (avenant.expires_on, avenant.completed_at) == (None, clock.now())
    db.session.refresh(given)
    assert given.confirmed_at == clock.now()
    assert (given.size, given.media_type, given.origin) == (
        len(files.pdf()),
        "application/pdf",
        DocumentOrigin.SUPPLIER,
    )
    assert audited(avenant.number) == ["Déposer une pièce", "Déposer une pièce", "Compléter"]


def test_a_required_piece_the_file_did_not_announce_is_waited_for(user, batch):
    avenant = pieces.waiting(batch, ["note.pdf"], kinds=["AUTRE"])
    documents.attach_expected(documents.expected_of(avenant)[0], "note.pdf", pdf(), user)
    assert avenant.status is RequestStatus.INCOMPLETE


def test_a_piece_is_replaced_and_its_file_goes_with_the_commit(user, batch):
    avenant = pieces.waiting(batch, ["bdc.pdf", "contrat.pdf"])
    expected = documents.expected_of(avenant)[0]
    former = documents.attach_expected(expected, "bdc.pdf", pdf(), user).storage_key
    db.session.commit()
    new = documents.attach_expected(expected, "meilleur.pdf", pdf(), user)
    assert {former, new.storage_key} <= pieces.stored()
    db.session.commit()
    assert former not in pieces.stored()
    assert expected.document is new
    assert audited(avenant.number) == ["Déposer une pièce", "Remplacer une pièce"]


def test_a_failed_transaction_leaves_the_piece_and_only_an_orphan(user, batch):
    avenant = pieces.waiting(batch, ["bdc.pdf", "contrat.pdf"])
    expected = documents.expected_of(avenant)[0]
    former = documents.attach_expected(expected, "bdc.pdf", pdf(), user).storage_key
    db.session.commit()
    before = pieces.stored()
    documents.attach_expected(expected, "autre.pdf", pdf(), user)
    db.session.rollback()
    assert expected.document.storage_key == former
    assert former in pieces.stored()
    assert len(pieces.stored() - before) == 1
    assert not pieces.known() & (pieces.stored() - before)


def test_a_bad_piece_changes_nothing(user, batch):
    avenant = pieces.waiting(batch)
    before = pieces.stored()
    with pytest.raises(RuleBroken, match=r"« bdc\.pdf » est refusé"):
        documents.attach_expected(documents.expected_of(avenant)[0], "bdc.pdf", io.BytesIO(b"MZ"), user)
    assert pieces.stored() == before
    assert avenant.status is RequestStatus.INCOMPLETE


def test_with_the_antivirus_down_nothing_is_kept(user, batch, monkeypatch):
    monkeypatch.setattr(ports.get(), "scanner", pieces.Scanner(down=True))
    avenant, before = pieces.waiting(batch), pieces.stored()
    with pytest.raises(Unavailable):
        documents.attach_expected(documents.expected_of(avenant)[0], "bdc.pdf", pdf(), user)
    assert pieces.stored() == before
    assert documents.expected_of(avenant)[0].document is None


def test_a_scanned_piece_says_so(user, batch, monkeypatch):
    expected = documents.expected_of(pieces.waiting(batch))[0]
    assert documents.attach_expected(expected, "bdc.pdf", pdf(), user).scan is ScanState.NOT_SCANNED
    monkeypatch.setattr(ports.get(), "scanner", pieces.Scanner())
    expected = documents.expected_of(pieces.waiting(batch))[0]
    assert documents.attach_expected(expected, "bdc.pdf", pdf(), user).scan is ScanState.CLEAN


def test_another_supplier_and_staff_are_not_let_in(user, batch):
    expected = documents.expected_of(pieces.waiting(batch))[0]
    for stranger in (factories.supplier_user(), factories.user(Role.OFFICER)):
        with pytest.raises(NotAllowed):
            documents.attach_expected(expected, "bdc.pdf", pdf(), stranger)


def test_it_is_locked_from_midnight_in_paris_on_the_day_it_expires(user, batch, frozen):
    avenant = pieces.waiting(batch, ["bdc.pdf", "contrat.pdf"])
    first, second = documents.expected_of(avenant)
    day = avenant.expires_on
    frozen.move_to(day - dt.timedelta(1), dt.time(23, 59))
    given = documents.attach_expected(first, "bdc.pdf", pdf(), user)
    frozen.move_to(day, dt.time(0))
    with pytest.raises(RuleBroken, match="a expiré le"):
        documents.attach_expected(second, "contrat.pdf", pdf(), user)
    with pytest.raises(RuleBroken, match="a expiré le"):
        documents.remove(given, user)
    assert not documents.complete_if_ready(avenant, actors.of(user))


def test_a_piece_is_removed_until_the_request_is_complete(user, batch):
    avenant = pieces.waiting(batch, ["bdc.pdf", "contrat.pdf"])
    first, second = documents.expected_of(avenant)
    given = documents.attach_expected(first, "bdc.pdf", pdf(), user)
    key = given.storage_key
    db.session.commit()
    documents.remove(given, user)
    db.session.commit()
    assert first.document is None
    assert key not in pieces.stored()
    kept = documents.attach_expected(first, "bdc.pdf", pdf(), user)
    documents.attach_expected(second, "contrat.pdf", pdf(), user)
    with pytest.raises(IllegalAction, match="validée"):
        documents.remove(kept, user)
    with pytest.raises(IllegalAction, match="complète"):
        documents.attach_expected(first, "bdc.pdf", pdf(), user)


def asked(action=Action.ASK_DOCUMENT):
    avenant = factories.avenant()
    officer = actors.of(factories.user(Role.OFFICER))
    request_service.act(avenant, action, officer, comment="Il manque la signature")
    return avenant, factories.supplier_user(avenant.supplier)


@pytest.mark.parametrize("action", [Action.ASK_DOCUMENT, Action.ASK_AMENDMENT])
def test_a_complement_is_removable_until_it_is_confirmed(session, action):
    avenant, user = asked(action)
    kept = documents.attach(avenant, pieces.ORDER, "signe.pdf", pdf(), user)
    dropped = documents.attach(avenant, "AUTRE", "note.png", io.BytesIO(files.image()), user)
    documents.remove(dropped, user)
    back = Action.ADD_DOCUMENT if action is Action.ASK_DOCUMENT else Action.AMEND
    request_service.act(avenant, back, actors.of(user))
    db.session.refresh(kept)
    assert kept.confirmed_at == clock.now()
    with pytest.raises(IllegalAction):
        documents.remove(kept, user)
    with pytest.raises(IllegalAction, match="Aucune pièce n'est demandée"):
        documents.attach(avenant, pieces.ORDER, "trop-tard.pdf", pdf(), user)


def test_only_ones_own_unconfirmed_piece_is_removed(session):
    avenant, user = asked()
    mine = documents.attach(avenant, pieces.ORDER, "signe.pdf", pdf(), user)
    with pytest.raises(NotAllowed):
        documents.remove(mine, factories.supplier_user())
    mine.origin = DocumentOrigin.AGENCY
    db.session.flush()
    with pytest.raises(IllegalAction):
        documents.remove(mine, user)


def test_an_unknown_type_is_refused(session):
    avenant, user = asked()
    with pytest.raises(RuleBroken, match="Sélectionnez un type") as refused:
        documents.attach(avenant, "INCONNU", "signe.pdf", pdf(), user)
    assert refused.value.field == "kind"


def test_an_amendment_takes_pieces_until_its_last_day(session, frozen):
    avenant, user = asked(Action.ASK_AMENDMENT)
    closing = request_service.open_information_request(avenant).closes_on
    frozen.move_to(closing - dt.timedelta(1), dt.time(23, 59))
    documents.attach(avenant, pieces.ORDER, "a.pdf", pdf(), user)
    frozen.move_to(closing, dt.time(0))
    with pytest.raises(IllegalAction, match="close depuis"):
        documents.attach(avenant, pieces.ORDER, "b.pdf", pdf(), user)


def test_who_may_read_a_piece(user, batch):
    avenant = pieces.waiting(batch, ["bdc.pdf", "contrat.pdf"])
    first, second = documents.expected_of(avenant)
    given = documents.attach_expected(first, "bdc.pdf", pdf(), user)
    officer, support = factories.user(Role.OFFICER), factories.user(Role.SUPPORT)
    assert documents.visible(given.id, user) is given
    assert documents.visible(given.id, officer) is None
    documents.attach_expected(second, "contrat.pdf", pdf(), user)
    assert documents.visible(given.id, officer) is given
    assert documents.visible(given.id, support) is None
    assert documents.visible(given.id, factories.supplier_user()) is None
    assert documents.visible(given.id + 999, officer) is None


def test_an_unconfirmed_complement_is_hidden_from_staff(session):
    avenant, user = asked()
    given = documents.attach(avenant, pieces.ORDER, "signe.pdf", pdf(), user)
    officer = factories.user(Role.OFFICER)
    assert documents.visible(given.id, officer) is None
    request_service.act(avenant, Action.ADD_DOCUMENT, actors.of(user))
    assert documents.visible(given.id, officer) is given


def test_a_piece_waiting_for_the_antivirus_is_not_served(user, batch):
    given = documents.attach_expected(documents.expected_of(pieces.waiting(batch))[0], "bdc.pdf", pdf(), user)
    with documents.open_content(given) as content:
        assert content.read() == files.pdf()
    given.scan = ScanState.PENDING
    with pytest.raises(Conflict, match="en attente d'analyse"):
        documents.open_content(given)


def test_a_lost_file_is_an_outage_not_a_bug(user, batch):
    given = documents.attach_expected(documents.expected_of(pieces.waiting(batch))[0], "bdc.pdf", pdf(), user)
    ports.get().store.delete(given.storage_key)
    with pytest.raises(Unavailable, match="momentanément indisponible"):
        documents.open_content(given)


def test_the_sweeper_takes_old_orphans_only(user, batch, monkeypatch):
    given = documents.attach_expected(documents.expected_of(pieces.waiting(batch))[0], "bdc.pdf", pdf(), user)
    store = ports.get().store
    for key in ("documents/orphelin", "simulations/orpheline.json", "ailleurs/fichier"):
        store.put(key, io.BytesIO(b"x"))
    assert stored_files.sweep_orphans(24) == 0
    real = store.keys
    monkeypatch.setattr(store, "keys", lambda prefix="": [(key, age + 25 * 3600) for key, age in real(prefix)])
    assert stored_files.sweep_orphans(24) >= 2
    left = {key for key, _ in real("")}
    assert {given.storage_key, "ailleurs/fichier"} <= left
    assert not left & {"documents/orphelin", "simulations/orpheline.json"}
    assert stored_files.sweep_orphans(24) == 0
    assert db.session.get(Document, given.id) is given


def test_a_request_purged_while_its_piece_was_read_is_a_conflict(user, batch, monkeypatch):
    avenant = pieces.waiting(batch)
    number, expected = avenant.number, documents.expected_of(avenant)[0]
    real = stored_files.put_document

    def purged_meanwhile(content):
        key = real(content)
        # As another process does: this session does not know.
        db.session.connection().execute(sa.delete(FundingRequest.__table__).where(FundingRequest.number == number))
        return key

    monkeypatch.setattr(stored_files, "put_document", purged_meanwhile)
    with pytest.raises(Conflict, match=f"{number} a été supprimée entre-temps"):
        documents.attach_expected(expected, "bdc.pdf", pdf(), user)
