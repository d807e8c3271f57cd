"""A CSV of reference data, from preview to application: what is applied are the bytes previewed, on the state seen.

The bytes are kept (`CsvUpload`); the preview is computed again at each look, and says in one digest all that applying
would do. Applying computes it once more, the rows held: another digest means that something changed meanwhile.
"""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import sqlalchemy as sa

from app.domain.enums import CsvKind, RowFate
from app.domain.errors import Conflict, Unavailable
from app.extensions import db
from app.models.audit import AuditEntry
from app.models.csv_uploads import CsvUpload
from app.services import audit, clock, csv_text, ports, stored_files
from app.services.actors import Actor

WRITES = (RowFate.NEW, RowFate.CHANGED, RowFate.REMOVED)
REPORT_HEADINGS = ("Ligne du fichier", "Clé", "Résultat", "Colonne", "Avant", "Après", "Motif")
HISTORY = 20
SUBJECT = "csv_upload"  # in the audit trail


@dataclass(frozen=True, slots=True)
class Diff:
    """What becomes of one column."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """What would become of one line, or of a row that no line names (`line` None). `reason`: why it is refused."""

    line: int | None
    key: str
    fate: RowFate
    diffs: tuple[Diff, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """All that applying would do, in the order of the file. `state` is its digest."""

    rows: tuple[PreviewRow, ...]
    encoding: str
    state: str
    totals: dict[RowFate, int]

    @property
    def writes(self) -> int:
        return sum(self.totals[fate] for fate in WRITES)

    def of(self, fate: RowFate, most: int | None = None) -> list[PreviewRow]:
        return [row for row in self.rows if row.fate is fate][:most]


class StalePreview(Conflict):
    """What was previewed is no longer what applying would do."""

    def __init__(self) -> None:
        super().__init__(
            "Les données ont changé depuis l'aperçu : rien n'a été appliqué. Voici l'aperçu d'aujourd'hui, à relire."
        )


def preview_of(rows: Sequence[PreviewRow], encoding: str) -> Preview:
    counted = Counter(row.fate for row in rows)
    said = [[row.line, row.key, row.fate, [[one.column, one.before, one.after] for one in row.diffs]] for row in rows]
    state = hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
    return Preview(tuple(rows), encoding, state, {fate: counted[fate] for fate in RowFate})


def keep(kind: CsvKind, file_name: str, content: bytes, actor: Actor, corridor_code: str | None = None) -> CsvUpload:
    """Keep the bytes for the preview; what the same person sent before and never applied goes. Raises `Unavailable`."""
    former = sa.select(CsvUpload).where(
        CsvUpload.uploaded_by_id == actor.id, CsvUpload.kind == kind, CsvUpload.applied_at.is_(None)
    )
    for one in db.session.scalars(former):
        stored_files.delete_after_commit(one.storage_key)
        db.session.delete(one)
    made = CsvUpload(
        kind=kind,
        corridor_code=corridor_code,
        file_name=file_name,
        digest=hashlib.sha256(content).hexdigest(),
        storage_key=stored_files.put_csv(io.BytesIO(content)),
        uploaded_at=clock.now(),
        uploaded_by_id=actor.id,
    )
    db.session.add(made)
    db.session.flush()
    return made


def find(kind: CsvKind, upload_id: int, corridor_code: str | None = None) -> CsvUpload | None:
    query = sa.select(CsvUpload).where(CsvUpload.id == upload_id, CsvUpload.kind == kind)
    return db.session.scalar(query.where(CsvUpload.corridor_code.is_not_distinct_from(corridor_code)))


def content_of(upload: CsvUpload) -> bytes:
    """The very bytes sent. Raises `Unavailable` when the store has lost or changed them."""
    try:
        with ports.get().store.open(upload.storage_key) as file:
            content = file.read()
    except KeyError as gone:
        raise Unavailable(f"Le fichier « {upload.file_name} » ne se lit plus dans le stockage.") from gone
    if hashlib.sha256(content).hexdigest() != upload.digest:
        raise Unavailable(f"Le fichier « {upload.file_name} » n'est plus celui qui a été envoyé.")
    return content


def hold(upload: CsvUpload) -> None:
    """Lock it: it is applied once. Raises `Conflict` when it was."""
    db.session.refresh(upload, with_for_update=True)
    if upload.applied_at is not None:
        raise Conflict(f"Le fichier « {upload.file_name} » a déjà été appliqué.")


def mark_applied(upload: CsvUpload, preview: Preview) -> None:
    upload.applied_at = clock.now()
    upload.totals = {fate.value: count for fate, count in preview.totals.items()}
    db.session.flush()


def applied(kind: CsvKind) -> list[tuple[CsvUpload, AuditEntry | None]]:
    """The last files applied, each with the line of the audit trail that says by whom: not always who sent it."""
    query = sa.select(CsvUpload).where(CsvUpload.kind == kind, CsvUpload.applied_at.is_not(None))
    found = db.session.scalars(query.order_by(CsvUpload.id.desc()).limit(HISTORY)).all()
    entries = audit.last_entries(SUBJECT, [str(one.id) for one in found])
    return [(one, entries.get(str(one.id))) for one in found]


def report(preview: Preview) -> str:
    """The whole preview as a CSV: one line a column changed, no cell that runs as a formula."""
    return csv_text.written(chain([REPORT_HEADINGS], chain.from_iterable(map(_report_rows, preview.rows))))


def _report_rows(row: PreviewRow) -> Iterable[list[str]]:
    for diff in row.diffs or (Diff("", "", ""),):
        typed: tuple[Any, ...] = (row.key, row.fate.label, diff.column, diff.before, diff.after, row.reason)
        yield [str(row.line or ""), *map(csv_text.inert, typed)]
