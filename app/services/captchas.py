"""Captchas: given out, drawn, spoken, answered once within ten minutes.

Nothing is written when one is shown: what is to be read follows from the token and a secret of the portal, and the
token says when it was given. Only an answer leaves a row, so that no token serves twice (guides « Présentation du
portail », steps « Demandeur » and « Confirmation »; OWASP ASVS, captchas single use and expiring).
"""

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.adapters import captcha
from app.domain import limits
from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.captchas import CaptchaUse
from app.services import clock, ports

FIELD = "captcha"
WRONG = "Les caractères saisis ne sont pas ceux de l'image : recopiez ceux de la nouvelle image."
STALE = "Ce code a expiré ou a déjà servi : recopiez les caractères de la nouvelle image."


@dataclass(frozen=True, slots=True)
class _Token:
    """`<instant>.<nonce>`: seconds since 1970, UTC."""

    given_at: dt.datetime
    nonce: str

    @property
    def expires_at(self) -> dt.datetime:
        return self.given_at + dt.timedelta(minutes=limits.CAPTCHA_MINUTES)


def issue() -> str:
    """A new token: what a page carries, and asks the image and the sound of."""
    return f"{int(clock.now().timestamp())}.{secrets.token_hex(12)}"


def image(token: str) -> bytes:
    """Its PNG. Raises `LookupError` when the token is none, or has expired."""
    return captcha.image(_characters(_alive(token)))


def sound(token: str) -> bytes:
    """Its WAV, in French. Raises `LookupError` likewise."""
    return captcha.sound(_characters(_alive(token)))


def check(token: str, typed: str) -> None:
    """Spend the captcha. Raises `RuleBroken` on the field `captcha` unless `typed` is what it shows, whatever the case.

    A wrong answer spends it too: the caller commits before it says so.
    """
    try:
        given = _alive(token)
        _spend(given)
    except LookupError as stale:
        raise RuleBroken(STALE, field=FIELD) from stale
    if not hmac.compare_digest("".join(typed.split()).casefold().encode(), _characters(given).encode()):
        raise RuleBroken(WRONG, field=FIELD)


def sweep() -> int:
    """Forget the answers to captchas that have expired. Returns how many."""
    result = db.session.execute(sa.delete(CaptchaUse).where(CaptchaUse.expires_at <= clock.now()))
    db.session.commit()
    return int(result.rowcount)


def _spend(given: _Token) -> None:
    """Raises `LookupError` when it was spent before, or is being spent by somebody else."""
    try:
        with db.session.begin_nested():
            db.session.add(CaptchaUse(nonce=given.nonce, expires_at=given.expires_at))
    except IntegrityError as twice:
        raise LookupError(given.nonce) from twice


def _alive(token: str) -> _Token:
    instant, _, nonce = token.partition(".")
    if not (instant.isascii() and instant.isdecimal() and len(instant) <= 11 and len(nonce) == 24 and nonce.isalnum()):
        raise LookupError(token)
    given = _Token(dt.datetime.fromtimestamp(int(instant), dt.UTC), nonce)
    if not given.given_at <= clock.now() < given.expires_at:
        raise LookupError(token)
    return given


def _characters(given: _Token) -> str:
    """What the image of this token shows."""
    settings = ports.get()
    if settings.captcha_fixed is not None:
        return settings.captcha_fixed.casefold()
    said = f"captcha:{given.given_at.timestamp():.0f}.{given.nonce}".encode()
    digest = hmac.digest(settings.captcha_secret, said, hashlib.sha256)
    return "".join(captcha.CHARACTERS[byte % len(captcha.CHARACTERS)] for byte in digest[: limits.CAPTCHA_LENGTH])
