"""A supplier asks to be paid on another account; two different officers accept it, or one refuses.

Settled (guide « Les écrans du portail », § 7.1, says only that the new account replaces the former one): nothing
changes before the second acceptance, which ends the former account and opens the new one in one transaction. The
address known before is told at the request and at the change. Orders of payment already made keep their copy.
"""

from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.domain import permissions
from app.domain.enums import BankAccountStatus, ChangeStatus
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.domain.permissions import Capability
from app.extensions import db
from app.models.attachments import Attachment
from app.models.bank_accounts import BankAccount, BankChange
from app.models.suppliers import Supplier
from app.models.users import User
from app.services import actors, attachments, audit, clock, messages, ports, suppliers
from app.services.actors import Actor
from app.services.bank_details import BankDetails
from app.services.messages import Event


def ask(supplier: Supplier, details: BankDetails, rib: tuple[str, BinaryIO], user: User) -> BankChange:
    """The new account, « En attente de validation », with its RIB (file name, bytes). The known address is told.

    Raises `RuleBroken` naming the field (`iban`, `file`), `Conflict` (one is pending already), `Unavailable`.
    """
    _refuse_second(supplier)
    return ask_with(supplier, details, attachments.keep(*rib, user), user)


def ask_with(supplier: Supplier, details: BankDetails, kept: Attachment, user: User) -> BankChange:
    """The same with a RIB that is kept already. Raises `RuleBroken` on `iban`, `Conflict`."""
    _lock(supplier)
    _refuse_second(supplier)
    former = suppliers.active_account(supplier.id)
    if former is not None and former.iban == details.iban:
        raise RuleBroken("Cet IBAN est déjà celui de votre compte actif.", field="iban")
    account = suppliers.new_account(supplier, details, BankAccountStatus.PENDING)
    change = BankChange(
        supplier_id=supplier.id,
        account=account,
        former=former,
        rib=kept,
        status=ChangeStatus.PENDING,
        asked_by_id=user.id,
        asked_at=clock.now(),
        told=messages.contact_of(supplier),
    )
    db.session.add(change)
    db.session.flush()
    _record("ask_bank_change", change, actors.of(user))
    _tell(Event.BANK_CHANGE_ASKED, change, change.told)
    return change


def pending_of(supplier: Supplier) -> BankChange | None:
    """The change that waits for the ASP, if any."""
    return db.session.scalar(
        sa.select(BankChange).where(BankChange.supplier_id == supplier.id, BankChange.status == ChangeStatus.PENDING)
    )


def of_account(account: BankAccount) -> BankChange | None:
    """How this account came; None for the one of the enrolment."""
    return db.session.scalar(_whole().where(BankChange.account_id == account.id))


def find(change_id: int) -> BankChange | None:
    return db.session.scalar(_whole().where(BankChange.id == change_id))


def history(supplier: Supplier) -> list[BankChange]:
    """Every change this supplier asked, the last first."""
    query = _whole().where(BankChange.supplier_id == supplier.id)
    return list(db.session.scalars(query.order_by(BankChange.id.desc())))


def accept(change: BankChange, seen: int, actor: Actor) -> bool:
    """The first acceptance is kept; the second, of somebody else, makes the change. True when it is made.

    Raises `NotAllowed` (role, or the same person twice), `Conflict` (a page of before, or judged already).
    """
    _hold(change, seen, actor)
    if change.accepted_by_id is None:
        change.accepted_by_id, change.accepted_at = actor.id, clock.now()
        db.session.flush()
        _record("accept_bank_change", change, actor)
        return False
    if change.accepted_by_id == actor.id:
        raise NotAllowed("Vous avez déjà accepté ce changement : un second gestionnaire doit le vérifier à son tour.")
    _make(change, actor)
    return True


def refuse(change: BankChange, reason: str, seen: int, actor: Actor) -> None:
    """The account in force stays. Raises as `accept`, and `RuleBroken` on `comment` without a reason."""
    _hold(change, seen, actor)
    if not reason.strip():
        raise RuleBroken("Saisissez le motif du refus : le fournisseur le lira.", field="comment")
    _end(change, reason.strip(), "refuse_bank_change", actor)


def withdraw(supplier: Supplier, user: User) -> None:
    """He asks for it no more: the account in force stays, and is told. Raises `Conflict` when none is pending."""
    _lock(supplier)
    change = pending_of(supplier)
    if change is None:
        raise Conflict("Aucun changement de coordonnées bancaires n'est en attente de validation.")
    db.session.refresh(change)
    _end(change, f"Demande retirée par {user.full_name or user.username}.", "withdraw_bank_change", actors.of(user))


def record_reading(change: BankChange, user: User) -> None:
    """Who of the staff read a RIB."""
    audit.record("read_rib", "supplier", change.supplier.siret, actors.of(user), after={"document": change.rib.id})


def _end(change: BankChange, reason: str, action: str, actor: Actor) -> None:
    """Without effect, for this reason."""
    change.account.status = BankAccountStatus.INACTIVE
    _conclude(change, ChangeStatus.REJECTED, actor)
    change.reason = reason
    db.session.flush()
    _record(action, change, actor, comment=reason)
    _tell(Event.BANK_CHANGE_REFUSED, change, messages.contact_of(change.supplier))


def _make(change: BankChange, actor: Actor) -> None:
    """End the account in force, then open the new one: the database allows one active account at any moment."""
    former = suppliers.active_account(change.supplier_id)
    if former is not None:
        former.status = BankAccountStatus.INACTIVE
        db.session.flush()
    change.account.status = BankAccountStatus.ACTIVE
    _conclude(change, ChangeStatus.ACCEPTED, actor)
    db.session.flush()
    _record("make_bank_change", change, actor)
    for address in sorted({change.told, messages.contact_of(change.supplier)}):
        _tell(Event.BANK_CHANGE_MADE, change, address)


def _conclude(change: BankChange, status: ChangeStatus, actor: Actor) -> None:
    change.status, change.judged_by_id, change.judged_at = status, actor.id, clock.now()


def _hold(change: BankChange, seen: int, actor: Actor) -> None:
    """Lock the supplier, whose accounts change, and look again at what the page showed."""
    if actor.id is None or not permissions.may(actor.roles, Capability.JUDGE_CHANGES):
        raise NotAllowed("Seul un gestionnaire instruit un changement de coordonnées bancaires.")
    _lock(change.supplier)
    db.session.refresh(change)
    if change.status is not ChangeStatus.PENDING:
        raise Conflict(f"Ce changement est déjà au statut « {change.status.label} ».")
    if change.version != seen:
        raise Conflict("Ce changement a été traité depuis l'ouverture de la page : relisez-le avant d'agir.")


def _lock(supplier: Supplier) -> None:
    db.session.execute(sa.select(Supplier.id).where(Supplier.id == supplier.id).with_for_update())


def _refuse_second(supplier: Supplier) -> None:
    if pending_of(supplier):
        raise Conflict("Un changement de coordonnées bancaires est déjà en attente de validation.")


def _whole() -> sa.Select[tuple[BankChange]]:
    parts = (BankChange.supplier, BankChange.account, BankChange.former, BankChange.rib)
    people = (BankChange.asked_by, BankChange.accepted_by, BankChange.judged_by)
    return sa.select(BankChange).options(*(joinedload(one) for one in (*parts, *people)))


def _record(action: str, change: BankChange, actor: Actor, comment: str = "") -> None:
    """The ends of the IBANs only: the journal is read by people who may not read them whole."""
    before = {"iban_end": change.former.iban[-4:]} if change.former else {}
    after = {"iban_end": change.account.iban[-4:], "change_status": change.status.value}
    audit.record(action, "supplier", change.supplier.siret, actor, before=before, after=after, comment=comment)


def _tell(event: Event, change: BankChange, address: str) -> None:
    key = f"{event.value}:{change.id}:{address}"
    base_url = ports.get().public_base_url
    messages.queue(
        event, address, key, supplier_id=change.supplier_id, request_id=None, change=change, base_url=base_url
    )
