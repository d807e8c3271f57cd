"""Enrolments: the right of a supplier to deposit for one N° ANS, with his VAT regime; what was asked about each."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import CompanyCheck, EnrolmentKind, EnrolmentStatus
from app.domain.vat import VatRegime
from app.extensions import db
from app.models.bank_accounts import BankAccount
from app.models.enrolment_drafts import EnrolmentPiece
from app.models.referencings import Referencing
from app.models.suppliers import Supplier
from app.models.types import UtcDateTime, enum_column, labelled
from app.models.users import User

NOT_REJECTED = "status <> 'rejected'"


class Enrolment(db.Model):
    """One ENR number. A validated one has its judge and its day; one supplier has one per N° ANS that is not rejected.

    `declared`: everything that was typed, by the names of `app.domain.enrolment_steps` (empty for those that were not
    filed by the form); it never changes, whatever becomes of the supplier. `follow_digest`: SHA-256 of the last link
    mailed to whoever follows it without account.
    """

    __table_args__ = (
        sa.Index(
            "uq_enrolment_alive",
            "supplier_id",
            "referencing_id",
            unique=True,
            sqlite_where=sa.text(NOT_REJECTED),
            postgresql_where=sa.text(NOT_REJECTED),
        ),
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
    declared: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict, server_default="{}")
    follow_digest: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    company_check: Mapped[CompanyCheck] = mapped_column(
        enum_column(CompanyCheck),
        default=CompanyCheck.TO_VERIFY,
        server_default=CompanyCheck.TO_VERIFY.value,
        info=labelled("Entreprise"),
    )
    version: Mapped[int] = mapped_column(server_default="1")

    supplier: Mapped[Supplier] = relationship()
    referencing: Mapped[Referencing] = relationship()
    bank_account: Mapped[BankAccount | None] = relationship()
    pieces: Mapped[list[EnrolmentPiece]] = relationship(order_by="EnrolmentPiece.id", viewonly=True)
    exchanges: Mapped[list["EnrolmentExchange"]] = relationship(
        order_by="EnrolmentExchange.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    def __str__(self) -> str:
        return self.number


class EnrolmentExchange(db.Model):
    """One question to who filed an enrolment, and its answer. `kinds`: of the pieces asked, as in
    `EnrolmentPiece.kind`; the pieces given in answer carry its id. Until `answered_at`, `answer` is not sent yet."""

    __table_args__ = (sa.CheckConstraint("answered_at IS NULL OR answered_at >= asked_at", name="answer_follows"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id", ondelete="CASCADE"), index=True)
    question: Mapped[str] = mapped_column(sa.Text, info=labelled("Demande"))
    kinds: Mapped[list[str]] = mapped_column(sa.JSON, default=list, info=labelled("Pièces demandées"))
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Demandé le"))
    answer: Mapped[str] = mapped_column(sa.Text, default="", info=labelled("Réponse"))
    answered_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Répondu le"))

    asked_by: Mapped[User | None] = relationship()
    pieces: Mapped[list[EnrolmentPiece]] = relationship(order_by="EnrolmentPiece.id", viewonly=True)
