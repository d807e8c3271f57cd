"""The structured editor of a draft: each section, each of its elements, each rule, with the draft's faults beside.

A part wrong in itself is refused with its fault at the field (422, what was typed is kept). What contradicts the rest
of the document is saved, and listed: two windows are moved one after the other.
"""

from typing import Any

from flask import abort, flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.staff import corridor_places, corridor_sections
from admin_views.staff.corridor_drafts import DraftScreen, find
from admin_views.staff.corridor_places import Place
from admin_views.staff.corridor_sections import AMOUNTS, BY_SLUG, DRAFTS
from admin_views.staff.writing import actor, attempt, one_commit
from app.corridors import anatomy, documents, editing
from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.corridors import CorridorDraft
from app.services import corridor_drafts
from forms import corridor_parts
from forms.corridor_parts import EditForm
from forms.staff import SeenForm

_MOVES = {"monter": -1, "descendre": 1}


class CorridorEditor(DraftScreen):
    """`/gestion/couloirs/brouillons/<id>/contenu/…`."""

    landing = "section"

    @expose("/<row:draft_id>/contenu/<section>", methods=["GET", "POST"])
    def section(self, draft_id: int, section: str) -> ResponseReturnValue:
        """The elements of a list, or the form of a part."""
        draft, found = find(draft_id), BY_SLUG.get(section) or abort(404)
        if not found.is_list:
            return self._edit(draft, corridor_places.of(draft.document, found, None, request.values.get("regle")))
        if request.method == "POST":
            abort(405)
        return self.page(
            "staff/corridor_section.html",
            draft,
            section=found,
            columns=corridor_places.columns(found),
            rows=corridor_places.rows(draft.document, found),
        )

    @expose("/<row:draft_id>/contenu/<section>/<rank>", methods=["GET", "POST"])
    def element(self, draft_id: int, section: str, rank: str) -> ResponseReturnValue:
        """One element of a list, or a new one; under « Montants », the rule of one software."""
        draft, found = find(draft_id), BY_SLUG.get(section) or abort(404)
        return self._edit(draft, corridor_places.of(draft.document, found, rank, request.values.get("regle")))

    @expose("/<row:draft_id>/contenu/<section>/<rank>/<move>", methods=["POST"])
    def move(self, draft_id: int, section: str, rank: str, move: str) -> ResponseReturnValue:
        """« Monter », « Descendre », « Retirer »."""
        draft, found = find(draft_id), BY_SLUG.get(section) or abort(404)
        place = corridor_places.of(draft.document, found, rank, None)
        if not found.is_list or place.rank is None or move not in (*_MOVES, "retirer"):
            abort(404)
        form = SeenForm()
        if not form.validate():
            abort(400)
        with one_commit():
            corridor_drafts.save(draft, _moved(draft, place, move), actor(), seen=form.seen.data)
        if move == "retirer":
            flash("L'élément est retiré du brouillon.", "success")
        return redirect(f"{DRAFTS}/{draft.id}/contenu/{section}", 303)

    @expose("/<row:draft_id>/controle/<section>", methods=["POST"])
    @expose("/<row:draft_id>/controle/<section>/<rank>", methods=["POST"])
    def check(self, draft_id: int, section: str, rank: str | None = None) -> ResponseReturnValue:
        """The faults the draft would have with what is typed now; nothing is saved."""
        draft, found = find(draft_id), BY_SLUG.get(section) or abort(404)
        place = corridor_places.of(draft.document, found, rank, request.values.get("regle"))
        form = _form(draft, place)
        document = draft.document
        if form.validate():
            document = place.put(draft.document, form.value())
        faults = corridor_sections.shown(draft, documents.faults(document), document)
        return jsonify([{"where": one.where, "message": one.message, "url": one.url} for one in faults])

    def _edit(self, draft: CorridorDraft, place: Place) -> ResponseReturnValue:
        form = _form(draft, place)
        if request.method == "GET":
            return self._page(draft, place, form)
        if not form.validate() or not attempt(form, lambda: _save(draft, place, form)):
            db.session.refresh(draft)
            return self._page(draft, place, form), 422
        flash("Enregistré dans le brouillon.", "success")
        back = place.section.slug if place.section.is_list or place.section.slug == AMOUNTS else place.address
        return redirect(f"{DRAFTS}/{draft.id}/contenu/{back}", 303)

    def _page(self, draft: CorridorDraft, place: Place, form: EditForm) -> str:
        return self.page(
            "staff/corridor_form.html",
            draft,
            section=place.section,
            place=place,
            form=form,
            rules=corridor_places.rules_of_software(draft.document) if place.section.slug == AMOUNTS else (),
            has_table=any(anatomy.shape(info).kind == "tables" for info in place.model.model_fields.values()),
        )


def _form(draft: CorridorDraft, place: Place) -> EditForm:
    offers = corridor_sections.offers(draft.document)
    kind: Any = corridor_parts.form_of(place.model, offers, keys=place.keys)
    return kind(seen=draft.version, data={key: value for key, value in place.value.items() if key != "seen"})


def _moved(draft: CorridorDraft, place: Place, move: str) -> dict[str, Any]:
    assert place.rank is not None
    if move == "retirer":
        return editing.removed(draft.document, place.section.key, place.rank)
    return editing.moved(draft.document, place.section.key, place.rank, _MOVES[move])


def _save(draft: CorridorDraft, place: Place, form: EditForm) -> None:
    """Raises `RuleBroken` when the part is wrong in itself; each fault is then at its field."""
    document = place.put(draft.document, form.value())
    faults = place.own_faults(document)
    for where, message in faults:
        form.refuse_at(where, message)
    if faults:
        raise RuleBroken("")
    corridor_drafts.save(draft, document, actor(), seen=form.seen.data)
