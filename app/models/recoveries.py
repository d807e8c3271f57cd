"""Recovery orders: what is asked back of a payment, by whom, and what came back. A proposed order never changes."""

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import RecoveryStatus
from app.extensions import db
from app.models.payments import Payment
from app.models.requests import FundingRequest
from app.models.types import Money, UtcDateTime, enum_column, labelled
from app.models.users import User

_OPEN = "status IN ('proposed', 'issued')"


class RecoveryOrder(db.Model):
    """« Ordre de recouvrement » of all that is left of a payment (`is_total`) or of a part. One open per payment.

    `judged_by` issued it or refused it, `judgement` is the reason of a refusal.
    """

    __table_args__ = (
        sa.Index(
            "uq_recovery_order_open",
            "payment_id",
            unique=True,
            sqlite_where=sa.text(_OPEN),
            postgresql_where=sa.text(_OPEN),
        ),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("(status = 'proposed') = (judged_at IS NULL)", name="judged_has_its_day"),
        sa.CheckConstraint("(judged_at IS NULL) = (judged_by_id IS NULL)", name="judged_has_its_judge"),
        sa.CheckConstraint("status <> 'refused' OR judgement <> ''", name="refused_has_its_reason"),
        sa.CheckConstraint(
            "(status = 'recovered') = (recovered_on IS NOT NULL) AND (recovered_on IS NULL) = (recovered_at IS NULL)"
            " AND (recovered_on IS NULL) = (recovered_by_id IS NULL) AND (recovered_on IS NULL) = (reference IS NULL)",
            name="recovered_at_once",
        ),
        sa.CheckConstraint(
            "judged_by_id <> proposed_by_id AND recovered_by_id <> proposed_by_id AND recovered_by_id <> judged_by_id",
            name="three_people",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True, info=labelled("Ordre de recouvrement"))
    payment_id: Mapped[int] = mapped_column(sa.ForeignKey("payment.id"), index=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("funding_request.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Money, info=labelled("Montant à recouvrer"))
    is_total: Mapped[bool] = mapped_column(info=labelled("Total"))
    reason: Mapped[str] = mapped_column(sa.Text, info=labelled("Motif"))
    status: Mapped[RecoveryStatus] = mapped_column(enum_column(RecoveryStatus), index=True, info=labelled("Statut"))
    proposed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    proposed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Proposé le"))
    judged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    judged_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Émis le"))
    judgement: Mapped[str] = mapped_column(sa.Text, default="")
    recovered_on: Mapped[dt.date | None] = mapped_column(info=labelled("Recouvré le"))
    reference: Mapped[str | None] = mapped_column(sa.String(60), unique=True, info=labelled("Référence"))
    recovered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    recovered_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    payment: Mapped[Payment] = relationship()
    request: Mapped[FundingRequest] = relationship()
    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id])
    judged_by: Mapped[User | None] = relationship(foreign_keys=[judged_by_id])
    recovered_by: Mapped[User | None] = relationship(foreign_keys=[recovered_by_id])

    __mapper_args__ = {"version_id_col": version}

    def __str__(self) -> str:
        return self.number
