"""The queue of the enrolments, each leading to its instruction."""

from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa

from admin_views.columns import Column, by_name
from admin_views.criteria import ChoiceFilter, Filter, PeriodFilter, choices_of
from admin_views.grid import Grid
from admin_views.rows import Join
from admin_views.staff.criteria import SupplierFilter, corridors
from admin_views.staff.enrolment_instruction import EnrolmentInstruction
from app.domain.enrolment_workflow import OPEN
from app.domain.enums import EnrolmentKind, EnrolmentStatus
from app.domain.permissions import Capability
from app.extensions import db
from app.models.enrolments import Enrolment
from app.models.referencings import Referencing
from app.models.suppliers import Supplier
from app.services import formats


class StaffEnrolments(EnrolmentInstruction, Grid):
    """The last filed first; what waits is counted above by status."""

    capability = Capability.READ_ENROLMENTS
    model = Enrolment
    title = "Demandes d'enrôlement"
    page_template = "staff/enrolments.html"
    default_sort = ("deposited_at", True)
    joins = (
        Join(Referencing, Referencing.id == Enrolment.referencing_id),
        Join(Supplier, Supplier.id == Enrolment.supplier_id),
    )
    columns = (
        Column("number", Enrolment.number),
        Column("deposited_at", Enrolment.deposited_at, shown=formats.day),
        Column("status", Enrolment.status, badge=True),
        Column("siret", Supplier.siret),
        by_name("name", Supplier.name),
        Column("ans_number", Referencing.ans_number),
        Column("corridor_code", Referencing.corridor_code),
        Column("kind", Enrolment.kind, "Type"),
        Column("company_check", Enrolment.company_check),
    )
    filters: ClassVar[Sequence[Filter]] = (
        ChoiceFilter("statut", "Statut", Enrolment.status, choices_of(EnrolmentStatus)),
        ChoiceFilter("type", "Type d'enrôlement", Enrolment.kind, choices_of(EnrolmentKind)),
        ChoiceFilter("couloir", "Couloir", Referencing.corridor_code, corridors),
        Filter("numero", "Numéro", Enrolment.number),
        SupplierFilter("fournisseur", "Fournisseur (nom ou SIRET)"),
        Filter("ans", "N° ANS", Referencing.ans_number),
        PeriodFilter("depot", "Déposée entre le", Enrolment.deposited_at),
    )

    def row_url(self, row: Any) -> str:
        return f"/gestion/enrolements/{row.number}"

    def page_context(self) -> dict[str, Any]:
        query = (
            sa.select(Enrolment.status, sa.func.count()).where(Enrolment.status.in_(OPEN)).group_by(Enrolment.status)
        )
        counts = {status: count for status, count in db.session.execute(query)}
        return {"waiting": [(status, counts.get(status, 0)) for status in EnrolmentStatus if status in OPEN]}
