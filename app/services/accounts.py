"""Accounts: creating one, and the lock after too many wrong passwords. Password hashing is Flask-Security's."""

import datetime as dt
import functools
import secrets
from collections.abc import Collection

import sqlalchemy as sa
from flask_security.utils import hash_password, verify_password

from app.domain import limits, permissions
from app.domain.enums import Role
from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.suppliers import Supplier
from app.models.users import RoleRow, User
from app.services import audit, clock
from app.services.actors import SYSTEM, Actor


def create(
    username: str,
    email: str,
    password: str,
    roles: Collection[Role],
    *,
    full_name: str = "",
    supplier: Supplier | None = None,
    actor: Actor = SYSTEM,
) -> User:
    """A new account whose password is known: its person goes straight in. The first of a supplier administers them.

    Raises `RuleBroken` for roles that may not be held together, or a supplier's without supplier.
    """
    refusal = permissions.incompatibility(roles)
    if refusal:
        raise RuleBroken(refusal, field="roles")
    if (Role.SUPPLIER in roles) != (supplier is not None):
        raise RuleBroken("Un compte fournisseur porte un fournisseur, un compte de l'ASP n'en porte pas.")
    user = User(
        username=username,
        email=email,
        full_name=full_name,
        password=hash_password(password),
        fs_uniquifier=secrets.token_hex(16),
        supplier=supplier,
        created_at=clock.now(),
        active=True,
        role_rows=[role_row(role) for role in sorted(roles)],
        administers=supplier is not None and not _has_accounts(supplier),
    )
    db.session.add(user)
    db.session.flush()
    audit.record("create", "user", username, actor, after={"roles": sorted(roles)})
    return user


def _has_accounts(supplier: Supplier) -> bool:
    return db.session.scalar(sa.select(User.id).where(User.supplier_id == supplier.id).limit(1)) is not None


def role_row(role: Role) -> RoleRow:
    """The row of a role, written the first time it is held."""
    row = db.session.scalar(sa.select(RoleRow).where(RoleRow.name == role.value))
    if row is None:
        row = RoleRow(name=role.value)
        db.session.add(row)
        db.session.flush()
    return row


def find(username: str) -> User | None:
    """The account of this identifier, whatever its case."""
    return db.session.scalar(sa.select(User).where(sa.func.lower(User.username) == username.strip().lower()))


def of_uniquifier(uniquifier: str) -> User | None:
    """The account a session of ours names."""
    return db.session.scalar(sa.select(User).where(User.fs_uniquifier == uniquifier))


def authenticate(username: str, password: str) -> User | None:
    """The user when the password is right and the account open; None otherwise, without saying why.

    Six wrong passwords or codes lock the account for an hour, even for the right one. An unknown identifier costs the
    same hash.
    """
    user = find(username)
    if user is None:
        verify_password(password, _decoy())
        return None
    right = verify_password(password, user.password or _decoy())
    db.session.refresh(user, with_for_update={"of": User})  # wrong passwords sent at once are all counted
    if is_locked(user):
        return None
    if right and user.active:
        if not user.has_second_factor:  # else the code, not the password, makes up for wrong ones
            forgive(user)
        return user
    blame(user)
    return None


def is_locked(user: User) -> bool:
    return user.locked_until is not None and user.locked_until > clock.now()


def blame(user: User) -> None:
    """Count a wrong password or code; the sixth locks."""
    user.failed_logins += 1
    if user.failed_logins >= limits.LOGIN_TRIES:
        user.locked_until = clock.now() + dt.timedelta(minutes=limits.LOGIN_LOCK_MINUTES)
        user.failed_logins = 0
        audit.record("lock", "user", user.username, SYSTEM, after={"until": user.locked_until.isoformat()})


def forgive(user: User) -> None:
    """Forget the wrong ones, and any lock."""
    user.failed_logins, user.locked_until = 0, None


@functools.cache
def _decoy() -> str:
    """The hash of nobody's password: verifying it takes as long as a real one."""
    return str(hash_password(secrets.token_hex(16)))
