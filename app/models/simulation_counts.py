"""How often the public simulator is used: all it keeps."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import labelled


class SimulationCount(db.Model):
    """The public simulations of a day (Paris) for a corridor. Nothing of the files nor of who sent them."""

    __table_args__ = (sa.UniqueConstraint("day", "corridor_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[dt.date] = mapped_column(info=labelled("Jour"))
    corridor_code: Mapped[str] = mapped_column(sa.String(3), info=labelled("Couloir"))
    count: Mapped[int] = mapped_column(default=0, info=labelled("Simulations"))
