"""« Exports »: a page to ask for each of the two files, then the file. Each site says whose rows, in which words."""

from typing import ClassVar

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views import downloads
from admin_views.guard import Screen
from app.domain.errors import RuleBroken
from app.services import exports


class Exports(Screen):
    """`whose`: « les » or « vos », before what is exported."""

    whose: ClassVar[str]

    def supplier_id(self) -> int | None:
        """Whose rows: those of one supplier, or None for all of them."""
        raise NotImplementedError

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return redirect(self.get_url(".requests"))

    @expose("/demandes", methods=("GET", "POST"))
    def requests(self) -> ResponseReturnValue:
        if request.method == "GET":
            title = f"Exporter {self.whose} demandes de financement"
            return self.render("exports/requests.html", title=title, whose=self.whose)
        return downloads.send(lambda actor: exports.requests_export(self.supplier_id(), actor))

    @expose("/beneficiaires", methods=("GET", "POST"))
    def beneficiaries(self) -> ResponseReturnValue:
        if request.method == "GET":
            return self._choose()
        code = request.form.get("corridor", "")
        try:
            return downloads.send(lambda actor: exports.beneficiaries_export(self.supplier_id(), code, actor))
        except RuleBroken as refusal:
            return self._choose(code, str(refusal)), 422

    def _choose(self, chosen: str = "", error: str = "") -> str:
        return self.render(
            "exports/beneficiaries.html",
            title=f"Exporter {self.whose} bénéficiaires",
            corridors=exports.corridors(),
            chosen=chosen,
            error=error,
        )
