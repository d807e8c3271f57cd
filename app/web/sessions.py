"""Server-side sessions: the cookie carries a key, its row is checked each time the user is loaded.

Revoking one (logout), or all of a person (password change), is an update. « Last seen » is written every five minutes
at most. Idle and absolute limits: `app.domain.limits`.
"""

import datetime as dt
import hashlib
import secrets
from typing import Any

import sqlalchemy as sa
from flask import Flask, g, request, session
from flask_login import user_logged_in, user_logged_out

from app.domain import limits
from app.extensions import db, writing
from app.models.users import User, WebSession
from app.services import clock

KEY = "web_session"
SEEN_EVERY = dt.timedelta(minutes=5)
# Built once: every request begins with it. It reads what every request reads; the rest is loaded when it is asked for.
_PERSON = (User.username, User.full_name, User.active, User.settled, User.fs_uniquifier, User.supplier_id)
_BY_KEY = (
    sa.select(WebSession)
    .join(WebSession.user)
    .where(WebSession.key_digest == sa.bindparam("digest"))
    .options(
        sa.orm.load_only(WebSession.created_at, WebSession.last_seen_at, WebSession.revoked_at),
        sa.orm.contains_eager(WebSession.user).options(sa.orm.load_only(*_PERSON), sa.orm.joinedload(User.role_rows)),
    )
)


def init_app(app: Flask) -> None:
    user_logged_in.connect(open_session, app)
    user_logged_out.connect(_close, app)


def load_user(uniquifier: str) -> User | None:
    """The user of this cookie, when his session row is alive and he is active. Flask-Login calls it per request."""
    row = current()
    if row is None or row.user.fs_uniquifier != uniquifier or not row.user.active:
        return None
    if not _alive(row, clock.now()):
        return None
    g.web_session_id = row.id
    _see(row)
    return row.user


def current() -> WebSession | None:
    """The row of this cookie, whatever its state."""
    key = session.get(KEY)
    if not key:
        return None
    return db.session.scalars(_BY_KEY, {"digest": _digest(key)}).unique().one_or_none()


def _alive(row: WebSession, now: dt.datetime) -> bool:
    idle = limits.SESSION_IDLE_MINUTES_STAFF if row.user.is_staff else limits.SESSION_IDLE_MINUTES_SUPPLIER
    return (
        row.revoked_at is None
        and now - row.last_seen_at < dt.timedelta(minutes=idle)
        and now - row.created_at < dt.timedelta(hours=limits.SESSION_HOURS)
    )


def _see(row: WebSession) -> None:
    """Written on a connection of its own: the request itself may be reading only."""
    now = clock.now()
    if now - row.last_seen_at < SEEN_EVERY:
        return
    if request.method not in ("GET", "HEAD"):
        row.last_seen_at = now
        return
    row_id = row.id
    db.session.rollback()
    with writing(), db.engine.begin() as connection:
        connection.execute(sa.update(WebSession).where(WebSession.id == row_id).values(last_seen_at=now))


def expired_user() -> User | None:
    """Whose session of this browser ran out by itself: neither logged out nor ended elsewhere."""
    row = current()
    if row is None or row.revoked_at is not None or not row.user.active or _alive(row, clock.now()):
        return None
    return row.user


def open_session(sender: Flask, user: User, **extra: Any) -> None:
    """A row for this login, its key in the cookie. Called at each login."""
    key = secrets.token_urlsafe(32)
    now = clock.now()
    db.session.add(
        WebSession(
            key_digest=_digest(key),
            user_id=user.id,
            created_at=now,
            last_seen_at=now,
            address=request.remote_addr or "",
            device=(request.user_agent.string or "")[:200],
        )
    )
    db.session.commit()
    session[KEY] = key


def _close(sender: Flask, user: User, **extra: Any) -> None:
    row = current()
    if row is not None:
        row.revoked_at = clock.now()
        db.session.commit()
    session.pop(KEY, None)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
