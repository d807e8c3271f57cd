"""Deposits by form: which page made which request, so that one sent twice deposits once; the files of a refused one."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import ScanState
from app.extensions import db
from app.models.requests import Avenant
from app.models.types import UtcDateTime, enum_column


class FormDeposit(db.Model):
    """`key`: drawn for the page that was shown; `digest`: SHA-256 of what it sent, answers and files."""

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(32), unique=True)
    digest: Mapped[str] = mapped_column(sa.String(64))
    avenant_id: Mapped[int] = mapped_column(sa.ForeignKey("avenant.id", ondelete="CASCADE"), unique=True)

    avenant: Mapped[Avenant] = relationship()


class FormPiece(db.Model):
    """A sound file of a form that was refused. The request that takes it holds the same `storage_key`."""

    __table_args__ = (sa.UniqueConstraint("key", "user_id", "code"), sa.CheckConstraint("size > 0", name="not_empty"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(32))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(sa.String(60))
    file_name: Mapped[str] = mapped_column(sa.String(255))
    media_type: Mapped[str] = mapped_column(sa.String(60))
    size: Mapped[int] = mapped_column()
    digest: Mapped[str] = mapped_column(sa.String(64))
    storage_key: Mapped[str] = mapped_column(sa.String(100), unique=True)
    scan: Mapped[ScanState] = mapped_column(enum_column(ScanState))
    kept_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
