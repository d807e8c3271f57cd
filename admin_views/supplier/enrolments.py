"""« Rechercher une demande d'enrôlement » and « Consulter » (guide « Les écrans du portail », § 3.1)."""

from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from admin_views.columns import Column
from admin_views.grid import Grid
from app.models.enrolments import Enrolment
from app.models.referencings import Referencing
from app.models.suppliers import Supplier
from app.services import formats


class EnrolmentGrid(Grid):
    """His enrolments, one per N° ANS: seven columns, « Consulter » being the last."""

    model = Enrolment
    for_suppliers = True
    title = "Rechercher une demande d'enrôlement"
    list_heading = "Liste des demandes d'enrôlement :"
    actions_heading = "Actions"
    page_template = "supplier/enrolments.html"
    filters_by_column = True
    columns = (
        Column("number", Enrolment.number),
        Column("deposited_at", Enrolment.deposited_at, shown=formats.day),
        Column("status", Enrolment.status, badge=True),
        Column("siret", Supplier.siret, "Siret fournisseur"),
        Column("profiles", Referencing.profiles, "Profil référencé", sortable=False),
        Column("kind", Enrolment.kind),
    )
    default_sort = ("deposited_at", True)

    def joined(self, query: sa.Select[Any]) -> sa.Select[Any]:
        return query.join(Referencing, Referencing.id == Enrolment.referencing_id).join(
            Supplier, Supplier.id == Enrolment.supplier_id
        )

    def scope(self, query: sa.Select[Any]) -> sa.Select[Any]:
        return query.where(Enrolment.supplier_id == current_user.supplier_id)

    def row_url(self, row: Any) -> str | None:
        return url_for(".consult", enrolment_id=row.id)

    @expose("/<row:enrolment_id>")
    def consult(self, enrolment_id: int) -> ResponseReturnValue:
        """Everything held about one enrolment."""
        return self.render("supplier/enrolment.html", enrolment=self.one(str(enrolment_id)))
