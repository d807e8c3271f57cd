"""The open sessions of a person: which devices, and ending one or all of them (ending is an update)."""

import datetime as dt

import sqlalchemy as sa

from app.domain import limits
from app.extensions import db
from app.models.users import User, WebSession
from app.services import actors, audit, clock


def open_ones(user: User) -> list[WebSession]:
    """His sessions that may still serve, the last seen first."""
    now = clock.now()
    idle = limits.SESSION_IDLE_MINUTES_STAFF if user.is_staff else limits.SESSION_IDLE_MINUTES_SUPPLIER
    query = (
        sa.select(WebSession)
        .where(
            WebSession.user_id == user.id,
            WebSession.revoked_at.is_(None),
            WebSession.last_seen_at > now - dt.timedelta(minutes=idle),
            WebSession.created_at > now - dt.timedelta(hours=limits.SESSION_HOURS),
        )
        .order_by(WebSession.last_seen_at.desc(), WebSession.id.desc())
    )
    return list(db.session.scalars(query))


def end(user: User, session_id: int) -> bool:
    """End one session of this person. False when it is not his, or had ended."""
    return _end(user, WebSession.id == session_id) == 1


def end_others(user: User, but: int) -> int:
    """End all his sessions but one. Returns how many."""
    return _end(user, WebSession.id != but)


def end_all(user: User) -> int:
    """End every session of a person, on every device. Returns how many."""
    return _end(user, sa.true())


def _end(user: User, which: sa.ColumnElement[bool]) -> int:
    ended = db.session.execute(
        sa.update(WebSession)
        .where(WebSession.user_id == user.id, WebSession.revoked_at.is_(None), which)
        .values(revoked_at=clock.now())
    )
    if ended.rowcount:
        audit.record("end_sessions", "user", user.username, actors.of(user), after={"count": ended.rowcount})
    return int(ended.rowcount)
