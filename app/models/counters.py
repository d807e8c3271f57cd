"""Counters that number dossiers, enrolments, decisions and orders without a hole or a double."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db


class Counter(db.Model):
    """The last number given under `name`; taken by an UPDATE … RETURNING, so two transactions never share one."""

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)
