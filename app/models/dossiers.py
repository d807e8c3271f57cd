"""Dossiers: what one order of one client becomes, an avance then a solde under one number."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import db
from app.models.corridors import CorridorVersion
from app.models.enrolments import Enrolment
from app.models.suppliers import Supplier
from app.models.types import UtcDateTime, labelled


class Dossier(db.Model):
    """FINMDV005046. It keeps for ever the corridor version it was opened under. `is_single`: the only one, ever, of its
    supplier in this corridor, whose document says so."""

    __table_args__ = (
        sa.Index(
            "uq_dossier_single",
            "supplier_id",
            "corridor_code",
            unique=True,
            sqlite_where=sa.text("is_single"),
            postgresql_where=sa.text("is_single"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True, info=labelled("Numéro de dossier"))
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("supplier.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"), index=True)
    corridor_version_id: Mapped[int] = mapped_column(sa.ForeignKey("corridor_version.id"), index=True)
    corridor_code: Mapped[str] = mapped_column(sa.String(3), index=True, info=labelled("Couloir"))
    software_type: Mapped[str] = mapped_column(sa.String(10), info=labelled("Logiciel"))
    dsr: Mapped[str] = mapped_column(sa.String(40), info=labelled("DSR"))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    is_single: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    supplier: Mapped[Supplier] = relationship()
    enrolment: Mapped[Enrolment] = relationship()
    corridor_version: Mapped[CorridorVersion] = relationship()


class BeneficiaryClaim(db.Model):
    """One prestation per beneficiary and DSR: the row is held while a dossier is alive, the key keeps others out."""

    __table_args__ = (sa.UniqueConstraint("dsr", "identifier"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dsr: Mapped[str] = mapped_column(sa.String(40))
    identifier: Mapped[str] = mapped_column(sa.String(20))
    dossier_id: Mapped[int] = mapped_column(sa.ForeignKey("dossier.id", ondelete="CASCADE"), index=True)
