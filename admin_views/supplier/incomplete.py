"""« Demandes importées non complétées »: the list, the deletion of avances, the models of files.

Guide « Les écrans du portail », § 9. What is done piece by piece is in `incomplete_pieces`.
"""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from admin_views.columns import Column
from admin_views.criteria import ChoiceFilter, NumberFilter, PeriodFilter, choices_of
from admin_views.grid import Grid
from admin_views.supplier.pages import person
from app.domain.enums import Phase, RequestStatus
from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.requests import Avenant
from app.services import countdowns, formats, import_view, incomplete, model_files
from app.services.import_view import Deposited

# R093, to the letter.
MODELS_NOTICE = "Vous trouverez ci-dessus les modèles de fichiers JSON valides pour les demandes d'avance et de solde."


def _expiry(day: dt.date | None) -> str:
    """« 30/11/2026 (il reste 3 jours) »."""
    return f"{formats.day(day)} ({countdowns.of(day).left})" if day else formats.NOTHING


class IncompleteGrid(Grid):
    """The requests imported whose pieces are not all there: only the supplier sees them."""

    model = Avenant
    for_suppliers = True
    title = "Demandes importées non complétées"
    list_heading = "Liste des demandes non complétées :"
    page_template = "supplier/incomplete/list.html"
    columns = (
        Column("number", Avenant.number, "Numéro demande"),
        Column("phase", Avenant.phase),
        Column("editor_number", Avenant.editor_number, "N° Editeur"),
        Column("declared_ht", Avenant.declared_ht, "MontantSegurHT", numeric=True, shown=lambda value: f"{value:.2f}"),
        Column("deposited_at", Avenant.deposited_at, "Date de dépôt", shown=formats.day),
        Column("expires_on", Avenant.expires_on, shown=_expiry),
    )
    filters = (
        NumberFilter("numero", "Numéro de demande", Avenant.number),
        ChoiceFilter("type", "Type", Avenant.phase, choices=choices_of(Phase)),
        PeriodFilter("depot", "Déposée entre le", Avenant.deposited_at, label_to="et le"),
    )
    default_sort = ("expires_on", False)

    def scope(self) -> Sequence[Any]:
        return (incomplete.condition(current_user.supplier_id),)

    def page_context(self) -> dict[str, Any]:
        return {
            "models": model_files.offered_to(current_user.supplier_id),
            "models_notice": MODELS_NOTICE,
            "is_locked": incomplete.is_locked,
            "deletable": Phase.AVANCE,
            "countdown": countdowns.first_of(current_user.supplier_id),
        }

    @expose("/suppression")
    def confirm_deletion(self) -> ResponseReturnValue:
        """What is about to be deleted, named one by one, before it is."""
        chosen = _chosen(request.args.getlist("numero"))
        refusal = _refusal(chosen)
        page = self.render("supplier/incomplete/delete.html", chosen=chosen, refusal=refusal)
        return (page, 422) if refusal else page

    @expose("/suppression", methods=("POST",))
    def delete(self) -> ResponseReturnValue:
        chosen = _chosen(request.form.getlist("numero"))
        refusal = _refusal(chosen)
        if refusal:
            raise RuleBroken(refusal)
        count = incomplete.delete([one.avenant.number for one in chosen], person())
        db.session.commit()
        flash(f"Demandes supprimées : {count}.", "success")
        return redirect(url_for(".index_view"), 303)

    @expose("/modeles/<ans_number>/<phase>.json")
    def model_file(self, ans_number: str, phase: str) -> ResponseReturnValue:
        """A valid file for one of his N° ANS: the corridor's own examples."""
        found = next(
            (one for one in model_files.offered_to(current_user.supplier_id) if one.is_for(ans_number, phase)), None
        )
        if found is None:
            abort(404)
        text = json.dumps(model_files.content(found), ensure_ascii=False, indent=2)
        answer = Response(text, mimetype="application/json")
        answer.headers.set("Content-Disposition", "attachment", filename=found.file_name)
        return answer


def _chosen(numbers: list[str]) -> list[Deposited]:
    """The requests ticked; 404 when one of them is not his."""
    found = [import_view.find_request(number, person().supplier_id or 0) for number in dict.fromkeys(numbers)]
    return [one or abort(404) for one in found]


def _refusal(chosen: list[Deposited]) -> str:
    """Why these may not be deleted; empty when they may."""
    if not chosen:
        return "Cochez au moins une demande à supprimer."
    for one in chosen:
        if one.avenant.status is not RequestStatus.INCOMPLETE:
            return f"La demande {one.avenant.number} a été complétée entre-temps : elle ne peut plus être supprimée."
        if one.avenant.phase is not Phase.AVANCE:
            return f"La demande {one.avenant.number} est un solde : seule une avance peut être supprimée."
        if one.locked:
            return f"La demande {one.avenant.number} est expirée : elle va être supprimée automatiquement."
    return ""
