"""« Ajouter des pièces complémentaires » and « Modifier »: what an officer asked, pieces added, « Confirmer »."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.supplier.pages import ROOM_FOR_A_REFUSAL, Pages, person
from admin_views.supplier.piece_upload import HINTS, PIECE_MB
from admin_views.supplier.request_pages import own
from admin_views.whole_numbers import whole
from app.domain.enums import AWAITING_SUPPLIER
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.extensions import db
from app.models.documents import Document
from app.models.requests import Avenant
from app.services import asked, complements, documents, request_view
from app.services import requests as request_service
from forms import uploads
from forms.complement import ComplementForm


class ComplementPages(Pages):
    """Open while the request waits for its supplier; a page opened before something happened gets 409."""

    landing = "page"
    rooms = {"add": ROOM_FOR_A_REFUSAL}

    @expose("/<number>/complement")
    def page(self, number: str) -> ResponseReturnValue:
        avenant = own(number)
        if avenant.status not in AWAITING_SUPPLIER:
            flash(f"Rien n'est demandé pour {number} : elle est au statut « {avenant.status.label} ».", "info")
            return redirect(f"/segurnums/demandes/{number}")
        return self._page(avenant, _form(avenant))

    @expose("/<number>/complement", methods=("POST",))
    def confirm(self, number: str) -> ResponseReturnValue:
        avenant = own(number)
        try:
            complements.confirm(avenant, person(), _seen())
            db.session.commit()
        except (Conflict, NotAllowed):
            raise
        except RuleBroken as refusal:
            return self._refused(number, refusal)
        flash(f"La demande {number} est de nouveau « En cours » : elle sera instruite prochainement.", "success")
        return redirect(f"/segurnums/demandes/{number}", 303)

    @expose("/<number>/complement/pieces", methods=("POST",))
    def add(self, number: str) -> ResponseReturnValue:
        avenant = own(number)
        request_service.refuse_stale(avenant, _seen())
        try:
            name, content = uploads.stream(request.files.get("file"))
            documents.attach(avenant, request.form.get("kind", ""), name, content, person())
            db.session.commit()
        except (Conflict, NotAllowed):
            raise
        except RuleBroken as refusal:
            return self._refused(number, refusal)
        flash(f"La pièce « {name} » est ajoutée. Confirmez pour la transmettre.", "success")
        return redirect(f"/segurnums/demandes/{number}/complement", 303)

    @expose("/<number>/complement/pieces/<row:document_id>/suppression", methods=("POST",))
    def remove(self, number: str, document_id: int) -> ResponseReturnValue:
        document = _piece(own(number), document_id)
        name = document.file_name
        documents.remove(document, person())
        db.session.commit()
        flash(f"La pièce « {name} » est supprimée.", "success")
        return redirect(f"/segurnums/demandes/{number}/complement", 303)

    def oversized(self, arguments: Mapping[str, Any]) -> ResponseReturnValue:
        refusal = RuleBroken(f"Le fichier dépasse {PIECE_MB} Mo.", field="file")
        return self._refused(arguments["number"], refusal)

    def _refused(self, number: str, refusal: RuleBroken) -> ResponseReturnValue:
        """The page again with what is wrong; nothing was kept of the attempt."""
        db.session.rollback()
        avenant = own(number)
        form = _form(avenant)
        form.refuse(refusal.field, str(refusal))
        return self._page(avenant, form), 422

    def _page(self, avenant: Avenant, form: ComplementForm) -> str:
        view = request_view.present(avenant)
        return self.render(
            "supplier/complement.html",
            view=view,
            form=form,
            hint=HINTS["piece"],
            accept=HINTS["accept"],
            pending=complements.pending(avenant),
            pieces_url="/segurnums/pieces",
        )


def _form(avenant: Avenant) -> ComplementForm:
    return ComplementForm(asked.kinds_open(avenant))


def _piece(avenant: Avenant, document_id: int) -> Document:
    """A piece of this very request, else 404."""
    document = documents.visible(document_id, person())
    if document is None or document.request_id != avenant.request_id:
        abort(404)
    return document


def _seen() -> int:
    """The version of the request on the page that was sent."""
    version = whole(request.form.get("version", ""))
    return abort(400) if version is None else version
