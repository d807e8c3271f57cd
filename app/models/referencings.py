"""What the ANS referenced: a software, its version, its DSR. No public API exists; staff import the list."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import labelled


class Referencing(db.Model):
    """One N° ANS. The number is shown as typed by the ANS and is unique whatever its case."""

    __table_args__ = (
        sa.Index("uq_referencing_ans_number_folded", sa.text("lower(ans_number)"), unique=True),
        sa.CheckConstraint("wave > 0", name="wave_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ans_number: Mapped[str] = mapped_column(sa.String(20), info=labelled("N° ANS"))
    software: Mapped[str] = mapped_column(sa.String(200), info=labelled("Nom du logiciel"))
    software_version: Mapped[str] = mapped_column(sa.String(50), default="", info=labelled("Version du logiciel"))
    software_type: Mapped[str] = mapped_column(sa.String(10), info=labelled("Logiciel"))
    corridor_code: Mapped[str] = mapped_column(sa.String(3), index=True, info=labelled("Couloir"))
    dsr: Mapped[str] = mapped_column(sa.String(40), info=labelled("DSR"))
    wave: Mapped[int] = mapped_column(info=labelled("Vague"))
    editor_siret: Mapped[str] = mapped_column(sa.String(14), info=labelled("SIRET de l'éditeur"))
    profiles: Mapped[list[str]] = mapped_column(sa.JSON, default=list, info=labelled("Profils référencés"))
    effective_on: Mapped[dt.date] = mapped_column(info=labelled("Date de prise d'effet"))

    def __str__(self) -> str:
        return self.ans_number
