"""Where a supplier is paid, and how he asks to be paid elsewhere.

A payment keeps its own copy: changing the account never changes an order.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import BankAccountStatus, ChangeStatus
from app.extensions import db
from app.models.attachments import Attachment
from app.models.suppliers import Supplier
from app.models.types import UtcDateTime, enum_column, labelled
from app.models.users import User


class BankAccount(db.Model):
    """An account of a supplier; at most one is active, the database says so."""

    __table_args__ = (
        sa.Index(
            "uq_bank_account_active",
            "supplier_id",
            unique=True,
            sqlite_where=sa.text("status = 'active'"),
            postgresql_where=sa.text("status = 'active'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("supplier.id"), index=True)
    iban: Mapped[str] = mapped_column(sa.String(34), info=labelled("IBAN"))
    bic: Mapped[str] = mapped_column(sa.String(11), info=labelled("BIC"))
    holder: Mapped[str] = mapped_column(sa.String(200), info=labelled("Titulaire"))
    bank_name: Mapped[str] = mapped_column(sa.String(200), default="", info=labelled("Domiciliation"))
    status: Mapped[BankAccountStatus] = mapped_column(enum_column(BankAccountStatus), info=labelled("Statut"))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Date de création"))

    supplier: Mapped[Supplier] = relationship()


class BankChange(db.Model):
    """A supplier asks to be paid on another account: its RIB, the two officers who accepted, or the one who refused.

    `told`: the address that was told of it, the supplier's contact when it was asked.
    """

    __table_args__ = (
        sa.Index(
            "uq_bank_change_pending",
            "supplier_id",
            unique=True,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        ),
        sa.CheckConstraint("(status = 'pending') = (judged_at IS NULL)", name="judged_has_its_day"),
        sa.CheckConstraint("status <> 'accepted' OR accepted_by_id IS NOT NULL", name="accepted_has_a_first_judge"),
        sa.CheckConstraint("status <> 'accepted' OR accepted_by_id <> judged_by_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("supplier.id"), index=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("bank_account.id"), unique=True)
    former_id: Mapped[int | None] = mapped_column(sa.ForeignKey("bank_account.id"))
    rib_id: Mapped[int] = mapped_column(sa.ForeignKey("attachment.id"), unique=True)
    status: Mapped[ChangeStatus] = mapped_column(enum_column(ChangeStatus), info=labelled("Statut"))
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Demandé le"))
    told: Mapped[str] = mapped_column(sa.String(254))
    accepted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    accepted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Première acceptation"))
    judged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    judged_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Conclu le"))
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column()

    supplier: Mapped[Supplier] = relationship()
    account: Mapped[BankAccount] = relationship(foreign_keys=[account_id])
    former: Mapped[BankAccount | None] = relationship(foreign_keys=[former_id])
    rib: Mapped[Attachment] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    accepted_by: Mapped[User | None] = relationship(foreign_keys=[accepted_by_id])
    judged_by: Mapped[User | None] = relationship(foreign_keys=[judged_by_id])

    __mapper_args__ = {"version_id_col": version}
