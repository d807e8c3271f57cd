"""Pieces of a request, those expected by its file, and the letters the ASP issues.

The bytes are in the store under `storage_key`; here are their name, size and SHA-256.
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import DocumentOrigin, LetterKind, ScanState
from app.extensions import db
from app.models.requests import Avenant, FundingRequest
from app.models.types import UtcDateTime, enum_column, labelled


class Document(db.Model):
    """A file of a request. `confirmed_at` is empty while the supplier may still remove it."""

    __table_args__ = (sa.CheckConstraint("size > 0", name="not_empty"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("funding_request.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(60), info=labelled("Type"))
    file_name: Mapped[str] = mapped_column(sa.String(255), info=labelled("Nom fichier"))
    media_type: Mapped[str] = mapped_column(sa.String(60))
    size: Mapped[int] = mapped_column(info=labelled("Taille"))
    digest: Mapped[str] = mapped_column(sa.String(64))
    storage_key: Mapped[str] = mapped_column(sa.String(100), unique=True)
    origin: Mapped[DocumentOrigin] = mapped_column(enum_column(DocumentOrigin))
    scan: Mapped[ScanState] = mapped_column(enum_column(ScanState))
    deposited_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Date de dépôt"))
    deposited_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    request: Mapped[FundingRequest] = relationship()


class ExpectedDocument(db.Model):
    """A piece announced by the file of the supplier; the request is complete when each has its document."""

    __table_args__ = (sa.UniqueConstraint("avenant_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    avenant_id: Mapped[int] = mapped_column(sa.ForeignKey("avenant.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(sa.String(60))
    file_name: Mapped[str] = mapped_column(sa.String(255))
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id", ondelete="SET NULL"), unique=True)

    avenant: Mapped[Avenant] = relationship()
    document: Mapped[Document | None] = relationship()


class Letter(db.Model):
    """A PDF the ASP owes on an avenant. The row is written with the event; the PDF is made after, by a job."""

    __table_args__ = (sa.UniqueConstraint("avenant_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    avenant_id: Mapped[int] = mapped_column(sa.ForeignKey("avenant.id", ondelete="CASCADE"))
    kind: Mapped[LetterKind] = mapped_column(enum_column(LetterKind))
    content: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"), unique=True)

    avenant: Mapped[Avenant] = relationship()
    document: Mapped[Document | None] = relationship()
