"""The second factor: codes of an application (TOTP, RFC 6238), and the recovery codes that replace it once each.

Compulsory for staff, optional for suppliers (settled). The secret is sealed; a code serves once; five wrong ones lock
the account as wrong passwords do.
"""

import hashlib
import io
import secrets
from dataclasses import dataclass

import pyotp
import segno
import sqlalchemy as sa

from app.domain import limits
from app.extensions import db
from app.models.credentials import RecoveryCode
from app.models.users import User
from app.services import actors, audit, clock, messages, ports

ISSUER = "Portail Ségur Numérique"
_STEP, _AROUND = 30, 1  # seconds of a code; one before and one after are accepted, clocks being what they are


@dataclass(frozen=True, slots=True)
class Proposal:
    """A secret not yet confirmed: what an application scans, and what it may be told by hand."""

    secret: str
    qr_svg: str

    @property
    def by_hand(self) -> str:
        return " ".join(self.secret[start : start + 4] for start in range(0, len(self.secret), 4))


def propose(user: User, secret: str | None = None) -> Proposal:
    """A new secret for this person, or the one already proposed to him. Nothing is written."""
    secret = secret or pyotp.random_base32()
    address = pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=ISSUER)
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", scale=5, xmldecl=False, svgns=True, title="Code QR")
    return Proposal(secret, drawn.getvalue().decode())


def confirm(user: User, secret: str, code: str) -> list[str] | None:
    """Adopt a proposed secret when `code` is its code now. Returns the recovery codes, shown once; None when wrong."""
    step = _step_of(secret, code, None)
    if step is None:
        return None
    user.totp_secret, user.totp_last_step = ports.get().sealer.seal(secret), step
    audit.record("second_factor_on", "user", user.username, actors.of(user))
    _tell(user, "Un second facteur est maintenant demandé à la connexion")
    return renew_recovery(user)


def adopt(user: User, secret: str) -> None:
    """Take a secret that is known beforehand: demo and bench accounts, whose codes their people compute."""
    user.totp_secret = ports.get().sealer.seal(secret)


def code_of(secret: str) -> str:
    """The code of a known secret now."""
    return pyotp.TOTP(secret).at(int(clock.now().timestamp()))


def renew_recovery(user: User) -> list[str]:
    """New recovery codes; the former ones are worth nothing any more."""
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = [
        f"{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}" for _ in range(limits.RECOVERY_CODES)
    ]
    db.session.add_all(RecoveryCode(user_id=user.id, digest=digest(code)) for code in codes)
    db.session.flush()
    return codes


def recovery_left(user: User) -> int:
    """How many recovery codes may still serve."""
    query = sa.select(sa.func.count()).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(query) or 0


def accept(user: User, typed: str) -> bool:
    """Is this a code of his application, or one of his recovery codes? Either serves once."""
    db.session.refresh(user, with_for_update={"of": User})
    if user.totp_secret is None:
        return False
    step = _step_of(ports.get().sealer.open(user.totp_secret), typed, user.totp_last_step)
    if step is not None:
        user.totp_last_step = step
        return True
    return _recovers(user, typed)


def remove(user: User, actor: actors.Actor) -> None:
    """No second factor any more: by himself (a supplier), or by an administrator when it is lost."""
    user.totp_secret = user.totp_last_step = None
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    audit.record("second_factor_off", "user", user.username, actor)
    _tell(user, "Le second facteur a été retiré")
    db.session.flush()


def _step_of(secret: str, typed: str, last: int | None) -> int | None:
    """The step of time whose code this is, around now and after the last one that served."""
    code = "".join(typed.split())
    now = int(clock.now().timestamp()) // _STEP
    for step in range(now - _AROUND, now + _AROUND + 1):
        if (last is None or step > last) and pyotp.utils.strings_equal(pyotp.TOTP(secret).at(step * _STEP), code):
            return step
    return None


def _recovers(user: User, typed: str) -> bool:
    used = db.session.execute(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user.id,
            RecoveryCode.digest == digest("".join(typed.split()).casefold()),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if used.rowcount:
        audit.record("recovery_code", "user", user.username, actors.of(user))
        _tell(user, "Un code de récupération vient de servir")
    return bool(used.rowcount)


def _tell(user: User, what: str) -> None:
    messages.tell_user(messages.Event.SECOND_FACTOR_CHANGED, user, secrets.token_hex(8), what=what)


def digest(code: str) -> str:
    """What is kept of a recovery code."""
    return hashlib.sha256(code.encode()).hexdigest()
