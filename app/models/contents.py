"""What staff write for the public pages: questions and answers by rubric, and pages of text with their versions.

Texts are Markdown, without HTML.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import db
from app.models.types import UtcDateTime, labelled


class FaqRubric(db.Model):
    """A rubric of « Questions fréquentes », in the order of `position`."""

    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(info=labelled("Rang"))
    title: Mapped[str] = mapped_column(sa.String(200), unique=True, info=labelled("Rubrique"))

    entries: Mapped[list["FaqEntry"]] = relationship(
        back_populates="rubric", order_by="FaqEntry.position, FaqEntry.id", cascade="all, delete-orphan"
    )

    def __str__(self) -> str:
        return self.title


class FaqEntry(db.Model):
    """A question with its answer."""

    id: Mapped[int] = mapped_column(primary_key=True)
    rubric_id: Mapped[int] = mapped_column(sa.ForeignKey("faq_rubric.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(info=labelled("Rang"))
    question: Mapped[str] = mapped_column(sa.String(300), info=labelled("Question"))
    answer: Mapped[str] = mapped_column(sa.Text, info=labelled("Réponse"))
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Modifiée le"))

    rubric: Mapped[FaqRubric] = relationship(back_populates="entries")


class PageVersion(db.Model):
    """One version of a page of text; the highest number is read by the public."""

    __table_args__ = (sa.UniqueConstraint("slug", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(60), info=labelled("Page"))
    number: Mapped[int] = mapped_column(info=labelled("Version"))
    body: Mapped[str] = mapped_column(sa.Text, info=labelled("Texte"))
    written_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Écrite le"))
    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
