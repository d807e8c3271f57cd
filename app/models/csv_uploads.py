"""CSV files that staff sent to change reference data, kept from their preview to their application."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import CsvKind
from app.extensions import db
from app.models.types import UtcDateTime, enum_column, labelled
from app.models.users import User


class CsvUpload(db.Model):
    """What is applied are these bytes: `digest` is their SHA-256. `corridor_code`: of a table of ceilings. `totals` is
    what applying did."""

    __table_args__ = (
        sa.CheckConstraint("(kind = 'ceilings') = (corridor_code IS NOT NULL)", name="ceilings_of_a_corridor"),
        sa.CheckConstraint("(applied_at IS NULL) = (totals IS NULL)", name="applied_has_totals"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[CsvKind] = mapped_column(enum_column(CsvKind))
    corridor_code: Mapped[str | None] = mapped_column(sa.String(3), info=labelled("Couloir"))
    file_name: Mapped[str] = mapped_column(sa.String(255), info=labelled("Fichier"))
    digest: Mapped[str] = mapped_column(sa.String(64), info=labelled("Empreinte"))
    storage_key: Mapped[str] = mapped_column(sa.String(100), unique=True)
    uploaded_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Envoyé le"))
    uploaded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    applied_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Appliqué le"))
    totals: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))

    uploaded_by: Mapped[User] = relationship()
