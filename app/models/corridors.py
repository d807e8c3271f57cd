"""Corridors, their published versions and the drafts of the next ones.

A version is a document, immutable (triggers), known by its hash; a draft is a document that may still be wrong.
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import DepositMode, DraftStatus
from app.extensions import db
from app.models.types import UtcDateTime, enum_column, labelled
from app.models.users import User


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
    # Long, and parsed once per process: read when it is asked for.
    document: Mapped[dict[str, Any]] = mapped_column(sa.JSON, deferred=True)
    digest: Mapped[str] = mapped_column(sa.String(64), info=labelled("Empreinte"))
    published_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Publiée le"))
    published_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    corridor: Mapped[Corridor] = relationship()


class CorridorDraft(db.Model):
    """What a corridor's next version would be. `base_version` is the version in force it starts from, none when the
    corridor is new; `document` is plain data as `documents.canonical` writes it, faults included. The row's `version`
    tells two people at work on one draft apart."""

    __table_args__ = (
        sa.CheckConstraint("judged_by_id IS NULL OR judged_by_id <> submitted_by_id", name="two_people"),
        sa.CheckConstraint("status <> 'submitted' OR submitted_by_id IS NOT NULL", name="submitted_by_someone"),
        sa.CheckConstraint(
            "(status = 'published') = (published_version_id IS NOT NULL)", name="published_has_its_version"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(3), index=True, info=labelled("Couloir"))
    origin: Mapped[str] = mapped_column(sa.String(200), info=labelled("Point de départ"))
    base_version_id: Mapped[int | None] = mapped_column(sa.ForeignKey("corridor_version.id"))
    document: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    status: Mapped[DraftStatus] = mapped_column(enum_column(DraftStatus), info=labelled("Statut"))
    opened_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Ouvert le"))
    opened_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    saved_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Modifié le"))
    saved_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    submitted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Soumis le"))
    submitted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    judged_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Jugé le"))
    judged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    comment: Mapped[str] = mapped_column(sa.Text, default="", info=labelled("Commentaire"))
    published_version_id: Mapped[int | None] = mapped_column(sa.ForeignKey("corridor_version.id"))
    version: Mapped[int] = mapped_column()

    base_version: Mapped[CorridorVersion | None] = relationship(foreign_keys=base_version_id)
    published_version: Mapped[CorridorVersion | None] = relationship(foreign_keys=published_version_id)
    opened_by: Mapped[User] = relationship(foreign_keys=opened_by_id)
    saved_by: Mapped[User] = relationship(foreign_keys=saved_by_id)
    submitted_by: Mapped[User | None] = relationship(foreign_keys=submitted_by_id)
    judged_by: Mapped[User | None] = relationship(foreign_keys=judged_by_id)

    __mapper_args__ = {"version_id_col": version}

    @property
    def name(self) -> str:
        """How it is called on screens and in the journal."""
        return f"{self.code}-B{self.id}"


class CorridorDraftEditor(db.Model):
    """Who wrote in a draft: none of them may publish it."""

    draft_id: Mapped[int] = mapped_column(sa.ForeignKey("corridor_draft.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), primary_key=True)
