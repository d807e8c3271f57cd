"""The library of rejection wordings, and what a rejected request was told."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import db
from app.models.types import UtcDateTime, labelled
from app.models.users import User


class RejectionWording(db.Model):
    """A reason to reject, worded once, with {{ variables }}. A retired one is no longer offered, and is kept."""

    __table_args__ = (sa.CheckConstraint("text <> ''", name="says_something"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(20), unique=True, info=labelled("Code"))
    title: Mapped[str] = mapped_column(sa.String(120), info=labelled("Intitulé"))
    text: Mapped[str] = mapped_column(sa.Text, info=labelled("Texte"))
    written_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Écrit le"))
    written_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    retired_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Retiré le"))
    version: Mapped[int] = mapped_column()

    written_by: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}


class Rejection(db.Model):
    """Why an avenant was rejected, as its supplier was told; `wordings`: the codes it was made of."""

    id: Mapped[int] = mapped_column(primary_key=True)
    avenant_id: Mapped[int] = mapped_column(sa.ForeignKey("avenant.id", ondelete="CASCADE"), unique=True)
    reasons: Mapped[str] = mapped_column(sa.Text)
    wordings: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
