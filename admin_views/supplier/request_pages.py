"""« Détails de la demande numéro … »: the current version, the history, each version (guide, § 5.2)."""

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views import table_pages
from admin_views.supplier.pages import Pages, person
from app.domain import numbers
from app.domain.enums import AWAITING_SUPPLIER, Phase, RequestStatus
from app.models.requests import Avenant
from app.services import declared_versions, request_view, supplier_scope


def own(number: str) -> Avenant:
    """The current avenant of one of his requests, else 404."""
    return supplier_scope.find(number, person().supplier_id or 0) or abort(404)


class RequestPages(Pages):
    """One request of the supplier. A number without suffix leads to the avance of the dossier."""

    landing = "current"

    @expose("/<number>")
    def current(self, number: str) -> ResponseReturnValue:
        if numbers.dossier_of(number) == number:
            return redirect(f"/segurnums/demandes/{numbers.request(number, Phase.AVANCE)}")
        avenant = own(number)
        if avenant.status is RequestStatus.INCOMPLETE:
            return redirect(f"/segurnums/demandes-incompletes/{number}/pieces")
        return self._page(avenant, "current")

    @expose("/<number>/historique")
    def history(self, number: str) -> ResponseReturnValue:
        avenant = own(number)
        if avenant.status is RequestStatus.INCOMPLETE:
            abort(404)
        return self._page(avenant, "history")

    @expose("/<number>/historique/<int(max=9999):rank>")
    def difference(self, number: str, rank: int) -> ResponseReturnValue:
        told = declared_versions.difference(declared_versions.of(own(number)), rank) or abort(404)
        return self.render("request/compared.html", told=told, back=f"/segurnums/demandes/{number}/historique")

    @expose("/<number>/versions/<int(max=9999):ordinal>")
    def version(self, number: str, ordinal: int) -> ResponseReturnValue:
        avenant = supplier_scope.find_version(number, person().supplier_id or 0, ordinal) or abort(404)
        if avenant.status is RequestStatus.INCOMPLETE:
            abort(404)
        return self._page(avenant, "version")

    def _page(self, avenant: Avenant, tab: str) -> str:
        return self.render(
            "supplier/request.html",
            view=request_view.present(avenant, asked_pages=table_pages.asked()),
            turn=table_pages.turning(request.path),
            tab=tab,
            addable=avenant.status in AWAITING_SUPPLIER,
            pieces_url="/segurnums/pieces",
        )
