"""The accounts of a supplier: opened with his first validated enrolment, told of the next ones.

Guide « Présentation du portail », « Réception des identifiants » (two cases); settled: the identifier by one mail, by
another a link of single use that chooses the password, and a first login that ends with the secret question. A person
who has no account of a supplier that has some is given none: it opens all that the supplier deposited.
"""

import secrets
from collections.abc import Sequence

import sqlalchemy as sa

from app.domain.enums import Role
from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.enrolments import Enrolment
from app.models.suppliers import Person, Supplier
from app.models.users import User
from app.services import accounts, messages, staff_accounts, supplier_users
from app.services.actors import Actor
from app.services.messages import Event


def of(supplier: Supplier) -> Sequence[User]:
    """His open accounts, the oldest first."""
    return [user for user in supplier_users.of(supplier) if user.active]


def open_to(enrolment: Enrolment, actor: Actor) -> Sequence[User]:
    """Who deposits by this enrolment: the supplier's accounts, told of it, else a new one for who declared it.

    The people and the supplier of the enrolment exist. Raises `RuleBroken` when no address may be an account's.
    """
    known = of(enrolment.supplier)
    for user in known:
        messages.tell_user(Event.ACCESS_OPENED, user, enrolment.number, enrolment=enrolment)
    return known or [_open_first(enrolment.supplier, actor)]


def holder_of(people: Sequence[Person]) -> Person | None:
    """For whom the first account is opened: the declarant, else the legal representative, whose address is no other
    account's. None when both are."""
    declarant_first = sorted(people, key=lambda person: person.kind.value)
    return next((person for person in declarant_first if not is_taken(person.email)), None)


def is_taken(email: str) -> bool:
    """Whether an account, open or closed, has this address."""
    query = sa.select(User.id).where(sa.func.lower(User.email) == email.strip().lower())
    return db.session.scalar(query) is not None


def _open_first(supplier: Supplier, actor: Actor) -> User:
    person = holder_of(supplier.people)
    if person is None:
        raise RuleBroken(
            "Les courriels déclarés sont déjà ceux de comptes d'un autre fournisseur : aucun ne peut être ouvert."
        )
    user = accounts.create(
        supplier_users.free_username(str(person)),
        person.email,
        secrets.token_urlsafe(32),
        [Role.SUPPLIER],
        full_name=str(person),
        supplier=supplier,
        actor=actor,
    )
    user.settled = False
    staff_accounts.send_credentials(user)
    return user
