"""Suppliers as the ASP knows them: the company, who speaks for it, where it is paid."""

import sqlalchemy as sa

from app.domain import identifiers
from app.domain.enums import BankAccountStatus, PersonKind
from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.bank_accounts import BankAccount
from app.models.suppliers import Person, Supplier
from app.services import audit, bank_details, clock
from app.services.actors import Actor
from app.services.bank_details import BankDetails


def register(siret: str, name: str, *, address: str, postcode: str, city: str, actor: Actor) -> Supplier:
    """A new supplier. Raises `RuleBroken` for a wrong or known SIRET."""
    fault = identifiers.siret_fault(siret)
    if fault:
        raise RuleBroken(f"« {siret} » : {fault}.", field="siret")
    if db.session.scalar(sa.select(Supplier.id).where(Supplier.siret == siret)):
        raise RuleBroken(f"Le SIRET {siret} est déjà celui d'un fournisseur.", field="siret")
    supplier = Supplier(siret=siret, name=name, trade_name=name, address=address, postcode=postcode, city=city)
    db.session.add(supplier)
    db.session.flush()
    audit.record("register", "supplier", siret, actor, after={"name": name})
    return supplier


def add_person(
    supplier: Supplier, kind: PersonKind, last_name: str, first_name: str, email: str, phone: str, *, actor: Actor
) -> Person:
    """The legal representative or the declarant of a supplier."""
    person = Person(supplier=supplier, kind=kind, last_name=last_name, first_name=first_name, email=email, phone=phone)
    db.session.add(person)
    db.session.flush()
    audit.record("add_person", "supplier", supplier.siret, actor, after={"kind": kind.value})
    return person


def active_account(supplier_id: int) -> BankAccount | None:
    """Where this supplier is paid today; the database allows one active account."""
    return db.session.scalar(
        sa.select(BankAccount).where(
            BankAccount.supplier_id == supplier_id, BankAccount.status == BankAccountStatus.ACTIVE
        )
    )


def paid_also_on(iban: str, supplier_id: int) -> list[str]:
    """The other suppliers that ever gave this account, with their SIRET: five at most, in words."""
    query = (
        sa.select(Supplier.name, Supplier.siret)
        .join(BankAccount, BankAccount.supplier_id == Supplier.id)
        .where(BankAccount.iban == iban, Supplier.id != supplier_id)
        .distinct()
        .order_by(Supplier.name)
        .limit(5)
    )
    return [f"{name} ({siret})" for name, siret in db.session.execute(query)]


def new_account(supplier: Supplier, details: BankDetails, status: BankAccountStatus) -> BankAccount:
    """The row of an account of his, written. Who opens it, and on what proof, is the caller's business."""
    row = BankAccount(
        supplier_id=supplier.id,
        iban=details.iban,
        bic=details.bic,
        holder=details.holder,
        bank_name=details.bank_name,
        status=status,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def open_account(supplier: Supplier, iban: str, bic: str, *, actor: Actor) -> BankAccount:
    """The first account of a supplier, active. Raises `RuleBroken` for a wrong IBAN or BIC."""
    row = new_account(supplier, bank_details.checked(iban, bic, supplier.name), BankAccountStatus.ACTIVE)
    audit.record("open_account", "supplier", supplier.siret, actor, after={"iban_end": row.iban[-4:]})
    return row
