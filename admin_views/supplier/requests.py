"""« Rechercher une demande d'avance ou de solde » (guide « Les écrans du portail », § 5.1)."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import request
from flask_login import current_user

from admin_views.columns import Column
from admin_views.criteria import (
    ChoiceFilter,
    Choices,
    MultiChoiceFilter,
    NumberFilter,
    PeriodFilter,
    choices_of,
)
from admin_views.grid import Grid
from admin_views.rows import Join
from admin_views.supplier.own_enrolments import own_enrolments
from app.domain import limits
from app.domain.enums import AWAITING_SUPPLIER, PaymentState, Phase, RequestStatus
from app.models.requests import Avenant
from app.models.suppliers import Supplier
from app.services import formats

STATUS = "statut"


def _software_types() -> Choices:
    """Those of his enrolments: « type de logiciel tel que défini dans l'arrêté de financement »."""
    return [(kind, kind) for kind in sorted({one.software_type for one in own_enrolments()})]


# Written once, whoever asks: the statement of a page is then built once (`Rows`).
_OWN = Avenant.supplier_id == sa.bindparam("own_supplier", callable_=lambda: current_user.supplier_id)
_COMPLETE = Avenant.status != RequestStatus.INCOMPLETE


class RequestGrid(Grid):
    """His current avenants; the replaced ones only under the status « Historisée », the non-completed ones never."""

    model = Avenant
    for_suppliers = True
    title = "Rechercher une demande d'avance ou de solde"
    list_heading = "Liste des demandes d'avance et de solde :"
    filter_required_above = limits.FILTER_REQUIRED_ABOVE
    filters_by_column = True
    columns = (
        Column("number", Avenant.number),
        Column("phase", Avenant.phase, shown=lambda phase: phase.label.upper()),
        Column("editor_number", Avenant.editor_number),
        Column("software", Avenant.software_type),
        Column("deposited_at", Avenant.deposited_at, shown=formats.day),
        Column("status", Avenant.status, badge=True),
        Column("payment_state", Avenant.payment_state, badge=True),
        Column("supplier", Supplier.name, sorted_on=Avenant.supplier_id),
        Column(
            "declared_ht",
            Avenant.declared_ht,
            "Montant Ségur Déclaré (HT)",
            numeric=True,
            shown=lambda amount: f"{amount:.2f}",
        ),
    )
    filters = (
        NumberFilter("numero", "Numéro de demande", Avenant.number),
        ChoiceFilter("type", "Type", Avenant.phase, choices=choices_of(Phase)),
        ChoiceFilter(
            STATUS,
            "Statut de la demande",
            Avenant.status,
            choices=choices_of(RequestStatus, without=[RequestStatus.INCOMPLETE]),
        ),
        ChoiceFilter("paiement", "Statut du dernier paiement", Avenant.payment_state, choices=choices_of(PaymentState)),
        MultiChoiceFilter("logiciel", "Logiciel", Avenant.software_type, choices=_software_types),
        PeriodFilter("depot", "Déposée entre le", Avenant.deposited_at),
    )
    joins = (Join(Supplier, Supplier.id == Avenant.supplier_id),)
    default_sort = ("deposited_at", True)

    def scope(self) -> Sequence[Any]:
        replaced = request.args.get(STATUS) == RequestStatus.SUPERSEDED.value
        return (
            _OWN,
            ~Avenant.is_current if replaced else Avenant.is_current,
            _COMPLETE,
        )

    def scope_at_hand(self) -> bool:
        """His rows stand together in indexes that begin with him."""
        return True

    def more_columns(self) -> Sequence[Any]:
        return (Avenant.ordinal.label("ordinal"),)

    def row_url(self, row: Any) -> str | None:
        page = f"/segurnums/demandes/{row.number}"
        return f"{page}/versions/{row.ordinal}" if row.status is RequestStatus.SUPERSEDED else page

    def row_actions(self, row: Any) -> Sequence[tuple[str, str]]:
        if row.status not in AWAITING_SUPPLIER:
            return ()
        page = "modification" if row.status is RequestStatus.TO_AMEND else "complement"
        return [("Ajouter des pièces complémentaires", f"/segurnums/demandes/{row.number}/{page}")]
