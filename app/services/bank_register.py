"""What the register of banks says of an account: whether its IBAN and BIC may be, its BIC and bank when known.

It knows the bank, not the branch: what it proposes may always be typed otherwise (guide « Présentation du portail »,
step « Coordonnées bancaires »: « la domiciliation sera automatiquement renseignée »).
"""

from dataclasses import dataclass

from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

# Banks of these lands have a BIC of their own country under a French IBAN (ISO 9362, EPC list of SEPA countries).
FRENCH = frozenset({"FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "NC", "PF", "WF", "TF"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """Empty where the register knows nothing."""

    bic: str
    bank_name: str


def compact(typed: str) -> str:
    """An IBAN or a BIC as it is kept: capitals without spaces."""
    return "".join(typed.split()).upper()


def iban_fault(iban: str) -> str | None:
    """None for an IBAN whose keys are right (that of the RIB too), else the reason in French."""
    try:
        IBAN(compact(iban), validate_bban=True)
    except SchwiftyException:
        return "L'IBAN est faux : vérifiez ses caractères et sa clé."
    return None


def bic_fault(bic: str, iban: str) -> str | None:
    """None for a BIC that may be the one of this IBAN, else the reason in French."""
    try:
        country = BIC(compact(bic)).country_code
    except SchwiftyException:
        return "Le BIC est faux : il compte 8 ou 11 caractères, par exemple CEPAFRPP313."
    of_iban = compact(iban)[:2]
    if country == of_iban or (of_iban == "FR" and country in FRENCH):
        return None
    return f"Le BIC est d'un autre pays ({country}) que l'IBAN ({of_iban})."


def proposed(iban: str) -> Proposal:
    """What the register knows of this account; nothing for a wrong IBAN."""
    try:
        account = IBAN(compact(iban), validate_bban=True)
        bic = account.bic
    except (SchwiftyException, ValueError):
        return Proposal("", "")
    return Proposal(str(bic) if bic else "", account.bank_name or "")
