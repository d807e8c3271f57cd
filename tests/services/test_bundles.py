"""One ZIP for an import: each entry goes to its piece, every entry is reported, a dangerous archive changes nothing."""

import io
import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.adapters import antivirus, storage
from app.domain import limits
from app.domain.enums import EntryOutcome, RequestStatus, Role, ScanState
from app.domain.errors import NotAllowed, RuleBroken, Unavailable
from app.extensions import db
from app.models.documents import Document
from app.services import audit, bundles, clock, documents, ports
from tests import factories, files
from tests.adapters import clamd_peer, s3_peer
from tests.exchange import archives
from tests.services import pieces

E = EntryOutcome
PIECE = files.pdf()


@pytest.fixture
def user(session):
    return factories.supplier_user()


@pytest.fixture
def batch(user):
    return pieces.json_import(user, factories.enrolment(user.supplier))


def drop(batch, user, entries):
    return bundles.attach_bundle(batch, io.BytesIO(archives.zipped(entries)), user)


def outcomes(report):
    return {entry.name: entry.outcome for entry in report.entries}


def rows():
    return db.session.scalar(sa.select(sa.func.count()).select_from(Document))


def test_ten_pieces_complete_ten_requests(user, batch):
    waiting = [pieces.waiting(batch, number=f"{rank:05d}") for rank in range(1, 11)]
    report = drop(batch, user, {f"mdv-lgc-va1-bdc-{rank:05d}.pdf": PIECE for rank in range(1, 11)})
    db.session.commit()
    assert (report.attached, len(report.entries)) == (10, 10)
    assert report.completed == tuple(avenant.number for avenant in waiting)
    assert {avenant.status for avenant in waiting} == {RequestStatus.IN_PROGRESS}
    assert [entry.request_number for entry in report.entries] == [avenant.number for avenant in waiting]
    entry = audit.last_entry("json_import", str(batch.id))
    assert entry.payload["after"]["attached"] == 10
    assert list(audit.verify()) == []


def test_a_name_matches_exactly_then_whatever_its_case_and_accents(user, batch):
    pieces.waiting(batch, ["re\u00e7u.pdf"], "00001")
    pieces.waiting(batch, ["Bon.pdf"], "00002")
    report = drop(batch, user, {"pieces/rec\u0327u.pdf": PIECE, "pieces/BON.PDF": PIECE})
    assert set(outcomes(report).values()) == {E.ATTACHED}


def test_a_number_matches_when_one_piece_is_missing(user, batch):
    pieces.waiting(batch, ["bon.pdf"], "00017")
    pieces.waiting(batch, ["bon-a.pdf", "contrat-a.pdf"], "00018")
    report = drop(batch, user, {"hop-dpi-va1-bdc-00017.pdf": PIECE, "scan-00018.pdf": PIECE, "scan-17.pdf": PIECE})
    assert outcomes(report) == {
        "hop-dpi-va1-bdc-00017.pdf": E.ATTACHED,
        "scan-00018.pdf": E.AMBIGUOUS,
        "scan-17.pdf": E.UNMATCHED,
    }


def test_a_name_is_heard_before_a_number(user, batch):
    avenant = pieces.waiting(batch, ["bon.pdf", "contrat.pdf"], "00001")
    report = drop(batch, user, {"bon.pdf": PIECE, "autre-00001.pdf": PIECE})
    assert set(outcomes(report).values()) == {E.ATTACHED}
    assert [one.document.file_name for one in documents.expected_of(avenant)] == ["bon.pdf", "autre-00001.pdf"]


def test_an_ambiguous_entry_attaches_to_none(user, batch):
    pieces.waiting(batch, ["bon.pdf"], "00001")
    pieces.waiting(batch, ["bon.pdf"], "00002")
    pieces.waiting(batch, ["contrat.pdf"], "00003")
    report = drop(batch, user, {"bon.pdf": PIECE, "a/contrat.pdf": PIECE, "b/contrat.pdf": PIECE, "x-00003.pdf": PIECE})
    assert report.attached == 0
    assert outcomes(report) == {
        "bon.pdf": E.AMBIGUOUS,
        "a/contrat.pdf": E.AMBIGUOUS,
        "b/contrat.pdf": E.AMBIGUOUS,
        "x-00003.pdf": E.AMBIGUOUS,
    }
    assert rows() == 0


def test_each_entry_is_reported_with_its_reason(user, batch, frozen):
    pieces.waiting(batch, ["bon.pdf"], "00001")
    pieces.waiting(batch, ["faux.pdf"], "00002")
    pieces.waiting(batch, ["grand.pdf"], "00003")
    pieces.waiting(batch, ["table.docx"], "00004")
    given = pieces.waiting(batch, ["donne.pdf", "reste.pdf"], "00005")
    documents.attach_expected(documents.expected_of(given)[0], "donne.pdf", pieces.pdf(), user)
    late = pieces.waiting(batch, ["tard.pdf"], "00006", expires_on=clock.today())
    report = drop(
        batch,
        user,
        {
            "bon.pdf": PIECE,
            "faux.pdf": b"MZ rien d'un PDF",
            "grand.pdf": os.urandom(limits.PIECE_BYTES + 1),
            "table.docx": b"PK\x03\x04 un document",
            "donne.pdf": PIECE,
            "tard.pdf": PIECE,
            "inconnu.pdf": PIECE,
            "__MACOSX/._bon-00001.pdf": b"systeme",
        },
    )
    assert list(outcomes(report).items()) == [
        ("bon.pdf", E.ATTACHED),
        ("faux.pdf", E.WRONG_TYPE),
        ("grand.pdf", E.TOO_BIG),
        ("table.docx", E.WRONG_TYPE),
        ("donne.pdf", E.DUPLICATE),
        ("tard.pdf", E.EXPIRED),
        ("inconnu.pdf", E.UNMATCHED),
        ("__MACOSX/._bon-00001.pdf", E.UNMATCHED),
    ]
    assert all(entry.reason for entry in report.entries if entry.outcome is not E.ATTACHED)
    assert late.status is RequestStatus.INCOMPLETE
    assert rows() == 2


def test_the_same_archive_twice_gives_nothing_twice(user, batch):
    pieces.waiting(batch)
    entries = {"mdv-lgc-va1-bdc-00001.pdf": PIECE}
    assert drop(batch, user, entries).attached == 1
    db.session.commit()
    again = drop(batch, user, entries)
    assert list(outcomes(again).values()) == [E.DUPLICATE]
    assert rows() == 1


def test_matching_stays_within_the_import(user, batch):
    other = pieces.json_import(user, batch.enrolment)
    elsewhere = pieces.waiting(other)
    pieces.waiting(batch, number="00002")
    report = drop(batch, user, {"mdv-lgc-va1-bdc-00001.pdf": PIECE})
    assert list(outcomes(report).values()) == [E.UNMATCHED]
    assert elsewhere.status is RequestStatus.INCOMPLETE


def test_another_supplier_is_not_let_in(user, batch):
    for stranger in (factories.supplier_user(), factories.user(Role.OFFICER)):
        with pytest.raises(NotAllowed):
            drop(batch, stranger, {"a.pdf": PIECE})


@pytest.mark.parametrize("name", archives.HOSTILE)
def test_a_dangerous_archive_attaches_nothing(user, batch, name):
    for number in ("00001", "00002"):
        pieces.waiting(batch, [f"bdc-{number}.pdf"], number)
    data, before = archives.HOSTILE[name](), pieces.stored()
    started = time.monotonic()
    with pytest.raises(RuleBroken):
        bundles.attach_bundle(batch, io.BytesIO(data), user)
    assert time.monotonic() - started < 2
    assert pieces.stored() == before
    assert rows() == 0


def test_an_infected_archive_is_refused_whole_by_name(user, batch, monkeypatch):
    monkeypatch.setattr(ports.get(), "scanner", pieces.Scanner())
    pieces.waiting(batch)
    before = pieces.stored()
    with pytest.raises(RuleBroken, match=r"« note\.txt » est infecté"):
        drop(batch, user, {"mdv-lgc-va1-bdc-00001.pdf": PIECE, "note.txt": pieces.VIRUS})
    assert (pieces.stored(), rows()) == (before, 0)


def test_with_the_antivirus_down_nothing_is_attached(user, batch, monkeypatch):
    monkeypatch.setattr(ports.get(), "scanner", pieces.Scanner(down=True))
    pieces.waiting(batch)
    before = pieces.stored()
    with pytest.raises(Unavailable):
        drop(batch, user, {"mdv-lgc-va1-bdc-00001.pdf": PIECE})
    assert (pieces.stored(), rows()) == (before, 0)


def test_the_store_going_down_midway_attaches_nothing(user, batch, monkeypatch):
    for rank in (1, 2):
        pieces.waiting(batch, number=f"{rank:05d}")
    real, calls = ports.get().store.put, []

    def put(key, content):
        calls.append(key)
        if len(calls) == 2:
            raise Unavailable("Le stockage des fichiers ne répond pas.")
        real(key, content)

    monkeypatch.setattr(ports.get().store, "put", put)
    with pytest.raises(Unavailable):
        drop(batch, user, {f"mdv-lgc-va1-bdc-{rank:05d}.pdf": PIECE for rank in (1, 2)})
    assert rows() == 0


@pytest.mark.skipif(clamd_peer.MISSING is not None, reason=str(clamd_peer.MISSING))
def test_a_real_antivirus_guards_pieces_and_archives(user, batch, monkeypatch):
    avenant = pieces.waiting(batch)
    infected = PIECE + b"%" + clamd_peer.INFECTED
    folder = Path(tempfile.mkdtemp(dir="/tmp"))  # a socket's path is at most 107 characters
    with clamd_peer.running(folder) as clamd:
        monkeypatch.setattr(ports.get(), "scanner", antivirus.open_scanner(clamd.unix))
        with pytest.raises(RuleBroken, match=r"« autre\.pdf » est infecté"):
            drop(batch, user, {"mdv-lgc-va1-bdc-00001.pdf": PIECE, "autre.pdf": infected})
        with pytest.raises(RuleBroken, match=r"« bdc\.pdf » est infecté"):
            documents.attach_expected(documents.expected_of(avenant)[0], "bdc.pdf", io.BytesIO(infected), user)
        assert rows() == 0
        assert drop(batch, user, {"mdv-lgc-va1-bdc-00001.pdf": PIECE}).attached == 1
    assert documents.expected_of(avenant)[0].document.scan is ScanState.CLEAN
    with pytest.raises(Unavailable, match="antivirus"):
        drop(batch, user, {"mdv-lgc-va1-bdc-00001.pdf": PIECE})
    shutil.rmtree(folder)


def test_pieces_live_in_a_bucket_as_in_a_folder(user, batch, monkeypatch):
    avenant = pieces.waiting(batch)
    with s3_peer.running() as peer:
        for name, value in peer.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(ports.get(), "store", storage.open_store(peer.url))
        drop(batch, user, {"mdv-lgc-va1-bdc-00001.pdf": PIECE})
        document = documents.expected_of(avenant)[0].document
        with documents.open_content(document) as content:
            assert content.read() == PIECE
        assert pieces.stored() == {document.storage_key}
    with pytest.raises(Unavailable):
        documents.open_content(document)
