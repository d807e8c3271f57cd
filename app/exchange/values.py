"""How are dates and amounts of a file written? What is wrong with a value, and what it is worth."""

import datetime as dt
import functools
import re
from decimal import Decimal
from typing import Any

from app.domain.amounts import CENT

LARGEST_AMOUNT = Decimal("99999999.99")
_FRENCH = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


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
