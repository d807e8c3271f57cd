"""« Modifier »: what an officer asked, the values he opened, pieces added, « Confirmer » or « Ne pas modifier ».

Guide « Modification d'une demande de solde SAS ». One form, so that no button costs a keystroke: whatever is pressed,
what was typed is kept.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.supplier.complement import DEMANDES, TOO_BIG, confirmed, imported, removed, seen
from admin_views.supplier.pages import ROOM_FOR_A_REFUSAL, Pages, attempt, person
from admin_views.supplier.piece_upload import HINTS
from admin_views.supplier.request_pages import own
from admin_views.whole_numbers import whole
from app.domain.enums import RequestStatus
from app.domain.errors import RuleBroken
from app.models.requests import Avenant
from app.services import asked, complements, modifications, request_information, request_view
from app.services import requests as request_service
from forms import uploads
from forms.complement import VALUE, ModificationForm

Deed = Callable[[Avenant, dict[str, str]], ResponseReturnValue]


class ModificationPages(Pages):
    """Open while the request is « A modifier »; a page opened before something happened gets 409."""

    landing = "page"
    rooms = {"answer": ROOM_FOR_A_REFUSAL}

    @expose("/<number>/modification")
    def page(self, number: str) -> ResponseReturnValue:
        avenant = own(number)
        if avenant.status is not RequestStatus.TO_AMEND:
            said = f"Aucune modification n'est demandée pour {number} : elle est au statut « {avenant.status.label} »."
            flash(said, "info")
            return redirect(f"{DEMANDES}/{number}")
        question = request_service.open_information_request(avenant)
        if question and asked.is_over(question):
            flash(f"La modification de {number} est close : la demande sera instruite en l'état.", "info")
            return redirect(f"{DEMANDES}/{number}")
        return self._page(avenant, _form(avenant))

    @expose("/<number>/modification", methods=("POST",))
    def answer(self, number: str) -> ResponseReturnValue:
        deed, typed = _deed(request.form.get("act", "")), ModificationForm.sent()
        avenant = own(number)
        request_service.refuse_stale(avenant, seen())
        form = _form(avenant, typed)
        return attempt(form, lambda: deed(avenant, typed)) or (self._page(own(number), form), 422)

    def oversized(self, arguments: Mapping[str, Any]) -> ResponseReturnValue:
        avenant = own(arguments["number"])
        form = _form(avenant)
        form.refuse(TOO_BIG)
        return self._page(avenant, form), 422

    def _page(self, avenant: Avenant, form: ModificationForm) -> str:
        view = request_view.present(avenant)
        if view.asked is None:
            abort(409)
        places = modifications.places(avenant, view.asked)
        return self.render(
            "supplier/modification.html",
            view=view,
            form=form,
            places=places,
            elsewhere={name: said for name, said in form.reasons.items() if name not in {one.name for one in places}},
            prefix=VALUE,
            said=asked.said_of(view.asked),
            amounts=request_information.amounts_to_amend(avenant),
            hint=HINTS["piece"],
            missing=complements.missing(view.asked),
            pending=complements.pending(avenant),
            pieces_url="/segurnums/pieces",
        )


def _form(avenant: Avenant, typed: dict[str, str] | None = None) -> ModificationForm:
    """With what was just typed, else what was kept."""
    question = request_service.open_information_request(avenant)
    kept = dict(question.typed) if question else {}
    return ModificationForm(asked.kinds_open(avenant), kept if typed is None else typed)


def _deed(act: str) -> Deed:
    """What a button does; 400 for one that does not exist."""
    if act.startswith("remove-"):
        piece_id = whole(act.removeprefix("remove-"))
        return abort(400) if piece_id is None else lambda avenant, typed: _remove(avenant, typed, piece_id)
    deeds: dict[str, Deed] = {"keep": _keep, "import": _import, "confirm": _confirm, "leave": _leave}
    return deeds.get(act) or abort(400)


def _keep(avenant: Avenant, typed: dict[str, str]) -> ResponseReturnValue:
    modifications.keep(avenant, typed, person())
    flash("Votre saisie est conservée ; elle n'est pas encore transmise.", "success")
    return redirect(f"{DEMANDES}/{avenant.number}/modification", 303)


def _import(avenant: Avenant, typed: dict[str, str]) -> ResponseReturnValue:
    imported(avenant)
    modifications.keep(avenant, typed, person())
    return redirect(f"{DEMANDES}/{avenant.number}/modification#pieces", 303)


def _remove(avenant: Avenant, typed: dict[str, str], piece_id: int) -> ResponseReturnValue:
    removed(avenant, piece_id)
    modifications.keep(avenant, typed, person())
    return redirect(f"{DEMANDES}/{avenant.number}/modification#pieces", 303)


def _confirm(avenant: Avenant, typed: dict[str, str]) -> ResponseReturnValue:
    if uploads.picked(request.files.get("file")):
        raise RuleBroken("Cliquez sur « Importer » pour joindre le fichier choisi, puis confirmez.", field="file")
    return confirmed(modifications.confirm(avenant, typed, person(), seen()))


def _leave(avenant: Avenant, typed: dict[str, str]) -> ResponseReturnValue:
    modifications.leave(avenant, person(), seen())
    flash(f"La demande {avenant.number} n'est pas modifiée : elle sera instruite en l'état.", "success")
    return redirect(f"{DEMANDES}/{avenant.number}", 303)
