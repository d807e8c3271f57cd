"""What an officer is shown about an account a supplier asks to be paid on: each check, passed or to be looked at."""

from dataclasses import dataclass

from app.domain.folding import fold
from app.models.bank_accounts import BankAccount, BankChange
from app.models.suppliers import Supplier
from app.services import bank_details, suppliers


@dataclass(frozen=True, slots=True)
class Check:
    """One control: what it is about, whether all is well, what was found (French)."""

    label: str
    passed: bool
    found: str


def of(change: BankChange) -> tuple[Check, ...]:
    """The controls of the account of this change, made now."""
    account = change.account
    return (
        _key(account),
        _country(account),
        _bank(account),
        _holder(account, change.supplier),
        _elsewhere(account),
    )


def _key(account: BankAccount) -> Check:
    right = bank_details.is_iban(account.iban)
    return Check("Clé de l'IBAN", right, "Juste" if right else "Fausse")


def _country(account: BankAccount) -> Check:
    same = bank_details.same_country(account.iban, account.bic)
    return Check("Pays du BIC", same, f"BIC : {account.bic[4:6]}, IBAN : {account.iban[:2]}")


def _bank(account: BankAccount) -> Check:
    """The first four letters of a BIC are the bank's."""
    known = bank_details.proposal(account.iban)
    if known is None or not known.bic:
        return Check("Banque de l'IBAN", False, "Inconnue du registre des banques")
    return Check("Banque de l'IBAN", known.bic[:4] == account.bic[:4], f"{known.bank_name} ({known.bic})")


def _holder(account: BankAccount, supplier: Supplier) -> Check:
    names = {_plain(name) for name in (supplier.name, supplier.trade_name) if name}
    same = _plain(account.holder) in names
    said = "Celle du fournisseur" if same else f"Titulaire : {account.holder} ; dénomination : {supplier.name}"
    return Check("Titulaire et dénomination", same, said)


def _elsewhere(account: BankAccount) -> Check:
    others = suppliers.paid_also_on(account.iban, account.supplier_id)
    said = f"Aussi donné par {', '.join(others)}" if others else "Aucun autre fournisseur ne l'a donné"
    return Check("IBAN d'un autre fournisseur", not others, said)


def _plain(name: str) -> str:
    return "".join(sign for sign in fold(name) if sign.isalnum())
