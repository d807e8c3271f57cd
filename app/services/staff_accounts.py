"""Accounts of the ASP, as administrators keep them; and any account that its person cannot open any more.

Settled: an administrator opens accounts, a mailed link chooses the password, nobody changes his own roles, and roles
that exclude each other are never together (`app.domain.permissions`). A change of roles ends the sessions.
"""

import secrets
from collections.abc import Collection

import sqlalchemy as sa

from app.domain import identifiers
from app.domain.enums import STAFF_ROLES, LinkPurpose, Role
from app.domain.errors import NotAllowed, RuleBroken
from app.extensions import db
from app.models.users import User
from app.services import accounts, audit, lost_credentials, messages, second_factor, web_sessions
from app.services.actors import Actor
from app.services.messages import Event


def open_account(username: str, email: str, full_name: str, roles: Collection[Role], actor: Actor) -> User:
    """A new account of the ASP; two mails leave, the identifier and the link that chooses the password.

    Raises `RuleBroken` naming the field (`username`, `email`, `roles`), `NotAllowed`.
    """
    _refuse(actor)
    _refuse_roles(roles)
    fault = identifiers.username_fault(username)
    if fault:
        raise RuleBroken(f"{fault}.", field="username")
    taken = {
        "username": sa.func.lower(User.username) == username.lower(),
        "email": sa.func.lower(User.email) == email.lower(),
    }
    for field, condition in taken.items():
        if db.session.scalar(sa.select(User.id).where(condition)):
            said = (
                "Cet identifiant est déjà celui d'un compte."
                if field == "username"
                else "Ce courriel est déjà celui d'un compte."
            )
            raise RuleBroken(said, field=field)
    user = accounts.create(username, email, secrets.token_urlsafe(32), roles, full_name=full_name, actor=actor)
    send_credentials(user)
    return user


def send_credentials(user: User) -> None:
    """The identifier by one mail, by another the link of single use that chooses the first password (M3, settled)."""
    messages.tell_user(Event.IDENTIFIER, user, secrets.token_hex(8))
    lost_credentials.send_link(user, LinkPurpose.OPENING, Event.OPENING_LINK)


def change_roles(user: User, roles: Collection[Role], actor: Actor) -> None:
    """Raises `NotAllowed` (one's own, a supplier's), `RuleBroken` on `roles`."""
    _refuse(actor, user)
    if not user.is_staff:
        raise NotAllowed("Les rôles d'un compte fournisseur ne changent pas.")
    _refuse_roles(roles)
    before = sorted(user.role_set)
    user.role_rows = [accounts.role_row(role) for role in sorted(roles)]
    web_sessions.end_all(user)
    db.session.flush()
    audit.record("change_roles", "user", user.username, actor, before={"roles": before}, after={"roles": sorted(roles)})


def close(user: User, actor: Actor) -> None:
    """The account opens nothing any more, at once. Raises `NotAllowed` (one's own)."""
    _refuse(actor, user)
    user.active = False
    web_sessions.end_all(user)
    db.session.flush()
    audit.record("close", "user", user.username, actor, before={"active": True}, after={"active": False})


def reopen(user: User, actor: Actor) -> None:
    _refuse(actor, user)
    user.active = True
    db.session.flush()
    audit.record("reopen", "user", user.username, actor, before={"active": False}, after={"active": True})


def unlock(user: User, actor: Actor) -> None:
    """Forget wrong passwords, codes and answers. Raises `NotAllowed` (one's own)."""
    if actor.id == user.id:
        raise NotAllowed("On ne déverrouille pas son propre compte.")
    accounts.forgive(user)
    user.wrong_answers = 0
    db.session.flush()
    audit.record("unlock", "user", user.username, actor)


def send_again(user: User, actor: Actor) -> None:
    """Another link to choose the password, to the address of the account."""
    if not user.active:
        raise RuleBroken("Ce compte est fermé : rouvrez-le d'abord.")
    send_credentials(user)
    audit.record("send_again", "user", user.username, actor)


def remove_second_factor(user: User, actor: Actor) -> None:
    """When it is lost: staff choose another at the next login. Raises `NotAllowed` (one's own)."""
    _refuse(actor, user)
    second_factor.remove(user, actor)
    web_sessions.end_all(user)


def _refuse(actor: Actor, user: User | None = None) -> None:
    if Role.ADMINISTRATOR not in actor.roles:
        raise NotAllowed("Seul un administrateur tient les comptes.")
    if user is not None and actor.id == user.id:
        raise NotAllowed("Un autre administrateur doit le faire : personne ne change son propre compte.")


def _refuse_roles(roles: Collection[Role]) -> None:
    if not roles or not STAFF_ROLES.issuperset(roles):
        raise RuleBroken("Choisissez au moins un rôle de l'ASP.", field="roles")
