"""Payment orders: the grid, one of them with its payments to confirm, and « Mettre en paiement » a batch."""

from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import abort, flash, redirect
from flask_admin import expose
from flask_login import current_user
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from admin_views.columns import Column, by_name
from admin_views.criteria import ChoiceFilter, Filter, PeriodFilter
from admin_views.grid import Grid
from admin_views.rows import Join
from admin_views.staff import batches
from admin_views.staff.batches import Batch
from admin_views.staff.writing import actor, attempt, key, may, one_commit, require
from app.domain.amounts import ZERO
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.domain.permissions import Capability
from app.extensions import db
from app.models.payments import Payment, PaymentOrder
from app.models.requests import Avenant
from app.models.users import User
from app.services import payments as payment_service
from app.services import worklists
from app.services.worklists import Task
from forms.staff import PaymentForm

HERE = "/gestion/paiements"
BATCH = Batch(Task.ORDER, "Mettre en paiement", f"{HERE}/nouveau", "decided_at", "Décidée le")
HELD = "Vous avez déjà assuré une autre étape de ce dossier : ce paiement revient à une autre personne."
_OPEN = sa.and_(Payment.order_id == PaymentOrder.id, Payment.paid_on.is_(None))
_LEFT = sa.select(sa.func.count()).select_from(Payment).where(_OPEN).correlate(PaymentOrder).scalar_subquery()


class StateFilter(ChoiceFilter):
    """Orders of which some payment waits, or none."""

    def condition(self, text: str) -> Any:
        ChoiceFilter.condition(self, text)
        waits = sa.exists().where(_OPEN).correlate(PaymentOrder)
        return waits if text == "a_enregistrer" else ~waits


STATES = (("a_enregistrer", "Paiements à enregistrer"), ("termine", "Tout est payé"))


class Payments(Grid):
    capability = Capability.READ_PAYMENTS
    model = PaymentOrder
    title = "Ordres de paiement"
    joins = (Join(User, User.id == PaymentOrder.ordered_by_id),)
    columns = (
        Column("number", PaymentOrder.number),
        Column("ordered_at", PaymentOrder.ordered_at),
        by_name("ordered_by", User.full_name, label="Mis en paiement par"),
        Column("payment_count", PaymentOrder.payment_count, numeric=True),
        Column("left", _LEFT, label="Restant à enregistrer", numeric=True, sortable=False),
        Column("control_total", PaymentOrder.control_total, label="Total de contrôle (€)", numeric=True),
    )
    filters: ClassVar[Sequence[Filter]] = (
        Filter("numero", "Ordre de paiement", PaymentOrder.number),
        StateFilter("etat", "État", None, lambda: STATES),
        PeriodFilter("du", "Mis en paiement entre le", PaymentOrder.ordered_at, label_to="et le"),
    )

    def row_url(self, row: Any) -> str:
        return f"{HERE}/{row.number}"

    @expose("/<number>")
    def order(self, number: str) -> str:
        return self._page(_find(number))

    @expose("/<number>/<row:payment_id>/enregistrer", methods=["POST"])
    def confirm(self, number: str, payment_id: int) -> Response | tuple[str, int]:
        require(Capability.CONFIRM_PAYMENT)
        order = _find(number)
        payment = next((one for one in order.payments if one.id == payment_id), None) or abort(404)
        form = PaymentForm().apart(str(payment_id))
        valid = form.validate()
        if form.seen.errors:
            abort(400)
        if not valid or not attempt(
            form,
            lambda: payment_service.confirm(
                payment, form.paid_on.data, form.reference.data, actor(), seen=form.seen.data
            ),
        ):
            return self._page(_find(number), {payment_id: form}), 422
        flash(f"Le paiement de {payment.avenant.number} est enregistré.", "success")
        return redirect(f"{HERE}/{number}")

    @expose("/nouveau")
    def choose(self) -> tuple[str, int]:
        require(Capability.ORDER_PAYMENT)
        return self._choose()

    @expose("/nouveau/verifier", methods=["POST"])
    def verify(self) -> tuple[str, int]:
        require(Capability.ORDER_PAYMENT)
        try:
            rows = batches.chosen(Task.ORDER)
        except Conflict:
            raise
        except RuleBroken as refusal:
            return self._choose(refusal)
        return self._confirm(rows)

    @expose("/nouveau", methods=["POST"])
    def make(self) -> Response | tuple[str, int]:
        require(Capability.ORDER_PAYMENT)
        try:
            with one_commit():
                made = payment_service.order(batches.pairs(), actor())
        except (Conflict, NotAllowed):
            raise
        except RuleBroken as refusal:
            db.session.rollback()
            return self._confirm(batches.chosen(Task.ORDER), refusal)
        flash(f"L'ordre de paiement {made.number} est enregistré.", "success")
        return redirect(f"{HERE}/{made.number}")

    def _page(self, order: PaymentOrder, tried: dict[int, PaymentForm] | None = None) -> str:
        return self.render(
            "staff/payment_order.html",
            order=order,
            lines=_lines(order, tried or {}),
            sum_of_payments=sum((payment.amount for payment in order.payments), ZERO),
            reads_bank=may(Capability.READ_BANK),
            reads_iban=may(Capability.READ_IBAN),
            tried=tried or {},
        )

    def _choose(self, refusal: RuleBroken | None = None) -> tuple[str, int]:
        context, code = BATCH.choosing(refusal)
        return self.render("staff/batch_choose.html", **context), code

    def _confirm(self, rows: Any, refusal: RuleBroken | None = None) -> tuple[str, int]:
        context, code = BATCH.confirming(rows, None, refusal)
        return self.render("staff/batch_confirm.html", **context), code


def _find(number: str) -> PaymentOrder:
    query = (
        sa.select(PaymentOrder)
        .where(PaymentOrder.number == key(number))
        .options(joinedload(PaymentOrder.payments).joinedload(Payment.avenant).joinedload(Avenant.supplier))
    )
    return db.session.scalars(query).unique().one_or_none() or abort(404)


def _lines(order: PaymentOrder, tried: dict[int, PaymentForm]) -> list[tuple[Payment, PaymentForm | None, str]]:
    """Each payment with the form that confirms it, or why it is closed to this person, or neither."""
    if not may(Capability.CONFIRM_PAYMENT):
        return [(payment, None, "") for payment in order.payments]
    mine = set(
        db.session.scalars(
            sa.select(Payment.id)
            .join(Avenant, Avenant.id == Payment.avenant_id)
            .where(Payment.order_id == order.id, worklists.condition(Task.CONFIRM, current_user.id))
        )
    )
    return [(payment, *_confirmation(payment, mine, tried)) for payment in order.payments]


def _confirmation(payment: Payment, mine: set[int], tried: dict[int, PaymentForm]) -> tuple[PaymentForm | None, str]:
    if payment.paid_on is not None:
        return None, ""
    if payment.id not in mine:
        return None, HELD
    form = tried.get(payment.id)
    if form is None:
        form = PaymentForm(formdata=None, seen=payment.avenant.version)
        form.apart(str(payment.id))
    return form, ""
