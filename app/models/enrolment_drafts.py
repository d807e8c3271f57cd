"""What a person has typed and joined of an enrolment he has not filed yet, and the pieces of those filed."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import EnrolmentKind
from app.extensions import db
from app.models.attachments import Attachment
from app.models.suppliers import Supplier
from app.models.types import UtcDateTime, enum_column, labelled
from app.models.users import User


class EnrolmentDraft(db.Model):
    """One enrolment being filled, from the first step to « Terminer ».

    `token_digest`: SHA-256 of what its holder shows, in his session or by the link mailed to him. `answers`: by the
    names of `app.domain.enrolment_steps`, right or wrong, as typed. `furthest_step`: the last step that may be opened,
    1 to 5; those before it were right. `email`: where its link was mailed last. `supplier_id`, `user_id`: of a
    complementary one only. `enrolment_id`: once filed, so that filing it again gives the same number.
    """

    __table_args__ = (
        sa.CheckConstraint("furthest_step BETWEEN 1 AND 5", name="one_of_five_steps"),
        sa.CheckConstraint("(kind = 'complementary') = (user_id IS NOT NULL)", name="complementary_has_its_user"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    kind: Mapped[EnrolmentKind] = mapped_column(enum_column(EnrolmentKind))
    supplier_id: Mapped[int | None] = mapped_column(sa.ForeignKey("supplier.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    answers: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    furthest_step: Mapped[int] = mapped_column(default=1)
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    links_sent: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    touched_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    enrolment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("enrolment.id", ondelete="CASCADE"), unique=True)

    supplier: Mapped[Supplier | None] = relationship()
    user: Mapped[User | None] = relationship()
    pieces: Mapped[list["EnrolmentPiece"]] = relationship(order_by="EnrolmentPiece.id", viewonly=True)


class EnrolmentPiece(db.Model):
    """One file of a draft or, once it is filed, of its enrolment. A draft has one of each kind; an enrolment may be
    given others later, of which the last is looked at. `kind`: of `app.domain.enrolment_steps.PieceKind`, or the code
    of a piece of the corridor's document; `label`: what the form called it. `exchange_id`: the question it answers."""

    __table_args__ = (
        sa.UniqueConstraint("draft_id", "kind"),
        sa.CheckConstraint("(draft_id IS NULL) <> (enrolment_id IS NULL)", name="of_a_draft_or_an_enrolment"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int | None] = mapped_column(sa.ForeignKey("enrolment_draft.id", ondelete="CASCADE"))
    enrolment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("enrolment.id", ondelete="CASCADE"), index=True)
    exchange_id: Mapped[int | None] = mapped_column(sa.ForeignKey("enrolment_exchange.id"))
    kind: Mapped[str] = mapped_column(sa.String(40), info=labelled("Type de pièce"))
    label: Mapped[str] = mapped_column(sa.String(200), info=labelled("Pièce"))
    attachment_id: Mapped[int] = mapped_column(sa.ForeignKey("attachment.id"), unique=True)

    attachment: Mapped[Attachment] = relationship()
