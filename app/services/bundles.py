"""One ZIP for all the pieces of an import: which entry goes where, all together or nothing, every entry reported.

Source: guide « Les écrans du portail », § 4.1 and § 9; the matching (`app.domain.piece_matching`) stays within the
import; a dangerous or infected archive is refused whole (`app.exchange.archive`; settled). What is already there and
identical is told; what found no place is kept (`app.services.kept_files`).
"""

import io
from collections.abc import Iterable
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from app.adapters.file_types import TooBig
from app.domain import file_names, limits, piece_matching
from app.domain.enums import EntryOutcome, RequestStatus, Role, ScanState
from app.domain.errors import NotAllowed, RuleBroken
from app.domain.piece_matching import Match, Slot
from app.exchange import archive
from app.exchange.archive import Archive, Entry
from app.extensions import db
from app.models.documents import ExpectedDocument
from app.models.imports import JsonImport
from app.models.requests import Avenant
from app.models.users import User
from app.services import actors, audit, bundle_reports, documents, formats, incomplete, kept_files, ports, stored_files
from app.services.bundle_reports import BundleReport, Outcome

ATTACH_BUNDLE = "Déposer une archive de pièces"
TOO_BIG = f"Le fichier dépasse {limits.PIECE_BYTES // limits.MEGABYTE} Mo."


def attach_bundle(json_import: JsonImport, content: BinaryIO, user: User) -> BundleReport:
    """Attach what the archive holds for the requests of this import and keep what found no place, in one transaction
    (the caller commits).

    Raises `NotAllowed` (not his), `RuleBroken` (dangerous, damaged or infected archive), `Unavailable` (antivirus or
    store down): nothing is attached then, and nothing kept.
    """
    refuse_foreign(json_import, user)
    opened = archive.open_checked(content)
    scans = _refuse_infected(opened)
    expected = {one.id: one for one in expected_of(json_import)}
    matches = piece_matching.match(
        [entry.name for entry in opened.entries], [slot_of(one) for one in expected.values()]
    )
    matches = bundle_reports.told_apart(opened, matches, expected)
    stored, refused = _store_matched(opened, matches, expected)
    reports = [bundle_reports.first(one, refused) for one in matches]
    keeping = any(map(takes, expected.values()))
    leftovers = bundle_reports.quarantine(json_import, opened, reports, scans) if keeping else []
    attached, completed = _place_all(stored, expected, user)
    reports = [bundle_reports.last(*both, attached, expected, stored) for both in zip(reports, matches, strict=True)]
    leftovers += bundle_reports.late(reports, matches, stored)
    kept = kept_files.keep(json_import, leftovers, user)
    reports = [bundle_reports.with_its_fate(one, kept, keeping) for one in reports]
    report = BundleReport(tuple(reports), completed)
    audit.record(
        ATTACH_BUNDLE,
        "json_import",
        str(json_import.id),
        actors.of(user),
        after={
            "entries": len(reports),
            "attached": report.attached,
            "kept": report.kept,
            "completed": list(completed),
        },
    )
    return report


def refuse_foreign(json_import: JsonImport, user: User) -> None:
    """Raise `NotAllowed` unless this import is of the user's company."""
    if Role.SUPPLIER not in user.role_set or json_import.supplier_id != user.supplier_id:
        raise NotAllowed("Cet import n'est pas le vôtre.")


def _refuse_infected(opened: Archive) -> dict[str, ScanState]:
    """Read every entry once: damage, archives inside and viruses are found before anything is stored. What is over the
    size of a piece is never kept, so its bytes are not scanned. Returns what the antivirus said, by name."""
    scans = {}
    for entry in opened.entries:
        data = opened.read(entry, limits.PIECE_BYTES)
        if data:
            scans[entry.name] = ports.get().scanner.scan(io.BytesIO(data), entry.name)
    return scans


def expected_of(json_import: JsonImport) -> list[ExpectedDocument]:
    """Every piece that the requests of this import announced, with its request and what was given for it."""
    query = (
        sa.select(ExpectedDocument)
        .join(ExpectedDocument.avenant)
        .options(contains_eager(ExpectedDocument.avenant), joinedload(ExpectedDocument.document))
        .where(
            Avenant.json_import_id == json_import.id,
            Avenant.supplier_id == json_import.supplier_id,
            Avenant.is_current,
        )
        .order_by(Avenant.id, ExpectedDocument.position)
    )
    return list(db.session.scalars(query))


def slot_of(expected: ExpectedDocument) -> Slot:
    """This piece as the matching sees it; of a complete request, nothing is free any more."""
    avenant = expected.avenant
    given = expected.document_id is not None or avenant.status is not RequestStatus.INCOMPLETE
    return Slot(expected.id, expected.file_name, avenant.editor_number, avenant.number, given)


def _store_matched(
    opened: Archive, matches: Iterable[Match], expected: dict[int, ExpectedDocument]
) -> tuple[dict[int, documents.Stored], dict[int, Outcome]]:
    """By expected piece: what is in the store, or why its entry was refused."""
    stored: dict[int, documents.Stored] = {}
    refused: dict[int, Outcome] = {}
    for entry, one in zip(opened.entries, matches, strict=True):
        if one.slot is None:
            continue
        if incomplete.is_locked(expected[one.slot.key].avenant.expires_on):
            refused[one.slot.key] = _expired(expected[one.slot.key])
            continue
        try:
            stored[one.slot.key] = _store(opened, entry)
        except TooBig:
            refused[one.slot.key] = EntryOutcome.TOO_BIG, TOO_BIG
        except RuleBroken as fault:
            refused[one.slot.key] = EntryOutcome.WRONG_TYPE, str(fault)
    return stored, refused


def _store(opened: Archive, entry: Entry) -> documents.Stored:
    data = opened.read(entry, limits.PIECE_BYTES)
    if data is None:
        raise TooBig(TOO_BIG)
    return documents.store(file_names.base(entry.name), io.BytesIO(data))


def _place_all(
    stored: dict[int, documents.Stored], expected: dict[int, ExpectedDocument], user: User
) -> tuple[set[int], tuple[str, ...]]:
    """Lock each request in order, write its pieces, complete it. What was given meanwhile is left as it is."""
    attached: set[int] = set()
    completed = []
    for avenant in _avenants(expected[key] for key in stored):
        documents.hold(avenant)
        for key in [key for key in stored if expected[key].avenant is avenant]:
            db.session.refresh(expected[key])
            if takes(expected[key]):
                documents.place(expected[key], stored[key], user)
                attached.add(key)
            elif _is_there(expected[key], stored[key]):
                stored_files.delete_after_commit(stored[key].key)
        if documents.complete_if_ready(avenant, actors.of(user)):
            completed.append(avenant.number)
    return attached, tuple(completed)


def _avenants(expected: Iterable[ExpectedDocument]) -> list[Avenant]:
    """Each once, in the order of their ids: two people with two archives wait for each other, and never for ever."""
    return [avenant for _, avenant in sorted({one.avenant_id: one.avenant for one in expected}.items())]


def _is_there(expected: ExpectedDocument, stored: documents.Stored) -> bool:
    return expected.document is not None and expected.document.digest == stored.file.digest


def takes(expected: ExpectedDocument) -> bool:
    """True when this piece may still be given: not there yet, its request neither complete nor expired."""
    avenant = expected.avenant
    missing = expected.document_id is None and avenant.status is RequestStatus.INCOMPLETE
    return missing and not incomplete.is_locked(avenant.expires_on)


def _expired(expected: ExpectedDocument) -> Outcome:
    avenant = expected.avenant
    return EntryOutcome.EXPIRED, f"La demande {avenant.number} a expiré le {formats.day(avenant.expires_on)}."
