"""How an amount in euros is typed: « 1 000,50 » as well as « 1000.50 »."""

import re
from decimal import Decimal
from typing import Any

from wtforms import StringField, ValidationError

_EUROS = re.compile(r"\d{1,10}([.,]\d{1,2})?", re.ASCII)
_SPACES = re.compile(r"[\s\u00a0\u202f€]")


class EurosField(StringField):
    """A positive amount; `amount` holds it in euros once the form is valid."""

    amount: Decimal | None = None

    def pre_validate(self, form: Any) -> None:
        text = _SPACES.sub("", self.data or "")
        if not _EUROS.fullmatch(text):
            raise ValidationError("Saisissez un montant en euros, au centime : 1 000,50.")
        self.amount = Decimal(text.replace(",", "."))
