"""Enrolments: the right of a supplier to deposit for one N° ANS, with his VAT regime."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import EnrolmentKind, EnrolmentStatus
from app.domain.vat import VatRegime
from app.extensions import db
from app.models.bank_accounts import BankAccount
from app.models.referencings import Referencing
from app.models.suppliers import Supplier
from app.models.types import UtcDateTime, enum_column, labelled


class Enrolment(db.Model):
    """One ENR number. A validated one has its judge and its day; one supplier enrols once per N° ANS."""

    __table_args__ = (
        sa.UniqueConstraint("supplier_id", "referencing_id"),
        sa.CheckConstraint("status <> 'validated' OR judged_at IS NOT NULL", name="validated_is_judged"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True, info=labelled("Numéro demande"))
    kind: Mapped[EnrolmentKind] = mapped_column(enum_column(EnrolmentKind), info=labelled("Type d'enrôlement"))
    status: Mapped[EnrolmentStatus] = mapped_column(enum_column(EnrolmentStatus), info=labelled("Statut"))
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("supplier.id"), index=True)
    referencing_id: Mapped[int] = mapped_column(sa.ForeignKey("referencing.id"), index=True)
    bank_account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("bank_account.id"))
    vat: Mapped[VatRegime] = mapped_column(enum_column(VatRegime), info=labelled("Taux TVA"))
    deposited_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Date de dépôt"))
    judged_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Date d'instruction"))
    judged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    supplier: Mapped[Supplier] = relationship()
    referencing: Mapped[Referencing] = relationship()
    bank_account: Mapped[BankAccount | None] = relationship()

    def __str__(self) -> str:
        return self.number
