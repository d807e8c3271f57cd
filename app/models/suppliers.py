"""Suppliers (the companies the State pays) and the people who speak for them."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import PersonKind
from app.extensions import db
from app.models.types import enum_column, labelled


class Supplier(db.Model):
    """A company, known by its SIRET. Address as declared at the enrolment."""

    __table_args__ = (sa.CheckConstraint("length(siret) = 14", name="siret_length"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    siret: Mapped[str] = mapped_column(sa.String(14), unique=True, info=labelled("SIRET"))
    name: Mapped[str] = mapped_column(sa.String(200), info=labelled("Dénomination sociale"))
    trade_name: Mapped[str] = mapped_column(sa.String(200), default="", info=labelled("Nom commercial"))
    address: Mapped[str] = mapped_column(sa.String(400), default="", info=labelled("Adresse"))
    postcode: Mapped[str] = mapped_column(sa.String(10), default="", info=labelled("Code postal"))
    city: Mapped[str] = mapped_column(sa.String(100), default="", info=labelled("Commune"))

    people: Mapped[list["Person"]] = relationship(back_populates="supplier", order_by="Person.id")

    def __str__(self) -> str:
        return self.name

    @property
    def full_address(self) -> str:
        return " ".join(part for part in (self.address, self.postcode, self.city) if part)


class Person(db.Model):
    """The legal representative of a supplier, or the declarant acting for him; mails go to them."""

    __table_args__ = (sa.UniqueConstraint("supplier_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("supplier.id"))
    kind: Mapped[PersonKind] = mapped_column(enum_column(PersonKind), info=labelled("Qualité"))
    last_name: Mapped[str] = mapped_column(sa.String(100), info=labelled("Nom"))
    first_name: Mapped[str] = mapped_column(sa.String(100), info=labelled("Prénom"))
    email: Mapped[str] = mapped_column(sa.String(254), info=labelled("Email"))
    phone: Mapped[str] = mapped_column(sa.String(20), default="", info=labelled("Téléphone"))

    supplier: Mapped[Supplier] = relationship(back_populates="people")

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"
