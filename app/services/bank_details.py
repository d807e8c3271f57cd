"""Is this an account one can be paid on? IBAN, BIC, holder; and what the register of banks proposes from the IBAN.

Guides « Présentation du portail » (step « Coordonnées bancaires ») and « Les écrans du portail », § 7.1. The register
knows the bank, not the branch: what it proposes never replaces what was typed.
"""

from dataclasses import dataclass

from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from app.domain.errors import RuleBroken

# ISO 13616: an IBAN that begins with FR may be of an overseas territory, whose banks write its own code in their BIC.
_UNDER_FR = frozenset({"FR", "GF", "GP", "MQ", "RE", "YT", "BL", "MF", "PM", "PF", "NC", "WF", "TF"})


@dataclass(frozen=True, slots=True)
class BankDetails:
    """Where to pay, checked. `iban` and `bic` without space, in capitals."""

    iban: str
    bic: str
    holder: str
    bank_name: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the register of banks says of an IBAN; empty where it does not know."""

    bic: str
    bank_name: str


def checked(iban: str, bic: str, holder: str, bank_name: str = "") -> BankDetails:
    """The account, its bank's name proposed where none was typed.

    Raises `RuleBroken` naming the field (`iban`, `bic`, `holder`).
    """
    account = _iban(iban)
    if account is None:
        raise RuleBroken("Cet IBAN est faux : vérifiez sa longueur et sa clé.", field="iban")
    bank = _bic(bic)
    if bank is None:
        raise RuleBroken("Ce BIC est faux : il compte 8 ou 11 caractères.", field="bic")
    if not same_country(account.compact, bank):
        raise RuleBroken("Ce BIC est d'un autre pays que l'IBAN.", field="bic")
    if not holder.strip():
        raise RuleBroken("Saisissez le titulaire du compte.", field="holder")
    return BankDetails(account.compact, bank, _one_line(holder), _one_line(bank_name) or _name_of(account))


def proposal(iban: str) -> Proposal | None:
    """What the register proposes for this IBAN; None for a wrong one."""
    account = _iban(iban)
    return Proposal(str(account.bic or ""), _name_of(account)) if account else None


def is_iban(iban: str) -> bool:
    """Are its length and both its keys right?"""
    return _iban(iban) is not None


def same_country(iban: str, bic: str) -> bool:
    """Is the bank of the country of the account?"""
    country = bic[4:6]
    return country in _UNDER_FR if iban[:2] == "FR" else country == iban[:2]


def _iban(text: str) -> IBAN | None:
    try:
        return IBAN(text, validate_bban=True)
    except SchwiftyException:
        return None


def _bic(text: str) -> str | None:
    try:
        return str(BIC("".join(text.split()).upper()).compact)
    except SchwiftyException:
        return None


def _name_of(account: IBAN) -> str:
    return account.bank_name or ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
