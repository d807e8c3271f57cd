"""« Exports »: the supplier's own requests and beneficiaries in CSV (guide « Les écrans du portail », § 6)."""

from admin_views.exports import Exports
from admin_views.supplier.pages import company


class SupplierExports(Exports):
    for_suppliers = True
    whose = "vos"

    def supplier_id(self) -> int:
        return company().id
