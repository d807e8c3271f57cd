"""« Motifs de rejet »: the library of the wordings, and one of them to write, change, retire or offer again."""

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.columns import Column, by_name
from admin_views.criteria import ChoiceFilter, Filter
from admin_views.grid import Grid
from admin_views.staff.criteria import AnyOfFilter
from admin_views.staff.writing import actor, attempt
from app.domain.permissions import Capability
from app.domain.wordings import VARIABLES
from app.models.rejections import RejectionWording
from app.services import rejection_wordings
from forms.rejections import KnownWordingForm, NewWordingForm
from forms.staff import SeenForm

STATES = (("proposes", "Proposés"), ("retires", "Retirés"))


class StateFilter(ChoiceFilter):
    """Those offered to officers, or those retired."""

    def condition(self, text: str) -> Any:
        ChoiceFilter.condition(self, text)
        there = RejectionWording.retired_at.is_(None)
        return there if text == "proposes" else ~there


class Wordings(Grid):
    capability = Capability.WRITE_WORDINGS
    model = RejectionWording
    title = "Motifs de rejet"
    default_sort = ("code", False)
    columns = (
        Column("code", RejectionWording.code),
        by_name("title", RejectionWording.title),
        Column("text", RejectionWording.text, sortable=False),
        Column("written_at", RejectionWording.written_at),
        Column("retired_at", RejectionWording.retired_at),
    )
    filters: ClassVar[Sequence[Filter]] = (
        AnyOfFilter("mots", "Mots", (RejectionWording.code, RejectionWording.title, RejectionWording.text)),
        StateFilter("etat", "État", None, lambda: STATES),
    )

    def row_url(self, row: Any) -> str:
        return f"/gestion/motifs-de-rejet/{row.id}"

    @expose("/nouveau", methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        form = NewWordingForm()
        if form.validate_on_submit() and attempt(
            form, lambda: rejection_wordings.write(form.code.data, form.title.data, form.text.data, actor())
        ):
            return self._done("Le motif est enregistré.")
        return self._page(form, None)

    @expose("/<row:wording_id>", methods=("GET", "POST"))
    def wording(self, wording_id: int) -> ResponseReturnValue:
        wording = _found(wording_id)
        form = KnownWordingForm(obj=wording, data={"seen": wording.version})
        if form.validate_on_submit() and attempt(
            form,
            lambda: rejection_wordings.change(
                wording, form.title.data, form.text.data, actor(), seen=int(form.seen.data)
            ),
        ):
            return self._done("Le motif est enregistré. Les demandes déjà rejetées gardent le texte qu'elles ont reçu.")
        return self._page(form, _found(wording_id))

    @expose("/<row:wording_id>/retirer", methods=("POST",))
    def retire(self, wording_id: int) -> ResponseReturnValue:
        return self._retire(_found(wording_id), True, "Le motif n'est plus proposé.")

    @expose("/<row:wording_id>/proposer", methods=("POST",))
    def restore(self, wording_id: int) -> ResponseReturnValue:
        return self._retire(_found(wording_id), False, "Le motif est de nouveau proposé.")

    def _retire(self, wording: RejectionWording, retired: bool, said: str) -> ResponseReturnValue:
        form = SeenForm()
        if not form.validate():
            abort(400)
        attempt(form, lambda: rejection_wordings.retire(wording, retired, actor(), seen=int(form.seen.data)))
        return self._done(said)

    def _done(self, said: str) -> ResponseReturnValue:
        flash(said, "success")
        return redirect(url_for(".index_view"), 303)

    def _page(self, form: Any, wording: RejectionWording | None) -> ResponseReturnValue:
        page = self.render("staff/wording.html", form=form, wording=wording, variables=VARIABLES)
        return page, 422 if form.errors else 200


def _found(wording_id: int) -> RejectionWording:
    return rejection_wordings.find(wording_id) or abort(404)
