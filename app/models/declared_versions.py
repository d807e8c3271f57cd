"""What a request declared before each modification. Data and integrity only: no rule, no query, no HTTP.

The values of today stand on the avenant, where the lists and the amounts read them; here is what they replaced.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import db
from app.models.requests import Avenant, InformationRequest
from app.models.types import Money, UtcDateTime, labelled
from app.models.users import User


class DeclaredVersion(db.Model):
    """The `rank`-th version of an avenant, replaced for ever. Amounts are those it was worth, in euros, if known."""

    __table_args__ = (sa.UniqueConstraint("avenant_id", "rank"), sa.CheckConstraint("rank > 0", name="rank_positive"))

    id: Mapped[int] = mapped_column(primary_key=True)
    avenant_id: Mapped[int] = mapped_column(sa.ForeignKey("avenant.id", ondelete="CASCADE"))
    rank: Mapped[int] = mapped_column(info=labelled("Version"))
    declared: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    declared_ht: Mapped[Decimal] = mapped_column(Money)
    retained_ht: Mapped[Decimal | None] = mapped_column(Money)
    retained: Mapped[Decimal | None] = mapped_column(Money)
    amount: Mapped[Decimal | None] = mapped_column(Money)
    replaced_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Remplacée le"))
    replaced_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    information_request_id: Mapped[int] = mapped_column(
        sa.ForeignKey("information_request.id", ondelete="CASCADE"), unique=True
    )

    avenant: Mapped[Avenant] = relationship()
    replaced_by: Mapped[User] = relationship()
    asked: Mapped[InformationRequest] = relationship()
