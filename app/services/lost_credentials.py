"""« J'ai oublié mon identifiant », « J'ai oublié mon mot de passe »: what a person who gives his address receives.

Whatever the address, one mail leaves, worded for its case, and the screen answers the same: nobody learns by it who
has an account (guide « Les écrans du portail », § 1; settled). The mail is queued: no time is spent on it here.
"""

import secrets

import sqlalchemy as sa

from app.domain.enums import LinkPurpose
from app.extensions import db
from app.models.users import User
from app.services import access_links, actors, audit, clock, formats, messages, ports
from app.services.messages import Event


def identifier(email: str) -> None:
    """Send the identifier of this address, or say that it has none."""
    user = _of(email)
    if user is None:
        _tell_stranger(email)
    else:
        messages.tell_user(Event.IDENTIFIER_LOST, user, secrets.token_hex(8), identifiers=[user.username])


def password(email: str) -> None:
    """Send a link of single use to this address, or say that it has no account."""
    user = _of(email)
    if user is None:
        _tell_stranger(email)
        # As a link is noted for the others: what is written, and so the time it takes, tells nobody who is known.
        audit.record("ask_link", "user", "adresse inconnue", actors.SYSTEM)
        return
    purpose = LinkPurpose.RESET if user.password_changed_at or user.settled else LinkPurpose.OPENING
    send_link(user, purpose, Event.PASSWORD_LOST)


def send_link(user: User, purpose: LinkPurpose, event: Event) -> None:
    """A new link, and the mail that carries it."""
    address = access_links.make(user, purpose)
    until = formats.minute(clock.now() + access_links.LIVES[purpose])
    messages.tell_user(event, user, secrets.token_hex(8), secret=address, until=until)
    audit.record("send_link", "user", user.username, actors.SYSTEM, after={"purpose": purpose.value})


def _of(email: str) -> User | None:
    return db.session.scalar(sa.select(User).where(sa.func.lower(User.email) == email.strip().lower(), User.active))


def _tell_stranger(email: str) -> None:
    key = f"{Event.ADDRESS_UNKNOWN.value}:{secrets.token_hex(8)}"
    base_url = ports.get().public_base_url
    messages.queue(Event.ADDRESS_UNKNOWN, email.strip(), key, supplier_id=None, request_id=None, base_url=base_url)
