"""The queue of bank accounts to verify: what changes beside the RIB, the checks, two acceptances or one refusal."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from admin_views.columns import Column, by_name
from admin_views.criteria import ChoiceFilter, Filter, PeriodFilter
from admin_views.grid import Grid
from admin_views.rows import Join
from admin_views.staff.criteria import SupplierFilter
from admin_views.staff.writing import actor, attempt, may
from app.domain.enums import ChangeStatus
from app.domain.permissions import Capability
from app.models.bank_accounts import BankAccount, BankChange
from app.models.suppliers import Supplier
from app.services import bank_changes, bank_checks, formats
from forms.staff import CommentForm, SeenForm, StaffForm

HERE = "/gestion/coordonnees-bancaires"
STATUSES = tuple((one.value, one.label) for one in ChangeStatus if one is not ChangeStatus.DRAFT)


class BankChanges(Grid):
    capability = Capability.JUDGE_CHANGES
    model = BankChange
    title = "Changements de coordonnées bancaires"
    default_sort = ("asked_at", False)
    joins = (
        Join(Supplier, Supplier.id == BankChange.supplier_id),
        Join(BankAccount, BankAccount.id == BankChange.account_id),
    )
    columns = (
        Column("asked_at", BankChange.asked_at),
        by_name("name", Supplier.name, "Fournisseur"),
        Column("siret", Supplier.siret),
        Column("iban", BankAccount.iban, "Nouvel IBAN", shown=formats.masked_iban, sortable=False),
        Column("status", BankChange.status, badge=True),
        Column("accepted_at", BankChange.accepted_at),
        Column("judged_at", BankChange.judged_at),
    )
    filters: ClassVar[Sequence[Filter]] = (
        ChoiceFilter("statut", "Statut", BankChange.status, lambda: STATUSES),
        SupplierFilter("fournisseur", "Fournisseur (nom ou SIRET)"),
        PeriodFilter("demande", "Demandé", BankChange.asked_at),
    )

    def row_url(self, row: Any) -> str:
        return f"{HERE}/{row.id}"

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
            flash(said, "success")
            return redirect(url_for(".change", change_id=change_id), 303)
        return self._page(_found(change_id), accepting=form), 422

    @expose("/<row:change_id>/refuser", methods=("POST",))
    def refuse(self, change_id: int) -> ResponseReturnValue:
        change, form = _found(change_id), CommentForm()
        if self._done(form, lambda: _refuse(change, form)):
            flash("Le changement est refusé ; le fournisseur est averti.", "success")
            return redirect(url_for(".change", change_id=change_id), 303)
        return self._page(_found(change_id), refusing=form), 422

    def _done(self, form: StaffForm, deed: Callable[[], object]) -> bool:
        return bool(form.validate_on_submit()) and attempt(form, deed)

    def _page(self, change: BankChange, accepting: StaffForm | None = None, refusing: StaffForm | None = None) -> str:
        seen = {"seen": change.version}
        return self.render(
            "staff/bank_change.html",
            change=change,
            here=f"{HERE}/{change.id}",
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
