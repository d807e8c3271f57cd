"""How does an invented supplier come to a validated enrolment? His account, his software, his file, by the services."""

import datetime as dt

from app.demo.people import SupplierPerson
from app.domain.enums import EnrolmentKind
from app.models.bank_accounts import BankAccount
from app.models.enrolments import Enrolment
from app.models.suppliers import Supplier
from app.models.users import User
from app.services import actors, enrolments, referencings, suppliers
from app.services.actors import Actor


def register(who: SupplierPerson, officer: Actor) -> Supplier:
    """His company, where it stands."""
    street, postcode, city = who.city
    return suppliers.register(who.siret, who.name, address=street, postcode=postcode, city=city, actor=officer)


def enrol(who: SupplierPerson, supplier: Supplier, user: User, officer: Actor) -> Enrolment:
    """His software, referenced in wave 1, enrolled by himself and validated by the officer."""
    account = suppliers.open_account(supplier, who.iban, who.bic, actor=officer)
    return _enrol(who, who.ans, 1, account, user, officer)


def enrol_again(who: SupplierPerson, ans: str, wave: int, user: User, officer: Actor) -> Enrolment:
    """The same software, referenced in another wave."""
    assert user.supplier_id is not None
    account = suppliers.active_account(user.supplier_id)
    assert account is not None
    return _enrol(who, ans, wave, account, user, officer)


def _enrol(who: SupplierPerson, ans: str, wave: int, account: BankAccount, user: User, officer: Actor) -> Enrolment:
    assert user.supplier is not None
    referencing = referencings.register(
        ans,
        who.corridor,
        who.software_type,
        wave=wave,
        software=who.software,
        software_version="2.1",
        editor_siret=who.siret,
        profiles=who.profiles,
        effective_on=dt.date(2021, 10, 7),
        actor=officer,
    )
    kind = EnrolmentKind.INITIAL if ans == who.ans else EnrolmentKind.COMPLEMENTARY
    enrolment = enrolments.deposit(user.supplier, referencing, account, who.vat, kind, actors.of(user))
    enrolments.validate(enrolment, officer)
    return enrolment
