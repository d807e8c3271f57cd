"""The two queues of what suppliers ask to change: what their lists and their pages have in common."""

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import InstrumentedAttribute

from admin_views.columns import Column, by_name
from admin_views.criteria import ChoiceFilter, Filter, PeriodFilter
from admin_views.grid import Grid
from admin_views.staff.criteria import SupplierFilter
from app.domain.enums import ChangeStatus
from app.domain.permissions import Capability
from app.models.suppliers import Supplier

COMPANY = (by_name("name", Supplier.name, "Fournisseur"), Column("siret", Supplier.siret))
_STATUSES = tuple((one.value, one.label) for one in ChangeStatus if one is not ChangeStatus.DRAFT)


class SupplierChanges(Grid):
    """`here`: the address of the list, above those of its changes."""

    capability = Capability.JUDGE_CHANGES
    here: ClassVar[str]

    def row_url(self, row: Any) -> str:
        return f"{self.here}/{row.id}"

    def judged(self, change_id: int, said: str) -> ResponseReturnValue:
        """Back to the change, with what was done."""
        flash(said, "success")
        return redirect(url_for(".change", change_id=change_id), 303)


def filters(status: InstrumentedAttribute[ChangeStatus], day: InstrumentedAttribute[Any]) -> Sequence[Filter]:
    """By status, by supplier, and by the day it was asked."""
    return (
        ChoiceFilter("statut", "Statut", status, lambda: _STATUSES),
        SupplierFilter("fournisseur", "Fournisseur (nom ou SIRET)"),
        PeriodFilter("demande", "Demandé", day),
    )
