"""« Actualités » of the public home and of the suppliers': who sees which, from when until when.

Guide « Les écrans du portail », § 2.3. An item is for everybody or for suppliers, for one corridor or for all.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.domain.enums import Audience
from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.corridors import Corridor
from app.models.news import NewsItem
from app.services import attachments, audit, clock
from app.services.actors import Actor


@dataclass(frozen=True, slots=True)
class Draft:
    """An item as it is typed. Instants are aware; no end: it stays."""

    title: str
    body: str
    audience: Audience = Audience.SUPPLIERS
    corridor_code: str | None = None
    published_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None


def publish(title: str, body: str, actor: Actor, *, corridor_code: str | None = None) -> NewsItem:
    """An item for suppliers from now on, those of one corridor or all."""
    return save(None, Draft(title, body, corridor_code=corridor_code), actor)


def save(item: NewsItem | None, draft: Draft, actor: Actor, file: tuple[str, BinaryIO] | None = None) -> NewsItem:
    """A new item, or this one changed; a file replaces the former.

    Raises `RuleBroken` naming the field (`corridor_code`, `ends_at`, `file`), `Unavailable`.
    """
    starts = draft.published_at or clock.now()
    if draft.ends_at and draft.ends_at <= starts:
        raise RuleBroken("La fin précède la publication.", field="ends_at")
    if draft.corridor_code and not _is_corridor(draft.corridor_code):
        raise RuleBroken("Choisissez un couloir de la liste.", field="corridor_code")
    kept = attachments.keep(*file) if file else None
    row = item or NewsItem()
    former = row.attachment if kept else None
    row.title, row.body, row.audience = draft.title, draft.body, draft.audience
    row.corridor_code, row.published_at, row.ends_at = draft.corridor_code, starts, draft.ends_at
    if kept:
        row.attachment = kept
    db.session.add(row)
    db.session.flush()
    if former:
        attachments.drop(former)
    audit.record("write" if item else "publish", "news", str(row.id), actor, after={"title": draft.title})
    return row


def remove(item: NewsItem, actor: Actor) -> None:
    audit.record("remove", "news", str(item.id), actor, before={"title": item.title})
    former = item.attachment
    db.session.delete(item)
    db.session.flush()
    if former:
        attachments.drop(former)


def find(item_id: int) -> NewsItem | None:
    return db.session.get(NewsItem, item_id)


def for_corridors(codes: Collection[str], limit: int = 5) -> list[NewsItem]:
    """The latest items shown now to suppliers of these corridors, those for everybody included."""
    return _latest(sa.or_(NewsItem.corridor_code.is_(None), NewsItem.corridor_code.in_(codes)), limit)


def for_everybody(limit: int = 5) -> list[NewsItem]:
    """The latest items shown now on the public home."""
    return _latest(NewsItem.audience == Audience.EVERYBODY, limit)


def shown_to(item_id: int, codes: Collection[str] | None) -> NewsItem | None:
    """An item shown now to suppliers of these corridors, or to the public (None)."""
    items = for_everybody(1_000) if codes is None else for_corridors(codes, 1_000)
    return next((item for item in items if item.id == item_id), None)


def _latest(who: sa.ColumnElement[bool], limit: int) -> list[NewsItem]:
    now = clock.now()
    query = (
        sa.select(NewsItem)
        .where(who, NewsItem.published_at <= now, sa.or_(NewsItem.ends_at.is_(None), NewsItem.ends_at > now))
        .order_by(NewsItem.published_at.desc(), NewsItem.id.desc())
        .options(joinedload(NewsItem.attachment))
        .limit(limit)
    )
    return list(db.session.scalars(query))


def _is_corridor(code: str) -> bool:
    return db.session.scalar(sa.select(Corridor.id).where(Corridor.code == code)) is not None
