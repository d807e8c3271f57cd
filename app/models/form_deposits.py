"""Deposits by form: which page made which request, so that a page sent twice deposits once."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import db
from app.models.requests import Avenant


class FormDeposit(db.Model):
    """`key`: drawn for the page that was shown; `digest`: SHA-256 of what it sent, answers and files."""

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(32), unique=True)
    digest: Mapped[str] = mapped_column(sa.String(64))
    avenant_id: Mapped[int] = mapped_column(sa.ForeignKey("avenant.id", ondelete="CASCADE"), unique=True)

    avenant: Mapped[Avenant] = relationship()
