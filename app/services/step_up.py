"""Proving again who one is before a bank account or an identity changes: the password, and a code sent by mail.

Settled: suppliers may have no second factor, so that what moves money asks for both. The proof holds ten minutes, for
the session it was given in.
"""

import datetime as dt
import hashlib
import secrets

from flask_security.utils import verify_password

from app.domain import limits
from app.domain.errors import RuleBroken
from app.domain.labelled import Labelled
from app.extensions import db
from app.models.credentials import MailedCode
from app.models.users import User, WebSession
from app.services import actors, audit, clock, messages

WRONG = "Le mot de passe ou le code n'est pas celui-là, ou le code n'est plus valable."


class Purpose(Labelled):
    """What a supplier proves again who he is for; the label completes « Vous allez … »."""

    BANK = "coordonnees-bancaires", "ajouter une coordonnée bancaire"
    PEOPLE = "personnes", "modifier les coordonnées de personnes"
    USERS = "utilisateurs", "gérer les utilisateurs de votre société"


def send_code(user: User, what: str) -> None:
    """Mail six figures to this person; `what`: what he is about to do, in French. The former code is void."""
    code = f"{secrets.randbelow(1_000_000):06d}"
    row = db.session.get(MailedCode, user.id) or MailedCode(user_id=user.id)
    row.digest, row.wrong = _digest(user, code), 0
    row.expires_at = clock.now() + dt.timedelta(minutes=limits.CODE_MINUTES)
    db.session.add(row)
    db.session.flush()
    messages.tell_user(messages.Event.CODE_ASKED, user, secrets.token_hex(8), secret=code, what=what)


def prove(session: WebSession, password: str, code: str) -> None:
    """Both are right: the session may change what is sensitive for ten minutes.

    Raises `RuleBroken`, the same whatever is wrong; the fifth time the code is void. The caller commits either way.
    """
    user = session.user
    row = db.session.get(MailedCode, user.id, with_for_update=True)
    if row is None or row.expires_at <= clock.now() or row.wrong >= limits.CODE_TRIES:
        raise RuleBroken(WRONG, field="code")
    right = secrets.compare_digest(row.digest, _digest(user, "".join(code.split())))
    if not (verify_password(password, user.password or "") and right):
        row.wrong += 1
        raise RuleBroken(WRONG, field="code")
    db.session.delete(row)
    session.stepped_up_at = clock.now()
    audit.record("step_up", "user", user.username, actors.of(user))
    db.session.flush()


def is_fresh(session: WebSession) -> bool:
    """Was the proof given in this session, less than ten minutes ago?"""
    proved = session.stepped_up_at
    return proved is not None and clock.now() - proved < dt.timedelta(minutes=limits.STEP_UP_MINUTES)


def _digest(user: User, code: str) -> str:
    return hashlib.sha256(f"{user.id}:{code}".encode()).hexdigest()
