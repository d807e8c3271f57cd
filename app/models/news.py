"""« Actualités » of the home pages."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import UtcDateTime, labelled


class NewsItem(db.Model):
    """A news item for suppliers; `corridor_code` empty: for all of them."""

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(200), info=labelled("Titre"))
    body: Mapped[str] = mapped_column(sa.Text, info=labelled("Texte"))
    corridor_code: Mapped[str | None] = mapped_column(sa.String(3), info=labelled("Couloir"))
    published_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Date de publication"))
