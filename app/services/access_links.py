"""Links of single use that open the choice of a password: made, sent, found again, spent.

Settled: never a password by mail; a link to open an account lives 72 hours, one somebody asked for an hour. Making one
ends the former of the same person. Only the digest is kept; the text of the link leaves with its mail and is forgotten.
"""

import datetime as dt
import hashlib
import secrets

import sqlalchemy as sa

from app.domain import limits
from app.domain.enums import LinkPurpose
from app.extensions import db
from app.models.credentials import AccessLink
from app.models.users import User
from app.services import clock, ports

LIVES = {
    LinkPurpose.OPENING: dt.timedelta(hours=limits.ACCESS_LINK_HOURS),
    LinkPurpose.RESET: dt.timedelta(minutes=limits.RESET_LINK_MINUTES),
}


def make(user: User, purpose: LinkPurpose) -> str:
    """A new link for this person. Returns its address, which is kept nowhere."""
    end_all(user)
    token = secrets.token_urlsafe(32)
    now = clock.now()
    db.session.add(
        AccessLink(
            user_id=user.id, purpose=purpose, digest=_digest(token), made_at=now, expires_at=now + LIVES[purpose]
        )
    )
    db.session.flush()
    return f"{ports.get().public_base_url}/segurnums/acces/{token}"


def find(token: str) -> AccessLink | None:
    """The link of this token while it may serve: unknown, used and expired ones are all None."""
    return _alive(AccessLink.digest == _digest(token))


def again(link_id: int) -> AccessLink | None:
    """The same link a step later, while it may serve."""
    return _alive(AccessLink.id == link_id)


def spend(link: AccessLink) -> bool:
    """Use it up. False when somebody else just did."""
    spent = db.session.execute(
        sa.update(AccessLink)
        .where(AccessLink.id == link.id, AccessLink.used_at.is_(None))
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    return bool(spent.rowcount)


def end_all(user: User) -> None:
    """None of his links serves any more: another leaves, he chose a password, or he is written to elsewhere."""
    db.session.execute(
        sa.update(AccessLink)
        .where(AccessLink.user_id == user.id, AccessLink.used_at.is_(None))
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _alive(which: sa.ColumnElement[bool]) -> AccessLink | None:
    query = (
        sa.select(AccessLink)
        .join(AccessLink.user)
        .where(which, AccessLink.used_at.is_(None), AccessLink.expires_at > clock.now(), User.active)
    )
    return db.session.scalar(query)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
