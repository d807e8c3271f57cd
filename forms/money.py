"""How an amount in euros is typed: « 1 000,50 » as well as « 1000.50 »."""

from decimal import Decimal
from typing import Any

from wtforms import StringField, ValidationError

from app.domain import typed_amounts

NOT_EUROS = "Saisissez un montant en euros, au centime : 1 000,50."


class EurosField(StringField):
    """A positive amount; `amount` holds it in euros once the form is valid."""

    amount: Decimal | None = None

    def pre_validate(self, form: Any) -> None:
        self.amount = typed_amounts.euros(self.data or "")
        if self.amount is None:
            raise ValidationError(NOT_EUROS)
