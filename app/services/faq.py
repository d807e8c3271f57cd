"""« Questions fréquentes »: rubrics and their questions, as the public reads them and as staff keep them.

Guide « Les écrans du portail », § 8.1. Answers are Markdown without HTML. The first ones come with the migrations
(`app/contents/faq.toml`).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.contents import FaqEntry, FaqRubric
from app.services import audit, clock, written_texts
from app.services.actors import Actor


@dataclass(frozen=True, slots=True)
class Found:
    """A rubric with those of its questions that were sought."""

    rubric: FaqRubric
    entries: Sequence[FaqEntry]


def rubrics() -> list[FaqRubric]:
    """Every rubric in its order, with its questions."""
    query = sa.select(FaqRubric).options(selectinload(FaqRubric.entries)).order_by(FaqRubric.position, FaqRubric.id)
    return list(db.session.scalars(query))


def search(sought: str) -> list[Found]:
    """The questions that hold every word sought, whatever case and accents, by rubric; all of them for no word."""
    words = _folded(sought).split()
    found = []
    for rubric in rubrics():
        entries = [entry for entry in rubric.entries if all(word in _said(entry, rubric) for word in words)]
        if entries:
            found.append(Found(rubric, entries))
    return found


def find_rubric(rubric_id: int) -> FaqRubric | None:
    return db.session.get(FaqRubric, rubric_id)


def find_entry(entry_id: int) -> FaqEntry | None:
    return db.session.get(FaqEntry, entry_id)


def save_rubric(rubric: FaqRubric | None, title: str, position: int, actor: Actor) -> FaqRubric:
    """A new rubric, or this one changed. Raises `RuleBroken` on `title` when another bears it."""
    same = sa.select(FaqRubric.id).where(sa.func.lower(FaqRubric.title) == title.lower())
    if db.session.scalar(same.where(FaqRubric.id != rubric.id) if rubric else same) is not None:
        raise RuleBroken("Une autre rubrique porte ce titre.", field="title")
    before = {"title": rubric.title, "position": rubric.position} if rubric else {}
    row = rubric or FaqRubric()
    row.title, row.position = title, position
    db.session.add(row)
    db.session.flush()
    after = {"title": title, "position": position}
    audit.record("write", "faq_rubric", str(row.id), actor, before=before, after=after)
    return row


def save_entry(
    entry: FaqEntry | None, rubric: FaqRubric, question: str, answer: str, position: int, actor: Actor
) -> FaqEntry:
    """A new question, or this one changed."""
    before = {"question": entry.question, "answer": entry.answer} if entry else {}
    row = entry or FaqEntry()
    row.rubric, row.question, row.answer, row.position = rubric, question, answer, position
    row.updated_at = clock.now()
    db.session.add(row)
    db.session.flush()
    audit.record(
        "write", "faq_entry", str(row.id), actor, before=before, after={"question": question, "answer": answer}
    )
    return row


def remove_entry(entry: FaqEntry, actor: Actor) -> None:
    audit.record(
        "remove", "faq_entry", str(entry.id), actor, before={"question": entry.question, "answer": entry.answer}
    )
    db.session.delete(entry)
    db.session.flush()


def remove_rubric(rubric: FaqRubric, actor: Actor) -> None:
    """Raises `RuleBroken` while it holds questions."""
    if rubric.entries:
        raise RuleBroken("Cette rubrique contient des questions : déplacez-les ou supprimez-les d'abord.")
    audit.record("remove", "faq_rubric", str(rubric.id), actor, before={"title": rubric.title})
    db.session.delete(rubric)
    db.session.flush()


def _said(entry: FaqEntry, rubric: FaqRubric) -> str:
    return _folded(f"{rubric.title} {entry.question} {written_texts.plain(entry.answer)}")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
