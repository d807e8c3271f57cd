"""The supplier that a filed enrolment declares: made when it is filed, known as declared once it is validated.

Anybody may file for any SIRET: until an officer validates, the supplier has its SIRET and no more that counts. Neither
its people nor its account stand, and what another enrolment declared is not overwritten.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from app.domain.enrolment_steps import NO
from app.domain.enums import BankAccountStatus, PersonKind
from app.extensions import db
from app.models.bank_accounts import BankAccount
from app.models.enrolments import Enrolment
from app.models.suppliers import Person, Supplier
from app.services import audit, bank_register, suppliers
from app.services.actors import SYSTEM, Actor
from app.services.bank_details import BankDetails

_STREET = ("recipient", "building", "number", "extension", "street_type", "street", "complement")
_PREFIXES = {PersonKind.LEGAL_REPRESENTATIVE: "representative", PersonKind.DECLARANT: "declarant"}


def supplier_of(declared: Mapping[str, Any]) -> Supplier:
    """The supplier of this SIRET, made when there is none."""
    siret = str(declared["siret"])
    known = db.session.scalar(sa.select(Supplier).where(Supplier.siret == siret))
    if known is not None:
        return known
    made = suppliers.register(
        siret,
        str(declared["name"]),
        address=address_of(declared),
        postcode=str(declared["postcode"]),
        city=str(declared["city"]),
        actor=SYSTEM,
    )
    made.trade_name = str(declared["trade_name"])
    return made


def account_of(supplier: Supplier, declared: Mapping[str, Any]) -> BankAccount:
    """The account declared, which waits for the validation to be paid on."""
    details = BankDetails(
        bank_register.compact(str(declared["iban"])),
        bank_register.compact(str(declared["bic"])),
        str(declared["holder"]),
        str(declared["bank_name"]),
    )
    account = suppliers.new_account(supplier, details, BankAccountStatus.PENDING)
    audit.record("open_account", "supplier", supplier.siret, SYSTEM, after={"iban_end": account.iban[-4:]})
    return account


def adopt(enrolment: Enrolment, actor: Actor) -> None:
    """The first validated enrolment of a supplier: its company, people and account become those of the supplier."""
    declared, supplier = enrolment.declared, enrolment.supplier
    supplier.name, supplier.trade_name = declared["name"], declared["trade_name"]
    supplier.address = address_of(declared)
    supplier.postcode, supplier.city = declared["postcode"], declared["city"]
    db.session.execute(sa.delete(Person).where(Person.supplier_id == supplier.id))
    db.session.expire(supplier, ["people"])
    for kind in people_of(declared):
        _add_person(supplier, kind, declared, actor)
    account = enrolment.bank_account
    if account is not None and suppliers.active_account(supplier.id) is None:
        account.status = BankAccountStatus.ACTIVE
    db.session.flush()
    audit.record("adopt", "supplier", supplier.siret, actor, after={"enrolment": enrolment.number})


def people_of(declared: Mapping[str, Any]) -> tuple[PersonKind, ...]:
    """Who speaks for the company: the representative, and the declarant when he is somebody else."""
    if declared.get("is_representative") == NO:
        return (PersonKind.LEGAL_REPRESENTATIVE, PersonKind.DECLARANT)
    return (PersonKind.LEGAL_REPRESENTATIVE,)


def email_of(declared: Mapping[str, Any]) -> str:
    """Who filed it is written to: the declarant, else the representative. Empty while it is not typed."""
    return str(declared.get(f"{_PREFIXES[people_of(declared)[-1]]}_email", ""))


def address_of(declared: Mapping[str, Any]) -> str:
    """On one line, without the postcode and the city."""
    return " ".join(str(declared[part]) for part in _STREET if declared.get(part))


def _add_person(supplier: Supplier, kind: PersonKind, declared: Mapping[str, Any], actor: Actor) -> None:
    said = [str(declared[f"{_PREFIXES[kind]}_{part}"]) for part in ("last_name", "first_name", "email", "phone")]
    suppliers.add_person(supplier, kind, *said, actor=actor)
