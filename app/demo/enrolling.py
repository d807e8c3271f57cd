"""How does an invented supplier come to a validated enrolment? His account, his software, his file, by the services."""

import datetime as dt

from app.demo.people import SupplierPerson
from app.domain.enums import EnrolmentKind
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
    """His one software, referenced in wave 1, enrolled by himself and validated by the officer."""
    account = suppliers.open_account(supplier, who.iban, who.bic, actor=officer)
    referencing = referencings.register(
        who.ans,
        who.corridor,
        who.software_type,
        wave=1,
        software=who.software,
        software_version="2.1",
        editor_siret=who.siret,
        profiles=who.profiles,
        effective_on=dt.date(2021, 10, 7),
        actor=officer,
    )
    enrolment = enrolments.deposit(supplier, referencing, account, who.vat, EnrolmentKind.INITIAL, actors.of(user))
    enrolments.validate(enrolment, officer)
    return enrolment
