"""The queue of bank accounts to verify: what changes beside the RIB, the checks, two acceptances or one refusal."""

from collections.abc import Callable

from flask import abort
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from admin_views.columns import Column
from admin_views.rows import Join
from admin_views.staff.supplier_changes import COMPANY, SupplierChanges, filters
from admin_views.staff.writing import actor, attempt, may
from app.domain.enums import ChangeStatus
from app.domain.permissions import Capability
from app.models.bank_accounts import BankAccount, BankChange
from app.models.suppliers import Supplier
from app.services import bank_changes, bank_checks, formats
from forms.staff import CommentForm, SeenForm, StaffForm


class BankChanges(SupplierChanges):
    here = "/gestion/coordonnees-bancaires"
    model = BankChange
    title = "Changements de coordonnées bancaires"
    default_sort = ("asked_at", False)
    joins = (
        Join(Supplier, Supplier.id == BankChange.supplier_id),
        Join(BankAccount, BankAccount.id == BankChange.account_id),
    )
    columns = (
        Column("asked_at", BankChange.asked_at),
        *COMPANY,
        Column("iban", BankAccount.iban, "Nouvel IBAN", shown=formats.masked_iban, sortable=False),
        Column("status", BankChange.status, badge=True),
        Column("accepted_at", BankChange.accepted_at),
        Column("judged_at", BankChange.judged_at),
    )
    filters = filters(BankChange.status, BankChange.asked_at)

    @expose("/<row:change_id>")
    def change(self, change_id: int) -> ResponseReturnValue:
        return self._page(_found(change_id))

    @expose("/<row:change_id>/accepter", methods=("POST",))
    def accept(self, change_id: int) -> ResponseReturnValue:
        change, form = _found(change_id), SeenForm()
        made: list[bool] = []
        if self._done(form, lambda: made.append(bank_changes.accept(change, int(form.seen.data), actor()))):
            said = (
                "Les coordonnées bancaires sont changées." if made[0] else "Accepté : un second gestionnaire vérifie."
            )
            return self.judged(change_id, said)
        return self._page(_found(change_id), accepting=form), 422

    @expose("/<row:change_id>/refuser", methods=("POST",))
    def refuse(self, change_id: int) -> ResponseReturnValue:
        change, form = _found(change_id), CommentForm()
        if self._done(form, lambda: _refuse(change, form)):
            return self.judged(change_id, "Le changement est refusé ; le fournisseur est averti.")
        return self._page(_found(change_id), refusing=form), 422

    def _done(self, form: StaffForm, deed: Callable[[], object]) -> bool:
        return bool(form.validate_on_submit()) and attempt(form, deed)

    def _page(self, change: BankChange, accepting: StaffForm | None = None, refusing: StaffForm | None = None) -> str:
        seen = {"seen": change.version}
        return self.render(
            "staff/bank_change.html",
            change=change,
            here=self.row_url(change),
            checks=bank_checks.of(change),
            pending=change.status is ChangeStatus.PENDING,
            mine=change.accepted_by_id == current_user.id,
            accepting=(accepting or SeenForm(formdata=None, data=seen)).apart("accepter"),
            refusing=(refusing or CommentForm(formdata=None, data=seen)).apart("refuser"),
            reads_iban=may(Capability.READ_IBAN),
        )


def _found(change_id: int) -> BankChange:
    return bank_changes.find(change_id) or abort(404)


def _refuse(change: BankChange, form: CommentForm) -> None:
    bank_changes.refuse(change, str(form.comment.data), int(form.seen.data), actor())
