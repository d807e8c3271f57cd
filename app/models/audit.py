"""The audit trail: append-only (triggers), each row chained to the one before by a hash.

The chain runs over payload digests: retention may empty `payload`, and nothing else, without breaking it.
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import UtcDateTime, labelled


class AuditEntry(db.Model):
    """Who did what, when, to what, from what to what."""

    __table_args__ = (
        sa.Index("ix_audit_entry_subject", "subject_kind", "subject"),
        # The journal is listed by date, whoever acted, whatever was done.
        sa.Index("ix_audit_entry_at", "at", "id"),
        sa.Index("ix_audit_entry_actor_at", "actor", "at", "id"),
        sa.Index("ix_audit_entry_action_at", "action", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, info=labelled("Rang"))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Date"))
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    actor: Mapped[str] = mapped_column(sa.String(120), info=labelled("Auteur"))
    address: Mapped[str] = mapped_column(sa.String(64), default="", info=labelled("Adresse IP"))
    action: Mapped[str] = mapped_column(sa.String(60), info=labelled("Action"))
    subject_kind: Mapped[str] = mapped_column(sa.String(40), info=labelled("Objet"))
    subject: Mapped[str] = mapped_column(sa.String(60), info=labelled("Référence"))
    payload: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True), info=labelled("Avant / après"))
    payload_digest: Mapped[str] = mapped_column(sa.String(64))
    previous_digest: Mapped[str] = mapped_column(sa.String(64))
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)


class AuditHead(db.Model):
    """The end of the chain, one row, locked last before a commit."""

    __table_args__ = (sa.CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_id: Mapped[int] = mapped_column()
    digest: Mapped[str] = mapped_column(sa.String(64))
