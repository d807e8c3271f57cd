"""How are dates, amounts, e-mails and phones of a file written? What is wrong with a value, and what it is worth.

The quick patterns of `line_model` settle the usual writings; the libraries here judge the others.
"""

import datetime as dt
import functools
import re
from decimal import Decimal
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from app.domain.amounts import CENT

LARGEST_AMOUNT = Decimal("99999999.99")
_FRENCH = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_PHONE_SIGNS = re.compile(r"\+?[0-9 ().\-]+")  # the library reads letters, and the digits of every script
_FRENCH_PHONE = 10


@functools.lru_cache(maxsize=4096)  # the controls and the reading of a line ask the same days
def date_of(value: str) -> dt.date | None:
    """The day written jj/mm/aaaa or aaaa-mm-jj; None when it is neither, or is not in the calendar."""
    french = _FRENCH.fullmatch(value)
    if french:
        day, month, year = french.groups()
    else:
        iso = _ISO.fullmatch(value)
        if iso is None:
            return None
        year, month, day = iso.groups()
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def date_fault(value: str) -> str | None:
    day = date_of(value)
    if day is None:
        return "ce n'est pas une date"
    return None if day.year >= 2000 else "l'année doit être 2000 ou après"


def amount_fault(value: Any) -> str | None:
    """A number above 0 with two decimals at most. A text or a boolean is refused: the format wants a number."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return "un nombre est attendu, sans guillemets, avec un point décimal"
    if value <= 0:
        return "le montant doit être supérieur à 0"
    if value > LARGEST_AMOUNT:
        return "le montant est trop grand"
    if isinstance(value, Decimal) and value != value.quantize(CENT):
        return "le montant a plus de deux décimales"
    return None


def amount_of(value: int | Decimal) -> Decimal:
    """Euros, to the cent."""
    return Decimal(value).quantize(CENT)


@functools.lru_cache(maxsize=4096)  # the glance and the complete controls ask of the same unusual writings
def email_fault(value: str) -> str | None:
    """The library's verdict, without asking the network; None when the address may exist."""
    try:
        validate_email(value, check_deliverability=False)
    except EmailNotValidError:
        return _email_reason(value)
    return None


def _email_reason(value: str) -> str:
    if value.count("@") != 1:
        return "une adresse électronique porte un « @ » et un seul"
    if any(character.isspace() for character in value):
        return "une adresse électronique n'a pas d'espace"
    if "." not in value.partition("@")[2]:
        return "le domaine de l'adresse électronique est incomplet (nom@domaine.fr)"
    return "ce n'est pas une adresse électronique"


@functools.lru_cache(maxsize=4096)
def phone_fault(value: str) -> str | None:
    """None for a number that may exist, French unless it begins with +."""
    if not _PHONE_SIGNS.fullmatch(value):
        return "un téléphone s'écrit en chiffres, avec des espaces ou des points, et + devant l'indicatif d'un pays"
    try:
        if phonenumbers.is_possible_number(phonenumbers.parse(value, "FR")):
            return None
    except phonenumbers.NumberParseException:
        pass
    if value.startswith("+"):
        return "ce n'est pas un numéro de téléphone du pays indiqué"
    return f"un téléphone français compte {_FRENCH_PHONE} chiffres"
