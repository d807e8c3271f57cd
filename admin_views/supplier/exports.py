"""« Exports »: the supplier's own requests and beneficiaries in CSV (guide « Les écrans du portail », § 6)."""

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from admin_views import downloads
from admin_views.guard import Screen
from app.domain.errors import RuleBroken
from app.services import exports


class SupplierExports(Screen):
    for_suppliers = True

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return redirect(self.get_url(".requests"))

    @expose("/demandes", methods=("GET", "POST"))
    def requests(self) -> ResponseReturnValue:
        if request.method == "GET":
            return self.render("exports/requests.html", title="Exporter vos demandes de financement", whose="vos")
        return downloads.send(lambda actor: exports.requests_export(current_user.supplier_id, actor))

    @expose("/beneficiaires", methods=("GET", "POST"))
    def beneficiaries(self) -> ResponseReturnValue:
        if request.method == "GET":
            return self._choose()
        code = request.form.get("corridor", "")
        try:
            return downloads.send(lambda actor: exports.beneficiaries_export(current_user.supplier_id, code, actor))
        except RuleBroken as refusal:
            return self._choose(code, str(refusal)), 422

    def _choose(self, chosen: str = "", error: str = "") -> str:
        return self.render(
            "exports/beneficiaries.html",
            title="Exporter vos bénéficiaires",
            corridors=exports.corridors(),
            chosen=chosen,
            error=error,
        )
