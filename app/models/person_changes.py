"""What a supplier asks to change of the people who speak for him, with what proves it."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import ChangeStatus, PersonPieceKind
from app.extensions import db
from app.models.attachments import Attachment
from app.models.suppliers import Supplier
from app.models.types import UtcDateTime, enum_column, labelled
from app.models.users import User


class PersonChange(db.Model):
    """One request: typed and proved by the supplier (draft), sent, then accepted or rejected; nothing changes before.

    `proposed` and `former` are `app.domain.person_changes.Speakers` as JSON; `former` is what stood when it was sent.
    """

    __table_args__ = (
        sa.Index(
            "uq_person_change_open",
            "supplier_id",
            unique=True,
            sqlite_where=sa.text("status IN ('draft', 'pending')"),
            postgresql_where=sa.text("status IN ('draft', 'pending')"),
        ),
        sa.CheckConstraint("(status IN ('draft', 'pending')) = (judged_at IS NULL)", name="judged_has_its_day"),
        sa.CheckConstraint("(status = 'draft') = (sent_at IS NULL)", name="sent_has_its_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("supplier.id"), index=True)
    status: Mapped[ChangeStatus] = mapped_column(enum_column(ChangeStatus), info=labelled("Statut"))
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    proposed: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    former: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    opened_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Date"))
    judged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    judged_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Conclu le"))
    comment: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column()

    supplier: Mapped[Supplier] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    judged_by: Mapped[User | None] = relationship(foreign_keys=[judged_by_id])
    pieces: Mapped[list["PersonChangePiece"]] = relationship(
        order_by="PersonChangePiece.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}


class PersonChangePiece(db.Model):
    """One file that proves a change of people."""

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(sa.ForeignKey("person_change.id", ondelete="CASCADE"), index=True)
    kind: Mapped[PersonPieceKind] = mapped_column(enum_column(PersonPieceKind), info=labelled("Type de document"))
    attachment_id: Mapped[int] = mapped_column(sa.ForeignKey("attachment.id"), unique=True)

    attachment: Mapped[Attachment] = relationship()
