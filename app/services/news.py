"""« Actualités » of the home pages."""

import sqlalchemy as sa

from app.extensions import db
from app.models.news import NewsItem
from app.services import audit, clock
from app.services.actors import Actor


def publish(title: str, body: str, actor: Actor, *, corridor_code: str | None = None) -> NewsItem:
    """A news item for all suppliers, or for those of one corridor."""
    item = NewsItem(title=title, body=body, corridor_code=corridor_code, published_at=clock.now())
    db.session.add(item)
    db.session.flush()
    audit.record("publish", "news", str(item.id), actor, after={"title": title})
    return item


def for_corridors(codes: set[str], limit: int = 5) -> list[NewsItem]:
    """The latest items for suppliers of these corridors, those for everybody included."""
    query = (
        sa.select(NewsItem)
        .where(sa.or_(NewsItem.corridor_code.is_(None), NewsItem.corridor_code.in_(codes)))
        .order_by(NewsItem.published_at.desc(), NewsItem.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))
