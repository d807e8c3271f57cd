"""Files of a ZIP that found no place among the pieces of their import, in quarantine until somebody sorts them.

They go with the last non-completed request of the import (`app.services.kept_files`).
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import EntryOutcome, ScanState
from app.extensions import db
from app.models.imports import JsonImport
from app.models.types import UtcDateTime, enum_column, labelled


class KeptFile(db.Model):
    """`media_type` is empty when the file is no acceptable piece; `storage_key` when its bytes were not kept (too big,
    or none). The same bytes under the same name are kept once."""

    __table_args__ = (
        sa.UniqueConstraint("json_import_id", "name", "digest"),
        sa.CheckConstraint("(storage_key IS NULL) = (digest = '')", name="bytes_have_a_digest"),
        sa.CheckConstraint("media_type = '' OR storage_key IS NOT NULL", name="usable_has_bytes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    json_import_id: Mapped[int] = mapped_column(sa.ForeignKey("json_import.id"))
    name: Mapped[str] = mapped_column(sa.String(255), info=labelled("Fichier"))
    outcome: Mapped[EntryOutcome] = mapped_column(enum_column(EntryOutcome), info=labelled("Résultat"))
    reason: Mapped[str] = mapped_column(sa.String(400), info=labelled("Explication"))
    request_number: Mapped[str | None] = mapped_column(sa.String(22), info=labelled("Demande"))
    media_type: Mapped[str] = mapped_column(sa.String(60))
    size: Mapped[int] = mapped_column(info=labelled("Taille"))
    digest: Mapped[str] = mapped_column(sa.String(64))
    storage_key: Mapped[str | None] = mapped_column(sa.String(100), unique=True)
    scan: Mapped[ScanState] = mapped_column(enum_column(ScanState))
    kept_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Gardé le"))
    kept_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))

    json_import: Mapped[JsonImport] = relationship()

    @property
    def usable(self) -> bool:
        """True when it may become a piece."""
        return bool(self.media_type)
