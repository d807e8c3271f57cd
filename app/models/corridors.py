"""Corridors and their published versions. A version is a document, immutable (triggers), known by its hash."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import DepositMode
from app.extensions import db
from app.models.types import UtcDateTime, enum_column, labelled


class Corridor(db.Model):
    """A corridor (couloir). Its rules are in its versions; the highest number is in force."""

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(3), unique=True, info=labelled("Code"))
    label: Mapped[str] = mapped_column(sa.String(100), info=labelled("Couloir"))
    deposit: Mapped[DepositMode] = mapped_column(enum_column(DepositMode), info=labelled("Mode de dépôt"))

    def __str__(self) -> str:
        return self.label


class CorridorVersion(db.Model):
    """One published document in canonical JSON (decimals as strings), with the SHA-256 of that text."""

    __table_args__ = (sa.UniqueConstraint("corridor_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    corridor_id: Mapped[int] = mapped_column(sa.ForeignKey("corridor.id"))
    number: Mapped[int] = mapped_column(info=labelled("Version"))
    document: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    digest: Mapped[str] = mapped_column(sa.String(64), info=labelled("Empreinte"))
    published_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Publiée le"))
    published_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    corridor: Mapped[Corridor] = relationship()
