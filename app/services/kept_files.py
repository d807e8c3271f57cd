"""The files of a ZIP that found no place: kept in quarantine with their import, counted, and let go with it.

Their bytes were scanned and are never served as what they claim to be; they leave by `app.services.reassignments`,
which proves them again, or with the last non-completed request of their import. Inferred from the guide « Les écrans
du portail », § 9: what was sent should not have to be sent again.
"""

import hashlib
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import sqlalchemy as sa

from app.adapters import file_types
from app.domain import file_names, limits, piece_matching
from app.domain.enums import EntryOutcome, RequestStatus, ScanState
from app.domain.errors import RuleBroken, Unavailable
from app.extensions import db
from app.models.imports import JsonImport
from app.models.kept_files import KeptFile
from app.models.requests import Avenant
from app.models.users import User
from app.services import audit, clock, ports, stored_files
from app.services.actors import SYSTEM, Actor

PURGE = "Supprimer les fichiers à classer"
FULL = (
    f" Non gardé : un import garde au plus {limits.KEPT_FILES} fichiers à classer,"
    f" {limits.KEPT_BYTES // limits.MEGABYTE} Mo en tout."
)
_REASON_LENGTH = 400


@dataclass(frozen=True, slots=True)
class Leftover:
    """A file to keep: why it found no place, and its bytes in the store (`key` is None when they are not kept)."""

    name: str
    outcome: EntryOutcome
    reason: str
    request_number: str | None
    media_type: str
    size: int
    digest: str
    key: str | None
    scan: ScanState


def is_worth_keeping(name: str, outcome: EntryOutcome) -> bool:
    """Everything but what took its place, what is already there, and what desktops add by themselves."""
    taken = outcome in (EntryOutcome.ATTACHED, EntryOutcome.DUPLICATE)
    return not taken and not piece_matching.is_clutter(name)


def quarantine(
    name: str,
    data: bytes | None,
    size: int,
    why: tuple[EntryOutcome, str],
    request_number: str | None,
    scan: ScanState,
) -> Leftover:
    """Type the file and put its bytes in the store; `data` is None when it is too big. Raises `Unavailable`."""
    outcome, reason = why
    media_type = ""
    if data:
        try:
            media_type = file_types.inspect(file_names.base(name), io.BytesIO(data)).media_type
        except RuleBroken as fault:
            reason = reason if str(fault) in reason else f"{reason} {fault}".strip()
    return Leftover(
        name[-file_names.KEPT_LENGTH :],
        outcome,
        reason[:_REASON_LENGTH],
        request_number,
        media_type,
        size,
        hashlib.sha256(data).hexdigest() if data else "",
        stored_files.put_quarantined(io.BytesIO(data)) if data else None,
        scan,
    )


def room(json_import: JsonImport) -> tuple[int, int]:
    """How many files, and how many bytes, may still be kept for this import."""
    weight = sa.case((KeptFile.storage_key.is_not(None), KeptFile.size), else_=0)
    query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(weight), 0))
    files, size = db.session.execute(query.where(KeptFile.json_import_id == json_import.id)).one()
    return limits.KEPT_FILES - files, limits.KEPT_BYTES - int(size)


def keep(json_import: JsonImport, leftovers: Sequence[Leftover], user: User) -> set[str]:
    """Write the rows, the import held so that the bound holds. Returns the names kept, those kept before included.

    What is over the bound, or already there, leaves its bytes behind: they go after the commit.
    """
    if not leftovers:
        return set()
    db.session.execute(sa.select(JsonImport.id).where(JsonImport.id == json_import.id).with_for_update(key_share=True))
    files, size = room(json_import)
    known = _known(json_import)
    kept = set()
    for one in leftovers:
        weight = one.size if one.key else 0
        if (one.name, one.digest) in known:
            _forget(one.key)
        elif files < 1 or weight > size:
            _forget(one.key)
            continue
        else:
            db.session.add(_row(json_import, one, user))
            known.add((one.name, one.digest))
            files, size = files - 1, size - weight
        kept.add(one.name)
    db.session.flush()
    return kept


def _row(json_import: JsonImport, one: Leftover, user: User) -> KeptFile:
    return KeptFile(
        json_import_id=json_import.id,
        name=one.name,
        outcome=one.outcome,
        reason=one.reason,
        request_number=one.request_number,
        media_type=one.media_type,
        size=one.size,
        digest=one.digest,
        storage_key=one.key,
        scan=one.scan,
        kept_at=clock.now(),
        kept_by_id=user.id,
    )


def _known(json_import: JsonImport) -> set[tuple[str, str]]:
    query = sa.select(KeptFile.name, KeptFile.digest).where(KeptFile.json_import_id == json_import.id)
    return {(name, digest) for name, digest in db.session.execute(query)}


def _forget(key: str | None) -> None:
    if key:
        stored_files.delete_after_commit(key)


def count_of(json_import: JsonImport) -> int:
    query = sa.select(sa.func.count()).select_from(KeptFile).where(KeptFile.json_import_id == json_import.id)
    return db.session.scalar(query) or 0


def of_import(json_import: JsonImport, first: int = 0, most: int | None = None) -> list[KeptFile]:
    """Those of this import in the order they came, `most` of them from the rank `first`."""
    query = sa.select(KeptFile).where(KeptFile.json_import_id == json_import.id).order_by(KeptFile.id)
    return list(db.session.scalars(query.offset(first).limit(most)))


def find(json_import: JsonImport, kept_id: int) -> KeptFile | None:
    query = sa.select(KeptFile).where(KeptFile.json_import_id == json_import.id, KeptFile.id == kept_id)
    return db.session.scalar(query)


def hold(json_import: JsonImport, ids: Collection[int]) -> dict[int, KeptFile]:
    """Those of these ids that are still there, locked until the commit. Requests are locked before them."""
    query = (
        sa.select(KeptFile)
        .where(KeptFile.json_import_id == json_import.id, KeptFile.id.in_(ids))
        .order_by(KeptFile.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {one.id: one for one in db.session.scalars(query)}


def open_content(kept: KeptFile) -> BinaryIO:
    """Its bytes. Raises `Unavailable`, also when the store has lost them, and LookupError when none were kept."""
    if kept.storage_key is None:
        raise LookupError(f"kept file {kept.id} has no bytes")
    try:
        return ports.get().store.open(kept.storage_key)
    except KeyError as gone:
        raise Unavailable("Ce fichier ne se lit plus dans le stockage.") from gone


def drop(kept: KeptFile) -> None:
    """The row now, its bytes after the commit."""
    _forget(kept.storage_key)
    db.session.delete(kept)
    db.session.flush()


def purge_useless(actor: Actor = SYSTEM, import_id: int | None = None) -> int:
    """Drop what is kept for imports of which no request is non-completed any more (of this import alone, if given):
    completed, deleted or purged, none can take a file. One that somebody holds is left to the next purge. Returns how
    many."""
    waiting = sa.select(Avenant.json_import_id).where(
        Avenant.is_current, Avenant.status == RequestStatus.INCOMPLETE, Avenant.json_import_id.is_not(None)
    )
    query = sa.select(KeptFile).where(KeptFile.json_import_id.not_in(waiting)).order_by(KeptFile.id)
    if import_id is not None:
        query = query.where(KeptFile.json_import_id == import_id)
    counts: dict[int, int] = {}
    for kept in db.session.scalars(query.with_for_update(skip_locked=True)):
        counts[kept.json_import_id] = counts.get(kept.json_import_id, 0) + 1
        drop(kept)
    for of, count in counts.items():
        audit.record(PURGE, "json_import", str(of), actor, before={"entries": count})
    return sum(counts.values())
