"""Envelopes and decisions: what may be spent, and what was decided on it. Amounts in euros (`Decimal`)."""

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import EnvelopeChangeKind, ProposalStatus
from app.extensions import db
from app.models.types import Money, UtcDateTime, enum_column, labelled
from app.models.users import User


class Envelope(db.Model):
    """A budget. `used` grows by a conditional UPDATE only, and the CHECK is the last wall."""

    __table_args__ = (
        sa.CheckConstraint("used >= 0 AND used <= total", name="never_overcommitted"),
        sa.CheckConstraint("total >= 0", name="total_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(30), unique=True, info=labelled("Code"))
    label: Mapped[str] = mapped_column(sa.String(200), info=labelled("Enveloppe"))
    corridor_code: Mapped[str | None] = mapped_column(sa.String(3), info=labelled("Couloir"))
    total: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), info=labelled("Montant total"))
    used: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), info=labelled("Montant décidé"))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Créée le"))

    @property
    def available(self) -> Decimal:
        return self.total - self.used

    def __str__(self) -> str:
        return self.label


class EnvelopeChange(db.Model):
    """A creation or an increase: a décideur proposes, another person, ordonnateur, approves."""

    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("judged_by_id IS NULL OR judged_by_id <> proposed_by_id", name="two_people"),
        sa.CheckConstraint(
            "(status = 'proposed') = (judged_by_id IS NULL) AND (judged_by_id IS NULL) = (judged_at IS NULL)",
            name="judged_has_its_judge",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    envelope_id: Mapped[int] = mapped_column(sa.ForeignKey("envelope.id"), index=True)
    kind: Mapped[EnvelopeChangeKind] = mapped_column(enum_column(EnvelopeChangeKind), info=labelled("Nature"))
    amount: Mapped[Decimal] = mapped_column(Money, info=labelled("Montant"))
    reason: Mapped[str] = mapped_column(sa.Text, default="", info=labelled("Motif"))
    status: Mapped[ProposalStatus] = mapped_column(enum_column(ProposalStatus), info=labelled("Statut"))
    proposed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    proposed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Proposée le"))
    judged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    judged_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Jugée le"))

    envelope: Mapped[Envelope] = relationship()
    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id])
    judged_by: Mapped[User | None] = relationship(foreign_keys=[judged_by_id])


class Decision(db.Model):
    """One act of a décideur, on one request or a batch. The system decides where the corridor says so."""

    __table_args__ = (sa.CheckConstraint("request_count > 0", name="decides_something"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True, info=labelled("Décision"))
    envelope_id: Mapped[int] = mapped_column(sa.ForeignKey("envelope.id"), index=True)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    decided_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Date de décision"))
    request_count: Mapped[int] = mapped_column(info=labelled("Nombre de demandes"))
    total: Mapped[Decimal] = mapped_column(Money, info=labelled("Montant total"))

    envelope: Mapped[Envelope] = relationship()
    decided_by: Mapped[User | None] = relationship()
