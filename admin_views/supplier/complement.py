"""« Ajouter des pièces complémentaires »: what an officer asked, pieces added, « Confirmer »."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.supplier.pages import ROOM_FOR_A_REFUSAL, Pages, attempt, person
from admin_views.supplier.piece_upload import HINTS, PIECE_MB
from admin_views.supplier.request_pages import own
from admin_views.whole_numbers import whole
from app.domain.enums import RequestStatus
from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.documents import Document
from app.models.requests import Avenant
from app.services import asked, complements, documents, request_view
from app.services import requests as request_service
from forms import uploads
from forms.complement import ComplementForm

DEMANDES = "/segurnums/demandes"
TOO_BIG = RuleBroken(f"Le fichier dépasse {PIECE_MB} Mo.", field="file")


class ComplementPages(Pages):
    """Open while the request waits for a piece; a page opened before something happened gets 409."""

    landing = "page"
    rooms = {"add": ROOM_FOR_A_REFUSAL}

    @expose("/<number>/complement")
    def page(self, number: str) -> ResponseReturnValue:
        avenant = own(number)
        if avenant.status is RequestStatus.TO_AMEND:
            return redirect(f"{DEMANDES}/{number}/modification")
        if avenant.status is not RequestStatus.AWAITING_DOCUMENT:
            flash(f"Rien n'est demandé pour {number} : elle est au statut « {avenant.status.label} ».", "info")
            return redirect(f"{DEMANDES}/{number}")
        return self._page(avenant, _form(avenant))

    @expose("/<number>/complement", methods=("POST",))
    def confirm(self, number: str) -> ResponseReturnValue:
        avenant = own(number)
        return self._do(number, lambda: confirmed(complements.confirm(avenant, person(), seen())))

    @expose("/<number>/complement/pieces", methods=("POST",))
    def add(self, number: str) -> ResponseReturnValue:
        avenant = own(number)
        request_service.refuse_stale(avenant, seen())
        return self._do(number, lambda: _added(avenant))

    @expose("/<number>/complement/pieces/<row:document_id>/suppression", methods=("POST",))
    def remove(self, number: str, document_id: int) -> ResponseReturnValue:
        removed(own(number), document_id)
        db.session.commit()
        return redirect(f"{DEMANDES}/{number}/complement", 303)

    def oversized(self, arguments: Mapping[str, Any]) -> ResponseReturnValue:
        avenant = own(arguments["number"])
        form = _form(avenant)
        form.refuse(TOO_BIG)
        return self._page(avenant, form), 422

    def _do(self, number: str, deed: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
        """What the deed leads to, or the page again with what is wrong."""
        form = _form(own(number))
        return attempt(form, deed) or (self._page(own(number), form), 422)

    def _page(self, avenant: Avenant, form: ComplementForm) -> str:
        view = request_view.present(avenant)
        return self.render(
            "supplier/complement.html",
            view=view,
            form=form,
            hint=HINTS["piece"],
            said=asked.said_of(view.asked) if view.asked else asked.Said(),
            missing=complements.missing(view.asked) if view.asked else (),
            pending=complements.pending(avenant),
            pieces_url="/segurnums/pieces",
        )


def confirmed(avenant: Avenant) -> ResponseReturnValue:
    """Back on the request, which an officer takes again."""
    flash(f"La demande {avenant.number} est de nouveau « En cours » : elle sera instruite prochainement.", "success")
    return redirect(f"{DEMANDES}/{avenant.number}", 303)


def imported(avenant: Avenant) -> str:
    """Add the piece that was sent; its name."""
    name, content = uploads.stream(request.files.get("file"))
    documents.attach(avenant, request.form.get("kind", ""), name, content, person())
    flash(f"La pièce « {name} » est ajoutée. Confirmez pour la transmettre.", "success")
    return name


def removed(avenant: Avenant, document_id: int) -> str:
    """Remove a piece of this very request, else 404; its name."""
    document: Document | None = documents.visible(document_id, person())
    if document is None or document.request_id != avenant.request_id:
        abort(404)
    name = document.file_name
    documents.remove(document, person())
    flash(f"La pièce « {name} » est supprimée.", "success")
    return name


def seen() -> int:
    """The version of the request on the page that was sent."""
    version = whole(request.form.get("version", ""))
    return abort(400) if version is None else version


def _added(avenant: Avenant) -> ResponseReturnValue:
    imported(avenant)
    return redirect(f"{DEMANDES}/{avenant.number}/complement", 303)


def _form(avenant: Avenant) -> ComplementForm:
    return ComplementForm(asked.kinds_open(avenant))
