"""Accounts known to a provider of identities (OpenID Connect): found by their subject, linked once by a proved address.

Optional. The provider proves who somebody is; what he may do stays here, and so do the second factor and the lock.
"""

import sqlalchemy as sa

from app.extensions import db
from app.models.credentials import OutsideIdentity
from app.models.users import User
from app.services import actors, audit, clock, messages


def user_of(issuer: str, subject: str, email: str, *, email_verified: bool) -> User | None:
    """The active account of this identity; the first time, the one of the address the provider vouches for."""
    known = db.session.scalar(
        sa.select(User)
        .join(OutsideIdentity, OutsideIdentity.user_id == User.id)
        .where(OutsideIdentity.issuer == issuer, OutsideIdentity.subject == subject)
    )
    if known is not None:
        return known if known.active else None
    if not (email and email_verified):
        return None
    user = db.session.scalar(sa.select(User).where(sa.func.lower(User.email) == email.lower(), User.active))
    if user is not None:
        _link(user, issuer, subject)
    return user


def _link(user: User, issuer: str, subject: str) -> None:
    db.session.add(OutsideIdentity(user_id=user.id, issuer=issuer, subject=subject, linked_at=clock.now()))
    db.session.flush()
    audit.record("link_identity", "user", user.username, actors.of(user), after={"issuer": issuer})
    messages.tell_user(messages.Event.IDENTITY_LINKED, user, f"{issuer}:{subject}"[-60:], issuer=issuer)
