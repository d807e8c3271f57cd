"""Files that belong to no request: pieces of an enrolment, a RIB, identity documents, what a message carries.

The bytes are in the store under `storage_key`; who holds the row says whose it is.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.enums import ScanState
from app.extensions import db
from app.models.types import UtcDateTime, enum_column, labelled


class Attachment(db.Model):
    """One file, proved and scanned. Never changed: another file is another row."""

    __table_args__ = (sa.CheckConstraint("size > 0", name="not_empty"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(sa.String(255), info=labelled("Nom du fichier"))
    media_type: Mapped[str] = mapped_column(sa.String(60))
    size: Mapped[int] = mapped_column(info=labelled("Taille"))
    digest: Mapped[str] = mapped_column(sa.String(64))
    storage_key: Mapped[str] = mapped_column(sa.String(100), unique=True)
    scan: Mapped[ScanState] = mapped_column(enum_column(ScanState))
    deposited_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Date de dépôt"))
    deposited_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    def __str__(self) -> str:
        return self.file_name
