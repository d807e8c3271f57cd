"""One ZIP for all the pieces of an import: which entry goes where, all together or nothing, every entry reported.

Source: guide « Les écrans du portail », § 4.1 and § 9; the matching (`app.domain.piece_matching`) stays within the
import; a dangerous or infected archive is refused whole (`app.exchange.archive`; settled). What is already there and
identical is told; what found no place is kept (`app.services.kept_files`).
"""

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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
from app.services import actors, audit, documents, formats, incomplete, kept_files, ports, stored_files
from app.services.kept_files import Leftover

ATTACH_BUNDLE = "Déposer une archive de pièces"
Outcome = tuple[EntryOutcome, str]
TOO_BIG = f"Le fichier dépasse {limits.PIECE_BYTES // limits.MEGABYTE} Mo."


@dataclass(frozen=True, slots=True)
class EntryReport:
    """What became of one entry: its name in the archive, why, and its request when it is known."""

    name: str
    outcome: EntryOutcome
    reason: str
    request_number: str | None = None
    kept: bool = False


@dataclass(frozen=True, slots=True)
class BundleReport:
    """Every entry, in the archive's order, and the requests that became complete."""

    entries: tuple[EntryReport, ...]
    completed: tuple[str, ...] = ()

    @property
    def attached(self) -> int:
        return sum(entry.outcome is EntryOutcome.ATTACHED for entry in self.entries)

    @property
    def kept(self) -> int:
        """How many wait to be sorted."""
        return sum(entry.kept for entry in self.entries)


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
    matches = _told_apart(opened, matches, expected)
    stored, refused = _store_matched(opened, matches, expected)
    reports = [_first_report(one, refused) for one in matches]
    leftovers = _quarantine(json_import, opened, reports, scans) if any(map(takes, expected.values())) else []
    attached, completed = _place_all(stored, expected, user)
    reports = [_last_report(*both, attached, expected, stored) for both in zip(reports, matches, strict=True)]
    leftovers += _late(reports, matches, stored)
    kept = kept_files.keep(json_import, leftovers, user)
    reports = [_with_its_fate(one, kept, bool(leftovers)) for one in reports]
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


def _told_apart(opened: Archive, matches: Sequence[Match], expected: dict[int, ExpectedDocument]) -> list[Match]:
    """Of what is already given: « déjà reçue » when its bytes are those received, else « une autre est déjà reçue »."""
    received: dict[str, dict[str, str]] = {}
    for one in expected.values():
        if one.document:
            received.setdefault(one.avenant.number, {})[one.document.digest] = one.document.file_name
    found = []
    for entry, match in zip(opened.entries, matches, strict=True):
        if match.outcome is EntryOutcome.DUPLICATE:
            digest = _digest(opened.read(entry, limits.PIECE_BYTES))
            match = _judged(match, received.get(match.request_number or "", {}), digest)
        found.append(match)
    return found


def _judged(one: Match, received: dict[str, str], digest: str) -> Match:
    if digest in received:
        reason = f"Déjà reçue pour la demande {one.request_number} (« {received[digest]} ») : rien à refaire."
        return replace(one, reason=reason)
    names = ", ".join(f"« {name} »" for name in received.values())
    reason = f"« {one.name} » est différent de ce que la demande {one.request_number} a reçu ({names})."
    return replace(one, outcome=EntryOutcome.DIFFERENT, reason=reason)


def _digest(data: bytes | None) -> str:
    return hashlib.sha256(data).hexdigest() if data else ""


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


def _first_report(one: Match, refused: dict[int, Outcome]) -> EntryReport:
    outcome, reason = one.outcome, one.reason
    if one.slot and one.slot.key in refused:
        outcome, reason = refused[one.slot.key]
    return EntryReport(one.name, outcome, reason, one.request_number)


def _last_report(
    report: EntryReport,
    one: Match,
    attached: set[int],
    expected: dict[int, ExpectedDocument],
    stored: dict[int, documents.Stored],
) -> EntryReport:
    """What took its place while we read the archive is told as what was there before."""
    if report.outcome is not EntryOutcome.ATTACHED or one.slot is None or one.slot.key in attached:
        return report
    document, mine = expected[one.slot.key].document, stored[one.slot.key].file
    if document is not None and document.digest == mine.digest:
        return replace(report, outcome=EntryOutcome.DUPLICATE, reason="Déjà reçue entre-temps : rien à refaire.")
    return replace(report, outcome=EntryOutcome.DIFFERENT, reason="Une autre pièce a été fournie entre-temps.")


def _quarantine(
    json_import: JsonImport, opened: Archive, reports: Sequence[EntryReport], scans: dict[str, ScanState]
) -> list[Leftover]:
    """Put in the store what found no place, up to what an import may keep: `kept_files.keep` counts again, locked."""
    files, size = kept_files.room(json_import)
    found: list[Leftover] = []
    for entry, one in zip(opened.entries, reports, strict=True):
        if not kept_files.is_worth_keeping(one.name, one.outcome):
            continue
        data = opened.read(entry, limits.PIECE_BYTES)
        if len(found) < files and len(data or b"") <= size:
            size -= len(data or b"")
            why, scan = (one.outcome, one.reason), scans.get(one.name, ScanState.NOT_SCANNED)
            found.append(kept_files.quarantine(one.name, data, entry.info.file_size, why, one.request_number, scan))
    return found


def _late(
    reports: Sequence[EntryReport], matches: Sequence[Match], stored: dict[int, documents.Stored]
) -> list[Leftover]:
    """What had its place taken meanwhile by other bytes: they are in the store already, and proved."""
    found = []
    for one, match in zip(reports, matches, strict=True):
        if one.outcome is EntryOutcome.DIFFERENT and match.slot:
            held = stored[match.slot.key]
            found.append(
                Leftover(
                    one.name[-file_names.KEPT_LENGTH :],
                    one.outcome,
                    one.reason,
                    one.request_number,
                    held.file.media_type,
                    held.file.size,
                    held.file.digest,
                    held.key,
                    held.scan,
                )
            )
    return found


def _with_its_fate(one: EntryReport, kept: set[str], keeping: bool) -> EntryReport:
    """Kept, or why not."""
    if one.name[-file_names.KEPT_LENGTH :] in kept:
        return replace(one, kept=True)
    if keeping and kept_files.is_worth_keeping(one.name, one.outcome):
        return replace(one, reason=one.reason + kept_files.FULL)
    return one
