"""The queue of changes of people: what is held beside what is asked, the pieces, accepted or rejected."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.columns import Column
from admin_views.rows import Join
from admin_views.staff.supplier_changes import COMPANY, SupplierChanges, filters
from admin_views.staff.writing import actor, attempt
from app.domain import person_changes as rules
from app.domain.enums import ChangeStatus
from app.models.person_changes import PersonChange
from app.models.suppliers import Supplier
from app.services import person_changes
from forms.staff import JudgeForm, StaffForm


class PersonChanges(SupplierChanges):
    here = "/gestion/changements-de-personnes"
    model = PersonChange
    title = "Changements de personnes"
    default_sort = ("sent_at", False)
    joins = (Join(Supplier, Supplier.id == PersonChange.supplier_id),)
    columns = (
        Column("sent_at", PersonChange.sent_at),
        *COMPANY,
        Column("status", PersonChange.status, badge=True),
        Column("judged_at", PersonChange.judged_at),
    )
    filters = filters(PersonChange.status, PersonChange.sent_at)

    def scope(self) -> Sequence[Any]:
        """A draft is its supplier's own."""
        return (PersonChange.status != ChangeStatus.DRAFT,)

    @expose("/<row:change_id>")
    def change(self, change_id: int) -> ResponseReturnValue:
        return self._page(_found(change_id))

    @expose("/<row:change_id>/accepter", methods=("POST",))
    def accept(self, change_id: int) -> ResponseReturnValue:
        return self._judge(change_id, person_changes.accept, "La modification est faite.")

    @expose("/<row:change_id>/rejeter", methods=("POST",))
    def reject(self, change_id: int) -> ResponseReturnValue:
        return self._judge(change_id, person_changes.reject, "La modification est rejetée.")

    def _judge(self, change_id: int, deed: Callable[..., None], said: str) -> ResponseReturnValue:
        change, form = _found(change_id), JudgeForm()
        valid = form.validate_on_submit()
        if valid and attempt(form, lambda: deed(change, form.comment.data or "", int(form.seen.data), actor())):
            return self.judged(change_id, f"{said} Les adresses connues et demandées sont averties.")
        return self._page(_found(change_id), form), 422

    def _page(self, change: PersonChange, form: StaffForm | None = None) -> str:
        former, proposed = rules.of_json(change.former or {}), rules.of_json(change.proposed)
        return self.render(
            "staff/person_change.html",
            change=change,
            here=self.row_url(change),
            words=person_changes.words(change),
            people=(
                ("Représentant légal", former.representative, proposed.representative),
                ("Demandeur", former.declarant, proposed.declarant),
            ),
            labels=rules.LABELS,
            required=rules.required_pieces(former, proposed),
            pending=change.status is ChangeStatus.PENDING,
            form=form or JudgeForm(formdata=None, data={"seen": change.version}),
        )


def _found(change_id: int) -> PersonChange:
    return person_changes.find(change_id) or abort(404)
