"""« Exports » of the analyste and the décideur: every request and beneficiary in CSV, same columns."""

from admin_views.exports import Exports
from app.domain.permissions import Capability


class StaffExports(Exports):
    capability = Capability.EXPORT
    whose = "les"

    def supplier_id(self) -> None:
        return None
