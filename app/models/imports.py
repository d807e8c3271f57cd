"""JSON files: what was simulated, what was imported, and what became of each line."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import LineOutcome, Phase
from app.domain.vat import VatRegime
from app.extensions import db
from app.models.enrolments import Enrolment
from app.models.types import UtcDateTime, enum_column, labelled


class JsonSimulation(db.Model):
    """A simulated file. Importing is bound to these bytes: `digest` is their SHA-256, `storage_key` where they are.

    `previous`: the simulation whose file was mended into this one.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("supplier.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"))
    phase: Mapped[Phase] = mapped_column(enum_column(Phase))
    vat: Mapped[VatRegime] = mapped_column(enum_column(VatRegime))
    file_name: Mapped[str] = mapped_column(sa.String(255))
    digest: Mapped[str] = mapped_column(sa.String(64))
    storage_key: Mapped[str] = mapped_column(sa.String(100))
    importable: Mapped[bool] = mapped_column()
    report: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    simulated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    json_import_id: Mapped[int | None] = mapped_column(sa.ForeignKey("json_import.id"), unique=True)
    previous_id: Mapped[int | None] = mapped_column(sa.ForeignKey("json_simulation.id"))

    previous: Mapped["JsonSimulation | None"] = relationship(remote_side=[id])


class JsonImport(db.Model):
    """An imported file (guide « Les écrans du portail », § 4.1: nine columns). `id` is the « Identifiant »."""

    __table_args__ = (
        sa.CheckConstraint("line_count = retained_count + rejected_count", name="every_line_counted"),
        sa.CheckConstraint("line_count BETWEEN 1 AND 200", name="one_to_200_lines"),
        sa.Index("ix_json_import_supplier_imported", "supplier_id", "imported_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=labelled("Identifiant"))
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("supplier.id"))
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"))
    imported_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    imported_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Date d'importation"))
    ans_number: Mapped[str] = mapped_column(sa.String(20), info=labelled("Numéro ANS"))
    phase: Mapped[Phase] = mapped_column(enum_column(Phase), info=labelled("Type de demande"))
    file_name: Mapped[str] = mapped_column(sa.String(255), info=labelled("Nom du fichier"))
    digest: Mapped[str] = mapped_column(sa.String(64), index=True)
    storage_key: Mapped[str] = mapped_column(sa.String(100))
    line_count: Mapped[int] = mapped_column(info=labelled("Nbre de demande"))
    retained_count: Mapped[int] = mapped_column(info=labelled("Nbre de demandes retenues"))
    rejected_count: Mapped[int] = mapped_column(info=labelled("Nbre de demandes rejetées"))
    result_key: Mapped[str] = mapped_column(sa.String(100))

    enrolment: Mapped[Enrolment] = relationship()
    lines: Mapped[list["JsonImportLine"]] = relationship(order_by="JsonImportLine.line_number")


class JsonImportLine(db.Model):
    """One line of a file, retained with its request or rejected with its code; kept after the request is purged."""

    __table_args__ = (
        sa.UniqueConstraint("json_import_id", "line_number"),
        sa.CheckConstraint("(outcome = 'retained') = (request_number IS NOT NULL)", name="retained_has_a_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    json_import_id: Mapped[int] = mapped_column(sa.ForeignKey("json_import.id"))
    line_number: Mapped[int] = mapped_column()
    editor_number: Mapped[str] = mapped_column(sa.String(20), default="")
    outcome: Mapped[LineOutcome] = mapped_column(enum_column(LineOutcome))
    request_number: Mapped[str | None] = mapped_column(sa.String(22))
    code: Mapped[str] = mapped_column(sa.String(4))
    label: Mapped[str] = mapped_column(sa.String(200))
    findings: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
