"""Where a supplier is paid. A payment keeps its own copy: changing the account never changes an order."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import BankAccountStatus
from app.extensions import db
from app.models.suppliers import Supplier
from app.models.types import UtcDateTime, enum_column, labelled


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
