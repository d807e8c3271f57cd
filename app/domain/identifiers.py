"""Which numbers exist: SIRET, RPPS, AM, FINESS/PMSI, n° ANS. Pure checks, one function each.

Each returns None when the number is well formed, else the reason in French. Sources: domain dossier, section F and G3;
the keys were measured on the numbers of the guides.
"""

import re

from stdnum import luhn
from stdnum.exceptions import ValidationError
from stdnum.fr import siret as stdnum_siret

_ASCII_DIGITS = re.compile(r"[0-9]+")
_ANS = re.compile(r"[A-Za-z0-9]{6,20}")
_FINESS = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{7}")
_RPPS = re.compile(r"(?!0{11})[0-9]{11}")
USUAL_RPPS = r"^[1-9][0-9]{10}$"
"""Surely well formed; `rpps_fault` judges the others. Without look-ahead, for whoever asks it of hundreds at once."""


_NOBODY = "ce numéro n'existe pas : il ne compte que des zéros"


def _is_nobody(value: str) -> bool:
    """All zeros have a right key, and are nobody's number."""
    return not value.strip("0")


def siret_fault(value: str) -> str | None:
    """14 digits with their Luhn key (La Poste's establishments have their own rule)."""
    if not _ASCII_DIGITS.fullmatch(value) or len(value) != 14:
        return "un SIRET compte 14 chiffres"
    if _is_nobody(value):
        return _NOBODY
    try:
        stdnum_siret.validate(value)
    except ValidationError:
        return "la clé de ce SIRET est fausse"
    return None


def rpps_fault(value: str) -> str | None:
    """11 digits. The Luhn key is only a warning (`rpps_warning`): official test numbers do not respect it."""
    if _RPPS.fullmatch(value):
        return None
    return _NOBODY if len(value) == 11 and _is_nobody(value) else "un n° RPPS compte 11 chiffres"


def rpps_warning(value: str) -> str | None:
    """A wrong key, which blocks nothing."""
    return None if luhn.is_valid(value) else "la clé de ce n° RPPS est inhabituelle"


def strict_rpps_fault(value: str) -> str | None:
    """The same where the key must be right too (a field of a corridor's document says `strict`)."""
    return rpps_fault(value) or (None if luhn.is_valid(value) else "la clé de ce n° RPPS est fausse")


def am_fault(value: str) -> str | None:
    """N° Assurance Maladie of a professional: 9 digits, the last is the Luhn key (length inferred)."""
    if not _ASCII_DIGITS.fullmatch(value) or len(value) != 9:
        return "un n° AM compte 9 chiffres"
    if _is_nobody(value):
        return _NOBODY
    return None if luhn.is_valid(value) else "la clé de ce n° AM est fausse"


def finess_fault(value: str) -> str | None:
    """FINESS or PMSI: 9 characters; the key is skipped for Corsica (2A, 2B: unverified)."""
    if not _FINESS.fullmatch(value):
        return "un n° FINESS compte 9 caractères (chiffres, ou 2A/2B pour la Corse)"
    if _is_nobody(value):
        return _NOBODY
    if value.isdecimal() and not luhn.is_valid(value):
        return "la clé de ce n° FINESS est fausse"
    return None


def ans_fault(value: str) -> str | None:
    """6 to 20 letters or digits (the guides show 9 and 10)."""
    return None if _ANS.fullmatch(value) else "un numéro ANS compte 6 à 20 lettres ou chiffres"


_USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{1,62})[a-z0-9]")


def username_fault(value: str) -> str | None:
    """What one types to log in; inferred from « test.ecomplementaire »."""
    if _USERNAME.fullmatch(value):
        return None
    return "un identifiant compte 3 à 64 lettres minuscules, chiffres, points ou tirets"


FAULTS = {
    "siret": siret_fault,
    "rpps": rpps_fault,
    "am": am_fault,
    "finess": finess_fault,
    "pmsi": finess_fault,
    "ans": ans_fault,
}
LABELS = {"siret": "SIRET", "rpps": "RPPS", "am": "AM", "finess": "FINESS", "pmsi": "Numéro PMSI", "ans": "N° ANS"}
