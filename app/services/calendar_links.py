"""The secret address at which an agenda reads a person's own deadlines: made, shown to him, renewed, found.

An agenda cannot log in: whoever holds the address reads the deadlines, and nothing else. Renewing it ends the former.
"""

import hashlib
import secrets

import sqlalchemy as sa

from app.extensions import db
from app.models.calendar_links import CalendarLink
from app.models.users import User
from app.services import actors, audit, clock, ports

MOST = 100  # characters of a token that is looked for: ours have 43


def address(user: User) -> str | None:
    """His address; None while he has made none, or when it was sealed with another secret: he renews it."""
    link = db.session.get(CalendarLink, user.id)
    if link is None:
        return None
    try:
        token = ports.get().sealer.open(link.sealed)
    except ValueError:
        return None
    return f"{ports.get().public_base_url}/segurnums/echeances/{token}.ics"


def renew(user: User) -> None:
    """A new address, the former ending at once."""
    token = secrets.token_urlsafe(32)
    link = db.session.get(CalendarLink, user.id, with_for_update=True) or CalendarLink(user_id=user.id)
    link.digest, link.sealed, link.made_at = _digest(token), ports.get().sealer.seal(token), clock.now()
    db.session.add(link)
    db.session.flush()
    audit.record("renew_calendar", "user", user.username, actors.of(user))


def owner(token: str) -> User | None:
    """Whose address it is, while his account is open."""
    if len(token) > MOST:
        return None
    query = (
        sa.select(User)
        .join(CalendarLink, CalendarLink.user_id == User.id)
        .where(CalendarLink.digest == _digest(token), User.active, User.supplier_id.is_not(None))
    )
    return db.session.scalar(query)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
