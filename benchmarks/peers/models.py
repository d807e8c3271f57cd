"""Our tables as Django sees them: unmanaged models of the columns that the lists need.

Named `models` for Django, which loads it once it is configured (`django_site`).
"""

from decimal import Decimal
from typing import Any

from django.db import models

from app.domain.enums import PaymentState, Phase, RequestStatus
from app.domain.labelled import Labelled


class Euros(models.BigIntegerField):
    """Whole cents in the table, euros in Python."""

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-2)


def _listed(kind: type[Labelled]) -> Any:
    return models.CharField(max_length=32, choices=[(one.value, one.label) for one in kind])


class _Ours(models.Model):
    class Meta:
        abstract = True
        managed = False
        app_label = "peers"


class Supplier(_Ours):
    name = models.CharField(max_length=200)

    class Meta(_Ours.Meta):
        abstract = False
        db_table = "supplier"

    def __str__(self) -> str:
        return self.name


class Dossier(_Ours):
    corridor_code = models.CharField(max_length=3)
    software_type = models.CharField(max_length=10)

    class Meta(_Ours.Meta):
        abstract = False
        db_table = "dossier"


class FundingRequest(_Ours):
    dossier = models.ForeignKey(Dossier, models.CASCADE)

    class Meta(_Ours.Meta):
        abstract = False
        db_table = "funding_request"


class Avenant(_Ours):
    request = models.ForeignKey(FundingRequest, models.CASCADE)
    supplier = models.ForeignKey(Supplier, models.CASCADE)
    is_current = models.BooleanField()
    number = models.CharField(max_length=22)
    phase = _listed(Phase)
    editor_number = models.CharField(max_length=20)
    deposited_at = models.DateTimeField()
    order_date = models.DateField()
    status = _listed(RequestStatus)
    status_changed_at = models.DateTimeField()
    payment_state = _listed(PaymentState)
    declared_ht = Euros()
    retained = Euros(null=True)
    amount = Euros(null=True)

    class Meta(_Ours.Meta):
        abstract = False
        db_table = "avenant"

    def __str__(self) -> str:
        return self.number


class OwnAvenant(Avenant):
    """The same, listed for the supplier logged in."""

    class Meta:
        proxy = True
        app_label = "peers"
