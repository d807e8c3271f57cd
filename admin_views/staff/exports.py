"""« Exports » of the analyste and the décideur: every request and beneficiary in CSV, same columns."""

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views import downloads
from admin_views.guard import Screen
from app.domain.errors import RuleBroken
from app.domain.permissions import Capability
from app.services import exports


class StaffExports(Screen):
    capability = Capability.EXPORT

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return redirect(self.get_url(".requests"))

    @expose("/demandes", methods=("GET", "POST"))
    def requests(self) -> ResponseReturnValue:
        if request.method == "GET":
            return self.render("exports/requests.html", title="Exporter les demandes de financement", whose="les")
        return downloads.send(lambda actor: exports.requests_export(None, actor))

    @expose("/beneficiaires", methods=("GET", "POST"))
    def beneficiaries(self) -> ResponseReturnValue:
        if request.method == "GET":
            return self._choose()
        code = request.form.get("corridor", "")
        try:
            return downloads.send(lambda actor: exports.beneficiaries_export(None, code, actor))
        except RuleBroken as refusal:
            return self._choose(code, str(refusal)), 422

    def _choose(self, chosen: str = "", error: str = "") -> str:
        return self.render(
            "exports/beneficiaries.html",
            title="Exporter les bénéficiaires",
            corridors=exports.corridors(),
            chosen=chosen,
            error=error,
        )
