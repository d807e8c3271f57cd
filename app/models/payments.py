"""Payment orders and payments. An order copies the bank account it pays to; it never changes afterwards."""

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import db
from app.models.requests import Avenant
from app.models.types import Money, UtcDateTime, labelled
from app.models.users import User


class PaymentOrder(db.Model):
    """« Mettre en paiement »: a numbered order of an ordonnateur, with its control total."""

    __table_args__ = (sa.CheckConstraint("payment_count > 0", name="pays_something"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True, info=labelled("Ordre de paiement"))
    ordered_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    ordered_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Date de mise en paiement"))
    payment_count: Mapped[int] = mapped_column(info=labelled("Nombre de paiements"))
    control_total: Mapped[Decimal] = mapped_column(Money, info=labelled("Total de contrôle"))

    ordered_by: Mapped[User] = relationship()
    payments: Mapped[list["Payment"]] = relationship(back_populates="order", order_by="Payment.id")


class Payment(db.Model):
    """One transfer: « VERSE001 » in the guide. One per avenant for ever: ordering twice is a key violation."""

    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint(
            "(paid_on IS NULL) = (confirmed_by_id IS NULL) AND (paid_on IS NULL) = (reference IS NULL)"
            " AND (paid_on IS NULL) = (confirmed_at IS NULL)",
            name="confirmed_at_once",
        ),
        sa.Index(
            "ix_payment_open",
            "order_id",
            sqlite_where=sa.text("paid_on IS NULL"),
            postgresql_where=sa.text("paid_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("payment_order.id"), index=True)
    avenant_id: Mapped[int] = mapped_column(sa.ForeignKey("avenant.id"), unique=True)
    amount: Mapped[Decimal] = mapped_column(Money, info=labelled("Montant payé"))
    iban: Mapped[str] = mapped_column(sa.String(34), info=labelled("IBAN"))
    bic: Mapped[str] = mapped_column(sa.String(11), info=labelled("BIC"))
    holder: Mapped[str] = mapped_column(sa.String(200), info=labelled("Titulaire"))
    paid_on: Mapped[dt.date | None] = mapped_column(info=labelled("Date de paiement effective"))
    reference: Mapped[str | None] = mapped_column(sa.String(60), unique=True, info=labelled("Référence du virement"))
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    order: Mapped[PaymentOrder] = relationship(back_populates="payments")
    avenant: Mapped[Avenant] = relationship()
    confirmed_by: Mapped[User | None] = relationship()
