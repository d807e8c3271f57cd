"""Who of a supplier may log in: his administrator sees the accounts, invites somebody, closes one.

Settled: several users per supplier. The first account of a supplier administers; nobody closes his own, so that one
administrator always stays. An invited person gets his identifier by one mail, by another the link to his password.
"""

import secrets

import sqlalchemy as sa

from app.domain.enums import Role
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.domain.folding import fold
from app.extensions import db
from app.models.suppliers import Supplier
from app.models.users import User
from app.services import access_links, accounts, actors, audit, staff_accounts, web_sessions
from app.services.actors import Actor

_LONGEST = 50


def of(supplier: Supplier) -> list[User]:
    """Every account of this supplier, the open ones first."""
    query = sa.select(User).where(User.supplier_id == supplier.id).options(sa.orm.joinedload(User.supplier))
    return list(db.session.scalars(query.order_by(User.active.desc(), User.id)))


def invite(full_name: str, email: str, *, administers: bool, by: User) -> User:
    """Open an account of the same supplier, under an identifier made of the name.

    Raises `NotAllowed` (not an administrator), `RuleBroken` on `email` when it is already an account's.
    """
    supplier = _hold(by)
    if db.session.scalar(sa.select(User.id).where(sa.func.lower(User.email) == email.lower())):
        raise RuleBroken("Cette adresse ne peut pas être invitée : un compte l'utilise déjà.", field="email")
    user = accounts.create(
        free_username(full_name),
        email,
        secrets.token_urlsafe(32),
        [Role.SUPPLIER],
        full_name=full_name,
        supplier=supplier,
        actor=actors.of(by),
    )
    user.administers = administers
    staff_accounts.send_credentials(user)
    audit.record("invite", "supplier", supplier.siret, actors.of(by), after={"name": user.username})
    return user


def close(user: User, by: User) -> None:
    """The account opens nothing any more, at once. Raises `NotAllowed` (one's own), `Conflict` (closed already)."""
    _hold(by)
    if user.supplier_id != by.supplier_id or user.id == by.id:
        raise NotAllowed("Personne ne ferme son propre compte : un autre administrateur doit le faire.")
    db.session.refresh(user)
    if not user.active:
        raise Conflict(f"Le compte {user.username} est déjà fermé.")
    user.active = False
    web_sessions.end_all(user)
    db.session.flush()
    audit.record("close", "user", user.username, actors.of(by), before={"active": True}, after={"active": False})


def readdress(supplier: Supplier, former: str, email: str, actor: Actor) -> User | None:
    """The account of this supplier that was written to at `former` is, from now on, at `email`: links, codes and what
    is told of it; a link sent to the former one dies. None when there is no such account, or when `email` is already
    another one's."""
    if former.lower() == email.lower():
        return None
    of_them = sa.select(User).where(User.supplier_id == supplier.id, sa.func.lower(User.email) == former.lower())
    user = db.session.scalar(of_them)
    taken = db.session.scalar(sa.select(User.id).where(sa.func.lower(User.email) == email.lower()))
    if user is None or taken is not None:
        return None
    user.email = email
    access_links.end_all(user)
    db.session.flush()
    audit.record("readdress", "user", user.username, actor, before={"email": former}, after={"email": email})
    return user


def free_username(full_name: str) -> str:
    """prenom.nom, with a number when somebody has it already."""
    words = "".join(sign if sign.isascii() and sign.isalnum() else " " for sign in fold(full_name)).split()
    stem = ".".join(words)[:_LONGEST].strip(".") or "compte"
    stem = stem if len(stem) > 2 else f"compte.{stem}"
    query = sa.select(User.username).where(sa.func.lower(User.username).startswith(stem, autoescape=True))
    taken = {name.lower() for name in db.session.scalars(query)}
    rank = 1
    while (name := stem if rank == 1 else f"{stem}{rank}") in taken:
        rank += 1
    return name


def _hold(by: User) -> Supplier:
    """The supplier of this administrator, locked; his rights are looked at again under the lock."""
    supplier = by.supplier
    if supplier is None:
        raise NotAllowed("Ce compte n'est pas celui d'un fournisseur.")
    db.session.execute(sa.select(Supplier.id).where(Supplier.id == supplier.id).with_for_update())
    db.session.refresh(by)
    if not (by.active and by.administers):
        raise NotAllowed("Seul l'administrateur du fournisseur ouvre et ferme ses comptes.")
    return supplier
