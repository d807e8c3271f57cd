"""« Actualités » of the home pages."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import Audience
from app.extensions import db
from app.models.attachments import Attachment
from app.models.types import UtcDateTime, enum_column, labelled


class NewsItem(db.Model):
    """A news item, shown from `published_at` until `ends_at` if it ends. `corridor_code` empty: for all corridors.

    The text is Markdown, without HTML.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(200), info=labelled("Titre"))
    body: Mapped[str] = mapped_column(sa.Text, info=labelled("Texte"))
    corridor_code: Mapped[str | None] = mapped_column(sa.String(3), info=labelled("Couloir"))
    audience: Mapped[Audience] = mapped_column(
        enum_column(Audience), default=Audience.SUPPLIERS, server_default="suppliers", info=labelled("Public visé")
    )
    ends_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Retirée le"))
    attachment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("attachment.id"), unique=True)
    published_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Date de publication"))

    attachment: Mapped[Attachment | None] = relationship()
