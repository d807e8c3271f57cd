"""One ZIP for all the pieces of an import: which entry goes where, all together or nothing, every entry reported.

Source: guide « Les écrans du portail », § 4.1 and § 9; the matching (`app.domain.piece_matching`) stays within the
import; a dangerous or infected archive is refused whole (`app.exchange.archive`; settled).
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from app.adapters.file_types import TooBig
from app.domain import file_names, limits, piece_matching
from app.domain.enums import EntryOutcome, RequestStatus, Role
from app.domain.errors import NotAllowed, RuleBroken
from app.domain.piece_matching import Match, Slot
from app.exchange import archive
from app.exchange.archive import Archive, Entry
from app.extensions import db
from app.models.documents import ExpectedDocument
from app.models.imports import JsonImport
from app.models.requests import Avenant
from app.models.users import User
from app.services import actors, audit, documents, formats, incomplete, ports, stored_files

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


@dataclass(frozen=True, slots=True)
class BundleReport:
    """Every entry, in the archive's order, and the requests that became complete."""

    entries: tuple[EntryReport, ...]
    completed: tuple[str, ...] = ()

    @property
    def attached(self) -> int:
        return sum(entry.outcome is EntryOutcome.ATTACHED for entry in self.entries)


def attach_bundle(json_import: JsonImport, content: BinaryIO, user: User) -> BundleReport:
    """Attach what the archive holds for the requests of this import, in one transaction (the caller commits).

    Raises `NotAllowed` (not his), `RuleBroken` (dangerous, damaged or infected archive: nothing attached),
    `Unavailable` (antivirus or store down: nothing attached).
    """
    if Role.SUPPLIER not in user.role_set or json_import.supplier_id != user.supplier_id:
        raise NotAllowed("Cet import n'est pas le vôtre.")
    opened = archive.open_checked(content)
    _refuse_infected(opened)
    expected = {one.id: one for one in _expected(json_import)}
    slots = [_slot(one) for one in expected.values()]
    matches = piece_matching.match([entry.name for entry in opened.entries], slots)
    stored, refused = _store_matched(opened, matches, expected)
    attached, completed = _place_all(stored, expected, user)
    reports = tuple(_report(one, refused, stored, attached) for one in matches)
    report = BundleReport(reports, completed)
    audit.record(
        ATTACH_BUNDLE,
        "json_import",
        str(json_import.id),
        actors.of(user),
        after={"entries": len(reports), "attached": report.attached, "completed": list(completed)},
    )
    return report


def _refuse_infected(opened: Archive) -> None:
    """Read every entry once: damage, archives inside and viruses are found before anything is stored. What is over the
    size of a piece is never kept, so its bytes are not scanned."""
    for entry in opened.entries:
        data = opened.read(entry, limits.PIECE_BYTES)
        if data:
            ports.get().scanner.scan(io.BytesIO(data), entry.name)


def _expected(json_import: JsonImport) -> list[ExpectedDocument]:
    query = (
        sa.select(ExpectedDocument)
        .join(ExpectedDocument.avenant)
        .options(contains_eager(ExpectedDocument.avenant))
        .where(
            Avenant.json_import_id == json_import.id,
            Avenant.supplier_id == json_import.supplier_id,
            Avenant.is_current,
        )
        .order_by(Avenant.id, ExpectedDocument.position)
    )
    return list(db.session.scalars(query))


def _slot(expected: ExpectedDocument) -> Slot:
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
            if _takes(expected[key]):
                documents.place(expected[key], stored[key], user)
                attached.add(key)
            else:
                stored_files.delete_after_commit(stored[key].key)
        if documents.complete_if_ready(avenant, actors.of(user)):
            completed.append(avenant.number)
    return attached, tuple(completed)


def _avenants(expected: Iterable[ExpectedDocument]) -> list[Avenant]:
    """Each once, in the order of their ids: two people with two archives wait for each other, and never for ever."""
    return [avenant for _, avenant in sorted({one.avenant_id: one.avenant for one in expected}.items())]


def _takes(expected: ExpectedDocument) -> bool:
    avenant = expected.avenant
    missing = expected.document_id is None and avenant.status is RequestStatus.INCOMPLETE
    return missing and not incomplete.is_locked(avenant.expires_on)


def _expired(expected: ExpectedDocument) -> Outcome:
    avenant = expected.avenant
    return EntryOutcome.EXPIRED, f"La demande {avenant.number} a expiré le {formats.day(avenant.expires_on)}."


def _report(
    one: Match, refused: dict[int, Outcome], stored: dict[int, documents.Stored], attached: set[int]
) -> EntryReport:
    outcome, reason = one.outcome, one.reason
    if one.slot and one.slot.key in refused:
        outcome, reason = refused[one.slot.key]
    elif one.slot and one.slot.key not in attached:
        outcome, reason = EntryOutcome.DUPLICATE, "Pièce fournie entre-temps."
    return EntryReport(one.name, outcome, reason, one.request_number)
