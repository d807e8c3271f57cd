"""What a ZIP leaves behind is kept, then sorted by hand: nothing is lost, nothing is given twice."""

import io
import os

import pytest
import sqlalchemy as sa

from app.domain import limits
from app.domain.enums import EntryOutcome, RequestStatus, ScanState
from app.domain.errors import NotAllowed, RuleBroken
from app.extensions import db
from app.models.documents import Document
from app.models.kept_files import KeptFile
from app.services import audit, bundles, clock, documents, incomplete, kept_files, ports, reassignments, stored_files
from app.services.reassignments import Choice, Refused
from tests import factories, files
from tests.exchange import archives
from tests.services import pieces

PIECE = files.pdf()
OTHER = PIECE + b"\n% une autre"


@pytest.fixture(autouse=True)
def empty_store(app):
    """The store outlives the tests' transactions: what others left in it is not ours to count."""
    for prefix in (stored_files.DOCUMENTS, stored_files.QUARANTINE):
        for key, _ in ports.get().store.keys(prefix):
            ports.get().store.delete(key)


@pytest.fixture
def user(session):
    return factories.supplier_user()


@pytest.fixture
def batch(user):
    return pieces.json_import(user, factories.enrolment(user.supplier))


def drop(batch, user, entries):
    report = bundles.attach_bundle(batch, io.BytesIO(archives.zipped(entries)), user)
    db.session.commit()
    return report


def kept(batch):
    return {one.name: one for one in kept_files.of_import(batch)}


def quarantined():
    return {key for key, _ in ports.get().store.keys(stored_files.QUARANTINE)}


def count(model):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_what_found_no_place_is_kept_typed_scanned_and_counted(user, batch, monkeypatch):
    monkeypatch.setattr(ports.get(), "scanner", pieces.Scanner())
    pieces.waiting(batch, ["bon.pdf"], "00001")
    pieces.waiting(batch, ["bon.pdf"], "00002")
    report = drop(
        batch,
        user,
        {
            "bon.pdf": PIECE,
            "scans/inconnu.pdf": OTHER,
            "faux.pdf": b"MZ rien d'un PDF",
            "grand.pdf": os.urandom(limits.PIECE_BYTES + 1),
            "vide.pdf": b"",
            "__MACOSX/._bon.pdf": b"systeme",
        },
    )
    assert report.kept == 5
    found = kept(batch)
    assert {name: (one.outcome, one.media_type, one.size) for name, one in found.items()} == {
        "bon.pdf": (EntryOutcome.AMBIGUOUS, "application/pdf", len(PIECE)),
        "scans/inconnu.pdf": (EntryOutcome.UNMATCHED, "application/pdf", len(OTHER)),
        "faux.pdf": (EntryOutcome.UNMATCHED, "", 16),
        "grand.pdf": (EntryOutcome.UNMATCHED, "", limits.PIECE_BYTES + 1),
        "vide.pdf": (EntryOutcome.UNMATCHED, "", 0),
    }
    assert found["bon.pdf"].scan is ScanState.CLEAN
    assert "n'est pas celui d'un PDF" in found["faux.pdf"].reason
    assert quarantined() == {one.storage_key for one in found.values()} - {None}
    assert [one.storage_key for one in (found["grand.pdf"], found["vide.pdf"])] == [None, None]
    with kept_files.open_content(found["scans/inconnu.pdf"]) as content:
        assert content.read() == OTHER
    assert audit.last_entry("json_import", str(batch.id)).payload["after"]["kept"] == 5


def test_sending_again_tells_what_is_there_and_names_what_differs(user, batch):
    first = pieces.waiting(batch, ["a.pdf", "b.pdf"], "00001")
    drop(batch, user, {"a.pdf": PIECE})
    report = drop(batch, user, {"a.pdf": PIECE, "copie/a.PDF": OTHER, "b.txt": b"x"})
    told = {one.name: (one.outcome, one.reason, one.kept) for one in report.entries}
    assert told["a.pdf"] == (
        EntryOutcome.DUPLICATE,
        f"Déjà reçue pour la demande {first.number} (« a.pdf ») : rien à refaire.",
        False,
    )
    outcome, reason, is_kept = told["copie/a.PDF"]
    assert (outcome, is_kept) == (EntryOutcome.DIFFERENT, True)
    assert "« copie/a.PDF » est différent" in reason
    assert "« a.pdf »" in reason
    assert count(Document) == 1


def test_the_same_archive_twice_keeps_nothing_twice(user, batch):
    pieces.waiting(batch)
    for _ in range(2):
        assert drop(batch, user, {"inconnu.pdf": PIECE, "grand.pdf": os.urandom(10)}).kept == 2
    assert count(KeptFile) == 3  # « grand.pdf » had other bytes each time
    assert len(quarantined()) == 3


def test_a_file_is_given_the_piece_chosen_and_completes_its_request(user, batch):
    avenant = pieces.waiting(batch, ["bon.pdf"], "00001")
    drop(batch, user, {"scans/inconnu.pdf": PIECE})
    one = kept(batch)["scans/inconnu.pdf"]
    expected = documents.expected_of(avenant)[0]
    done = reassignments.sort(batch, [Choice(one.id, expected.id)], user)
    db.session.commit()
    assert (done.given, done.completed) == (["scans/inconnu.pdf"], [avenant.number])
    assert avenant.status is RequestStatus.IN_PROGRESS
    assert (expected.document.file_name, expected.document.kind) == ("inconnu.pdf", pieces.ORDER)
    assert count(KeptFile) == 0
    assert quarantined() == set()
    assert pieces.stored() == {expected.document.storage_key}


def test_a_form_sent_twice_does_its_work_once(user, batch):
    avenant = pieces.waiting(batch, ["a.pdf", "b.pdf"], "00001")
    drop(batch, user, {"x.pdf": PIECE, "y.pdf": OTHER})
    found = kept(batch)
    choices = [Choice(found["x.pdf"].id, documents.expected_of(avenant)[0].id), Choice(found["y.pdf"].id)]
    assert reassignments.sort(batch, choices, user).discarded == ["y.pdf"]
    db.session.commit()
    again = reassignments.sort(batch, choices, user)
    db.session.commit()
    assert (again.given, again.discarded, again.gone) == ([], [], 2)
    assert count(Document) == 1
    assert len(pieces.stored()) == 1


def test_several_are_sorted_together_or_not_at_all(user, batch):
    first, second = pieces.waiting(batch, number="00001"), pieces.waiting(batch, number="00002")
    drop(batch, user, {"x.pdf": PIECE, "y.pdf": OTHER, "faux.pdf": b"rien"})
    found = {name: one.id for name, one in kept(batch).items()}
    places = [documents.expected_of(one)[0].id for one in (first, second)]
    with pytest.raises(Refused) as refusal:
        reassignments.sort(batch, [Choice(found["x.pdf"], places[0]), Choice(found["y.pdf"], places[0])], user)
    assert set(refusal.value.faults) == {found["x.pdf"], found["y.pdf"]}
    with pytest.raises(Refused) as refusal:
        reassignments.sort(batch, [Choice(found["x.pdf"], places[0]), Choice(found["faux.pdf"], places[1])], user)
    assert "remplacez-le" in refusal.value.faults[found["faux.pdf"]]
    with pytest.raises(RuleBroken, match="Choisissez"):
        reassignments.sort(batch, [], user)
    db.session.rollback()
    assert (count(Document), count(KeptFile)) == (0, 3)


def test_what_came_meanwhile_stands_unless_its_replacement_was_chosen(user, batch):
    avenant = pieces.waiting(batch, ["a.pdf", "b.pdf"], "00001")
    drop(batch, user, {"x.pdf": OTHER})
    one, expected = kept(batch)["x.pdf"], documents.expected_of(avenant)[0]
    given = documents.attach_expected(expected, "a.pdf", pieces.pdf(), user)
    db.session.commit()
    with pytest.raises(Refused) as refusal:
        reassignments.sort(batch, [Choice(one.id, expected.id)], user)
    assert "a reçu entre-temps un autre fichier" in refusal.value.faults[one.id]
    db.session.rollback()
    reassignments.sort(batch, [Choice(one.id, expected.id, given.id)], user)
    db.session.commit()
    assert expected.document.file_name == "x.pdf"
    assert count(Document) == 1


def test_a_replacement_takes_the_place_its_name_tells_else_waits(user, batch):
    avenant = pieces.waiting(batch, ["bon.pdf"], "00001")
    drop(batch, user, {"bon.pdf": b"pas un PDF"})
    one = kept(batch)["bon.pdf"]
    assert one.outcome is EntryOutcome.WRONG_TYPE
    with pytest.raises(RuleBroken, match="type accepté"):
        reassignments.replace(batch, one.id, "bon.txt", io.BytesIO(b"x"), user)
    done = reassignments.replace(batch, one.id, "nouveau scan.pdf", io.BytesIO(PIECE), user)
    db.session.commit()
    assert done.completed == [avenant.number]
    assert (count(KeptFile), quarantined()) == (0, set())

    other = pieces.waiting(batch, ["contrat.pdf"], "00002")
    drop(batch, user, {"zz.pdf": b"pas un PDF"})
    one = kept(batch)["zz.pdf"]
    reassignments.replace(batch, one.id, "autre.pdf", io.BytesIO(PIECE), user)
    db.session.commit()
    assert other.status is RequestStatus.INCOMPLETE
    assert [(name, waits.usable) for name, waits in kept(batch).items()] == [("autre.pdf", True)]


def test_an_import_keeps_so_much_and_says_so(user, batch, monkeypatch):
    monkeypatch.setattr(limits, "KEPT_FILES", 3)
    monkeypatch.setattr(limits, "KEPT_BYTES", len(PIECE) + 10)
    pieces.waiting(batch)
    report = drop(batch, user, {"x.pdf": PIECE, "y.pdf": PIECE, "z.txt": b"a", "t.txt": b"b", "u.txt": b"c"})
    assert [one.kept for one in report.entries] == [True, False, True, True, False]
    assert all("Non gardé" in one.reason for one in report.entries if not one.kept)
    assert (count(KeptFile), len(quarantined())) == (3, 3)


def test_they_go_with_the_last_non_completed_request(user, batch, frozen):
    first = pieces.waiting(batch, number="00001")
    second = pieces.waiting(batch, number="00002")
    elsewhere = pieces.json_import(user, batch.enrolment)
    pieces.waiting(elsewhere, number="00003", expires_on=second.expires_on.replace(day=second.expires_on.day - 1))
    for one in (batch, elsewhere):
        drop(one, user, {"inconnu.pdf": PIECE})
    incomplete.delete([first.number], user)
    db.session.commit()
    assert count(KeptFile) == 2
    incomplete.purge(second.expires_on.replace(day=second.expires_on.day - 1))
    db.session.commit()
    assert [one.json_import_id for one in db.session.scalars(sa.select(KeptFile))] == [batch.id]
    frozen.move_to(second.expires_on)
    incomplete.purge(clock.today())
    db.session.commit()
    assert (count(KeptFile), quarantined()) == (0, set())


def test_deleting_the_last_request_by_hand_takes_them_at_once(user, batch):
    avenant = pieces.waiting(batch)
    drop(batch, user, {"inconnu.pdf": PIECE})
    incomplete.delete([avenant.number], user)
    db.session.commit()
    assert (count(KeptFile), quarantined()) == (0, set())


def test_an_expired_request_takes_no_kept_file(user, batch, frozen):
    avenant = pieces.waiting(batch)
    drop(batch, user, {"inconnu.pdf": PIECE})
    frozen.move_to(avenant.expires_on)
    choice = Choice(kept(batch)["inconnu.pdf"].id, documents.expected_of(avenant)[0].id)
    with pytest.raises(Refused) as refusal:
        reassignments.sort(batch, [choice], user)
    assert "a expiré" in refusal.value.faults[choice.kept_id]


def test_another_supplier_sorts_nothing(user, batch):
    pieces.waiting(batch)
    drop(batch, user, {"inconnu.pdf": PIECE})
    with pytest.raises(NotAllowed):
        reassignments.sort(batch, [Choice(1)], factories.supplier_user())
    foreign = pieces.waiting(pieces.json_import(user, batch.enrolment))
    choice = Choice(kept(batch)["inconnu.pdf"].id, documents.expected_of(foreign)[0].id)
    with pytest.raises(Refused):
        reassignments.sort(batch, [choice], user)


def test_sweeping_spares_what_is_kept(user, batch):
    pieces.waiting(batch)
    drop(batch, user, {"inconnu.pdf": PIECE})
    assert stored_files._known(list(quarantined())) == quarantined()
