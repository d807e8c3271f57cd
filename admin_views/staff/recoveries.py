"""Recovery orders: the grid, and one of them with what the person may do: issue, refuse, record what came back."""

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import abort, flash, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from admin_views.columns import Column, by_name
from admin_views.criteria import ChoiceFilter, Filter, PeriodFilter, choices_of
from admin_views.grid import Grid
from admin_views.rows import Join
from admin_views.staff.criteria import RequestNumberFilter, SupplierFilter
from admin_views.staff.writing import actor, attempt, key, require
from app.domain import recovery_workflow
from app.domain.enums import RecoveryStatus
from app.domain.errors import NotAllowed
from app.domain.permissions import Capability
from app.domain.recovery_workflow import Act, Transition
from app.models.recoveries import RecoveryOrder
from app.models.requests import FundingRequest
from app.models.suppliers import Supplier
from app.services import audit, audit_words, recoveries
from app.services import requests as request_service
from forms.staff import CommentForm, RecoveredForm, SeenForm

HERE = "/gestion/recouvrements"
DONE = {
    Act.ISSUE: "L'ordre est émis : le fournisseur est prévenu par courriel.",
    Act.REFUSE: "La proposition est refusée.",
    Act.CONFIRM: "Le recouvrement est enregistré, son montant est rendu à l'enveloppe.",
}
_CAPABILITIES = {
    Act.ISSUE: Capability.ISSUE_RECOVERY,
    Act.REFUSE: Capability.ISSUE_RECOVERY,
    Act.CONFIRM: Capability.CONFIRM_RECOVERY,
}
_FORMS = {Act.ISSUE: SeenForm, Act.REFUSE: CommentForm, Act.CONFIRM: RecoveredForm}


class Recoveries(Grid):
    """The last proposed first."""

    capability = Capability.READ_PAYMENTS
    model = RecoveryOrder
    title = "Ordres de recouvrement"
    default_sort = ("proposed_at", True)
    joins = (
        Join(FundingRequest, FundingRequest.id == RecoveryOrder.request_id),
        Join(Supplier, Supplier.id == FundingRequest.supplier_id),
    )
    columns = (
        Column("number", RecoveryOrder.number),
        Column("request", FundingRequest.number, label="Demande"),
        by_name("supplier", Supplier.name, "Fournisseur"),
        Column("amount", RecoveryOrder.amount, label="Montant (€)", numeric=True),
        Column("is_total", RecoveryOrder.is_total, sortable=False),
        Column("status", RecoveryOrder.status, badge=True),
        Column("proposed_at", RecoveryOrder.proposed_at),
        Column("judged_at", RecoveryOrder.judged_at, label="Émis ou refusé le"),
        Column("recovered_on", RecoveryOrder.recovered_on),
    )
    filters: ClassVar[Sequence[Filter]] = (
        Filter("numero", "Ordre de recouvrement", RecoveryOrder.number),
        RequestNumberFilter("demande", "Numéro de demande", RecoveryOrder.request_id, FundingRequest.number),
        SupplierFilter("fournisseur", "Fournisseur (nom ou SIRET)"),
        ChoiceFilter("statut", "Statut", RecoveryOrder.status, choices_of(RecoveryStatus)),
        PeriodFilter("du", "Proposé entre le", RecoveryOrder.proposed_at, label_to="et le"),
    )

    def row_url(self, row: Any) -> str:
        return f"{HERE}/{row.number}"

    @expose("/<number>")
    def order(self, number: str) -> ResponseReturnValue:
        return self._page(_found(number))

    @expose("/<number>/<act>", methods=("POST",))
    def act(self, number: str, act: str) -> ResponseReturnValue:
        what = next((one for one in DONE if one.value == act), None) or abort(404)
        require(_CAPABILITIES[what])
        order, form = _found(number), _FORMS[what]().apart(act)
        valid = form.validate()
        if "seen" in form.errors:
            abort(400)
        if not valid or not attempt(form, lambda: _do(order, what, form)):
            return self._page(_found(number), {what: form}), 422
        flash(DONE[what], "success")
        return redirect(f"{HERE}/{number}", 303)

    def _page(self, order: RecoveryOrder, tried: dict[Act, Any] | None = None) -> str:
        tried = tried or {}
        rows = recovery_workflow.acts_open_to(order.status, current_user.role_set)
        return self.render(
            "staff/recovery_order.html",
            order=order,
            here=f"{HERE}/{order.number}",
            offered=[(row.act, _held(order, row), tried.get(row.act) or _fresh(order, row.act)) for row in rows],
            tried=tried,
            trail=audit.entries_of(recoveries.SUBJECT, order.number),
            words=audit_words,
        )


def _found(number: str) -> RecoveryOrder:
    return recoveries.find(key(number)) or abort(404)


def _fresh(order: RecoveryOrder, act: Act) -> Any:
    return _FORMS[act](formdata=None, data={"seen": order.version}).apart(act.value)


def _held(order: RecoveryOrder, row: Transition) -> str:
    """Why the act is closed to this person, or nothing."""
    try:
        request_service.refuse_same_person(order.payment.avenant, row.duty, actor())
    except NotAllowed as held:
        return str(held)
    return ""


def _do(order: RecoveryOrder, act: Act, form: Any) -> object:
    who, seen = actor(), int(form.seen.data)
    if act is Act.ISSUE:
        return recoveries.issue(order, who, seen=seen)
    if act is Act.REFUSE:
        return recoveries.refuse(order, form.comment.data, who, seen=seen)
    return recoveries.confirm(order, form.paid_on.data, form.reference.data, who, seen=seen)
