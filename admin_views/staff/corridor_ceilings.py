"""The table of ceilings of a draft, the corridor's or one software's: seen, taken away and sent back as CSV."""

from itertools import islice
from typing import Any

from flask import Response, abort, flash, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.staff import corridor_places
from admin_views.staff.corridor_drafts import DraftScreen, find
from admin_views.staff.corridor_places import Place
from admin_views.staff.corridor_sections import AMOUNTS, BY_SLUG, DRAFTS
from admin_views.staff.writing import actor, attempt
from app.corridors import anatomy, ceilings
from app.corridors.ceilings import Ceilings
from app.domain import limits
from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.corridors import CorridorDraft
from app.services import corridor_drafts, csv_reading
from forms import uploads
from forms.corridors import CeilingsForm

SHOWN = 50


class CorridorCeilings(DraftScreen):
    """`/gestion/couloirs/brouillons/<id>/plafonds`."""

    landing = "table"

    @expose("/<row:draft_id>/plafonds", methods=["GET", "POST"])
    @expose("/<row:draft_id>/plafonds/<row:rank>", methods=["GET", "POST"])
    @uploads.accepts(limits.JSON_FILE_BYTES)
    def table(self, draft_id: int, rank: int | None = None) -> ResponseReturnValue:
        draft, form = find(draft_id), CeilingsForm()
        place = _place(draft, rank)
        if form.is_submitted():
            if form.validate() and attempt(form, lambda: _replace(draft, place, form)):
                flash("Le barème est enregistré dans le brouillon.", "success")
                return redirect(f"{DRAFTS}/{draft.id}/plafonds" + (f"/{rank}" if rank is not None else ""), 303)
            db.session.refresh(draft)
        found = _table(place)
        identifiers = list(dict.fromkeys(identifier for one in found.values() for identifier in one))
        page = self.page(
            "staff/corridor_ceilings.html",
            draft,
            place=place,
            form=form,
            ceilings=found,
            identifiers=list(islice(identifiers, SHOWN)),
            total=len(identifiers),
        )
        return (page, 422) if form.is_submitted() else page

    @expose("/<row:draft_id>/plafonds.csv")
    @expose("/<row:draft_id>/plafonds/<row:rank>.csv")
    def download(self, draft_id: int, rank: int | None = None) -> Response:
        draft = find(draft_id)
        place = _place(draft, rank)
        answer = Response(ceilings.written(_table(place)), mimetype="text/csv")
        answer.headers.set("Content-Disposition", "attachment", filename=f"plafonds-{draft.name}.csv")
        return answer


def _place(draft: CorridorDraft, rank: int | None) -> Place:
    """The rule that holds a table; 404 for any other rule."""
    place = corridor_places.of(draft.document, BY_SLUG[AMOUNTS], None if rank is None else str(rank), None)
    return place if _key(place) else abort(404)


def _key(place: Place) -> str:
    found = [key for key, info in place.model.model_fields.items() if anatomy.shape(info).kind == "tables"]
    return found[0] if found else ""


def _table(place: Place) -> Ceilings:
    found: Any = place.value.get(_key(place))
    tables = found if isinstance(found, dict) else {}
    return {str(name): one for name, one in tables.items() if isinstance(one, dict)}


def _replace(draft: CorridorDraft, place: Place, form: CeilingsForm) -> None:
    content = uploads.read(form.file.data, limits.JSON_FILE_BYTES)
    try:
        found = ceilings.read(csv_reading.decoded(content)[0])
    except ValueError as fault:
        raise RuleBroken(f"Barème refusé : {fault}.", field="file") from fault
    document = place.put(draft.document, {_key(place): found})
    corridor_drafts.save(draft, document, actor(), seen=form.seen.data)
