"""« Rechercher une demande d'enrôlement » and « Consulter » (guide « Les écrans du portail », § 3.1)."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from admin_views.columns import Column
from admin_views.grid import Grid
from admin_views.rows import Join
from app.models import folded
from app.models.enrolments import Enrolment
from app.models.referencings import Referencing
from app.models.suppliers import Supplier
from app.services import enrolment_cases, formats

# Their first letters, whatever their case: what a cursor can carry.
_PROFILES = sa.func.substr(
    sa.func.coalesce(folded.folded(folded.listed(Referencing.profiles)), ""), 1, 100, type_=sa.String()
)


class EnrolmentGrid(Grid):
    """His enrolments, one per N° ANS: seven columns, « Consulter » being the last."""

    model = Enrolment
    for_suppliers = True
    title = "Rechercher une demande d'enrôlement"
    list_heading = "Liste des demandes d'enrôlement :"
    actions_heading = "Actions"
    page_template = "supplier/enrolments.html"
    filters_by_column = True
    joins = (
        Join(Referencing, Referencing.id == Enrolment.referencing_id),
        Join(Supplier, Supplier.id == Enrolment.supplier_id),
    )
    columns = (
        Column("number", Enrolment.number),
        Column("deposited_at", Enrolment.deposited_at, shown=formats.day),
        Column("status", Enrolment.status, badge=True),
        Column("siret", Supplier.siret, "Siret fournisseur"),
        Column("profiles", Referencing.profiles, "Profil référencé", sorted_on=_PROFILES),
        Column("kind", Enrolment.kind),
    )
    default_sort = ("deposited_at", True)

    def scope(self) -> Sequence[Any]:
        return (Enrolment.supplier_id == current_user.supplier_id,)

    def row_url(self, row: Any) -> str | None:
        return f"/segurnums/enrolements/{row.id}"

    @expose("/<row:enrolment_id>")
    def consult(self, enrolment_id: int) -> ResponseReturnValue:
        """Everything that was entered of one enrolment; what is held of the supplier for one not filed by the form."""
        enrolment = self.one(str(enrolment_id))
        return self.render(
            "supplier/enrolment.html",
            enrolment=enrolment,
            answers=enrolment.declared,
            referencing=enrolment.referencing,
            corridor=enrolment_cases.spec_of(enrolment.referencing),
            vat=enrolment.vat.label,
            pieces=[(piece.label, piece.attachment.file_name, None) for piece in enrolment.pieces],
        )
