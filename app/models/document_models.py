"""Models of documents that a supplier has judged before he deposits in a wave that asks it."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import ModelStatus
from app.extensions import db
from app.models.attachments import Attachment
from app.models.suppliers import Supplier
from app.models.types import UtcDateTime, enum_column, labelled
from app.models.users import User


class DocumentModel(db.Model):
    """One file, imported (draft), sent to the ASP, then accepted or rejected once and for all.

    `kind` and `label`: of the corridor's document when it was imported.
    """

    __table_args__ = (
        sa.CheckConstraint("(status = 'draft') = (sent_at IS NULL)", name="sent_has_its_day"),
        sa.CheckConstraint("(status IN ('draft', 'pending')) = (judged_at IS NULL)", name="judged_has_its_day"),
        sa.CheckConstraint("(judged_at IS NULL) = (judged_by_id IS NULL)", name="judged_by_somebody"),
        sa.CheckConstraint("status <> 'rejected' OR comment <> ''", name="rejected_says_why"),
        sa.Index("ix_document_model_status_sent_at", "status", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("supplier.id"), index=True)
    corridor_code: Mapped[str] = mapped_column(sa.String(3), info=labelled("Couloir"))
    kind: Mapped[str] = mapped_column(sa.String(40), info=labelled("Type"))
    label: Mapped[str] = mapped_column(sa.String(200), info=labelled("Type de document"))
    attachment_id: Mapped[int] = mapped_column(sa.ForeignKey("attachment.id"), unique=True)
    status: Mapped[ModelStatus] = mapped_column(enum_column(ModelStatus), info=labelled("Statut"))
    sent_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Date d'import"))
    judged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    judged_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Instruit le"))
    comment: Mapped[str] = mapped_column(sa.Text, default="", info=labelled("Commentaire"))
    version: Mapped[int] = mapped_column()

    supplier: Mapped[Supplier] = relationship()
    attachment: Mapped[Attachment] = relationship()
    judged_by: Mapped[User | None] = relationship()

    __mapper_args__ = {"version_id_col": version}
