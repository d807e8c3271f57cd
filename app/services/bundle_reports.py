"""What is told of each entry of a ZIP, and which of them are kept to be sorted.

`app.services.bundles` attaches; here each entry gets its outcome, its reason in French, and its fate.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain import file_names, limits
from app.domain.enums import EntryOutcome, ScanState
from app.domain.piece_matching import Match
from app.exchange.archive import Archive
from app.models.documents import ExpectedDocument
from app.models.imports import JsonImport
from app.services import documents, kept_files
from app.services.kept_files import Leftover

Outcome = tuple[EntryOutcome, str]


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


def told_apart(opened: Archive, matches: Sequence[Match], expected: dict[int, ExpectedDocument]) -> list[Match]:
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


def first(one: Match, refused: Mapping[int, Outcome]) -> EntryReport:
    """What is known of an entry before anything is attached; `refused`: by expected piece, why its entry is."""
    outcome, reason = one.outcome, one.reason
    if one.slot and one.slot.key in refused:
        outcome, reason = refused[one.slot.key]
    return EntryReport(one.name, outcome, reason, one.request_number)


def last(
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
    if document is None:
        return replace(report, outcome=EntryOutcome.EXPIRED, reason="La demande n'attend plus de pièce.")
    return replace(report, outcome=EntryOutcome.DIFFERENT, reason="Une autre pièce a été fournie entre-temps.")


def quarantine(
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


def late(
    reports: Sequence[EntryReport], matches: Sequence[Match], stored: dict[int, documents.Stored]
) -> list[Leftover]:
    """What lost its place meanwhile: its bytes are in the store already, and proved."""
    found = []
    for one, match in zip(reports, matches, strict=True):
        if match.slot and match.slot.key in stored and kept_files.is_worth_keeping(one.name, one.outcome):
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


def with_its_fate(one: EntryReport, kept: set[str], keeping: bool) -> EntryReport:
    """Kept, or why not."""
    if one.name[-file_names.KEPT_LENGTH :] in kept:
        return replace(one, kept=True)
    if keeping and kept_files.is_worth_keeping(one.name, one.outcome):
        return replace(one, reason=one.reason + kept_files.FULL)
    return one
