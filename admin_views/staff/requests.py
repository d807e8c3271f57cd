"""« Demandes »: the grid of every request a member of the ASP may see, and the page of one."""

import functools
from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import request
from flask_login import current_user

from admin_views.columns import Column
from admin_views.criteria import (
    ChoiceFilter,
    Filter,
    MultiChoiceFilter,
    NumberFilter,
    PeriodFilter,
    choices_of,
)
from admin_views.grid import Grid
from admin_views.rows import Join, read
from admin_views.staff.criteria import RequestsOfCorridorFilter, RequestsOfFilter, TaskFilter, software_types
from admin_views.staff.instruction import Instruction
from app.domain import limits
from app.domain.enums import HIDDEN_FROM_STAFF, PaymentState, Phase, RequestStatus, Role
from app.domain.permissions import Capability
from app.extensions import db
from app.models.requests import Avenant
from app.models.suppliers import Supplier
from app.services import formats, staff_scope

STATUS = "statut"
_STATUSES = choices_of(RequestStatus, without=[RequestStatus.INCOMPLETE])


class StaffRequests(Instruction, Grid):
    """Current avenants; those before a cancellation under « Historisée ». Never a request without its pieces."""

    capability = Capability.READ_REQUESTS
    model = Avenant
    title = "Demandes"
    list_heading = "Demandes de financement"
    page_template = "staff/requests.html"
    columns = (
        Column("number", Avenant.number, label="Numéro", unaided=True),
        Column("phase", Avenant.phase, sortable=False),
        Column("software", Avenant.software_type, sortable=False),
        Column("supplier", Supplier.name, label="Fournisseur", sortable=False),
        Column("editor_number", Avenant.editor_number, label="N° éditeur", sortable=False),
        Column("deposited_at", Avenant.deposited_at, label="Dépôt", unaided=True),
        Column("status", Avenant.status, badge=True, sortable=False),
        Column("status_changed_at", Avenant.status_changed_at, label="Depuis le", unaided=True),
        Column("payment_state", Avenant.payment_state, label="État de paiement", badge=True, sortable=False),
        Column("declared_ht", Avenant.declared_ht, label="Déclaré HT (€)", numeric=True, unaided=True),
        Column("retained", Avenant.retained, label="Retenu (€)", numeric=True, sortable=False),
        Column("amount", Avenant.amount, label="Décidé (€)", numeric=True, sortable=False),
    )
    joins = (Join(Supplier, Supplier.id == Avenant.supplier_id),)
    default_sort = ("deposited_at", True)
    filters: ClassVar[Sequence[Filter]] = (
        NumberFilter("numero", "Numéro de demande", Avenant.number),
        RequestsOfFilter("fournisseur", "Fournisseur (nom ou SIRET)"),
        ChoiceFilter(STATUS, "Statut", Avenant.status, _STATUSES, along=Avenant.deposited_at),
        ChoiceFilter(
            "paiement", "État de paiement", Avenant.payment_state, choices_of(PaymentState), along=Avenant.deposited_at
        ),
        ChoiceFilter("type", "Type", Avenant.phase, choices_of(Phase)),
        RequestsOfCorridorFilter("couloir", "Couloir", along=Avenant.deposited_at),
        TaskFilter("a_faire", "À faire par moi", along=Avenant.deposited_at),
        MultiChoiceFilter("logiciel", "Logiciel", Avenant.software_type, software_types, along=Avenant.deposited_at),
        PeriodFilter("depot", "Déposée entre le", Avenant.deposited_at, label_to="et le", along=Avenant.deposited_at),
    )

    def scope(self) -> Sequence[Any]:
        seen = staff_scope.condition(current_user.role_set)
        if request.args.get(STATUS) == RequestStatus.SUPERSEDED.value:
            return ~Avenant.is_current, Avenant.status == RequestStatus.SUPERSEDED, seen
        return Avenant.is_current, seen

    def scope_at_hand(self) -> bool:
        """Who reads every request leaves out but the incomplete ones."""
        return bool(staff_scope.READERS_OF_ALL & current_user.role_set)

    def more_columns(self) -> Sequence[Any]:
        return (Avenant.ordinal.label("ordinal"),)

    def row_url(self, row: Any) -> str:
        page = f"/gestion/demandes/{row.number}"
        return f"{page}?version={row.ordinal}" if row.status is RequestStatus.SUPERSEDED else page

    def page_context(self) -> dict[str, Any]:
        return {"counters": _counters(current_user.role_set)}


def _counters(roles: frozenset[Role]) -> list[tuple[RequestStatus, str]]:
    """How many requests these roles see at each status, in the order of a request's life."""
    up_to = limits.COUNTED_BY_STATUS_UP_TO
    found = read(_counting(roles, db.engine.dialect.name)).one()._mapping
    return [(RequestStatus(status), formats.counted(count, up_to)) for status, count in found.items() if count]


@functools.cache
def _counting(roles: frozenset[Role], dialect: str) -> sa.TextClause:
    """Built once for each set of roles, as text: without parameters, PostgreSQL plans it once a connection. What the
    staff never sees is not counted: to find none of it, all of it is read."""
    seen = (Avenant.is_current, staff_scope.condition(roles))
    counts = []
    for status in (one for one in RequestStatus if one not in HIDDEN_FROM_STAFF):
        some = sa.select(Avenant.id).where(*seen, Avenant.status == status)
        some = some.limit(limits.COUNTED_BY_STATUS_UP_TO + 1)
        counts.append(sa.select(sa.func.count()).select_from(some.subquery()).scalar_subquery().label(status.value))
    return sa.text(str(sa.select(*counts).compile(db.engine, compile_kwargs={"literal_binds": True})))
