"""What amount in euros did somebody type? « 1 000,50 », « 1000.50 », « 358,33 € ». Pure."""

import re
from decimal import Decimal

_EUROS = re.compile(r"\d{1,10}([.,]\d{1,2})?", re.ASCII)
_SPACES = re.compile(r"[\s\u00a0\u202f€]")


def euros(text: str) -> Decimal | None:
    """The amount, at the cent; None when the text is none, is negative, or has more than ten digits of euros."""
    plain = _SPACES.sub("", text)
    return Decimal(plain.replace(",", ".")).quantize(Decimal("0.01")) if _EUROS.fullmatch(plain) else None
