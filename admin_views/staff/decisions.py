"""Decisions: the grid, one of them, and « Décider » a batch on an envelope, all or nothing."""

from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import abort, flash, redirect, request
from flask_admin import expose
from flask_login import current_user
from werkzeug.wrappers import Response

from admin_views.columns import Column, by_name
from admin_views.criteria import Filter, PeriodFilter
from admin_views.grid import Grid
from admin_views.rows import Join
from admin_views.staff import batches
from admin_views.staff.batches import Batch
from admin_views.staff.criteria import AnyOfFilter
from admin_views.staff.writing import actor, key, one_commit, require
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.domain.permissions import Capability
from app.extensions import db
from app.models.budget import Decision, Envelope
from app.models.requests import Avenant
from app.models.users import User
from app.services import decisions as decision_service
from app.services import staff_scope
from app.services.worklists import Task

HERE = "/gestion/decisions"
BATCH = Batch(Task.DECIDE, "Décider", f"{HERE}/nouvelle", "judged_at", "Validée le", on_envelope=True)


class Decisions(Grid):
    capability = Capability.READ_ENVELOPES
    model = Decision
    title = "Décisions"
    joins = (
        Join(Envelope, Envelope.id == Decision.envelope_id),
        Join(User, User.id == Decision.decided_by_id, outer=True),
    )
    columns = (
        Column("number", Decision.number),
        Column("decided_at", Decision.decided_at),
        Column("envelope", Envelope.code, label="Enveloppe"),
        by_name("decided_by", User.full_name, label="Décidée par"),
        Column("request_count", Decision.request_count, numeric=True),
        Column("total", Decision.total, label="Montant total (€)", numeric=True),
    )
    filters: ClassVar[Sequence[Filter]] = (
        Filter("numero", "Décision", Decision.number),
        AnyOfFilter("enveloppe", "Enveloppe", (Envelope.code, Envelope.label)),
        PeriodFilter("du", "Décidée entre le", Decision.decided_at, label_to="et le"),
    )

    def row_url(self, row: Any) -> str:
        return f"{HERE}/{row.number}"

    @expose("/<number>")
    def decision(self, number: str) -> str:
        found = db.session.scalar(sa.select(Decision).where(Decision.number == key(number))) or abort(404)
        query = (
            sa.select(Avenant)
            .where(Avenant.decision_id == found.id, staff_scope.condition(current_user.role_set))
            .order_by(Avenant.number)
        )
        return self.render("staff/decision.html", decision=found, avenants=db.session.scalars(query).all())

    @expose("/nouvelle")
    def choose(self) -> tuple[str, int]:
        require(Capability.DECIDE)
        return self._choose()

    @expose("/nouvelle/verifier", methods=["POST"])
    def verify(self) -> tuple[str, int]:
        require(Capability.DECIDE)
        try:
            rows = batches.chosen(Task.DECIDE)
            envelope = batches.envelope_of(request.form.get("envelope", ""))
        except Conflict:
            raise
        except RuleBroken as refusal:
            return self._choose(refusal)
        return self._confirm(rows, envelope)

    @expose("/nouvelle", methods=["POST"])
    def decide(self) -> Response | tuple[str, int]:
        require(Capability.DECIDE)
        envelope = batches.envelope_of(request.form.get("envelope", ""))
        try:
            with one_commit():
                made = decision_service.decide(envelope, batches.pairs(), actor())
        except (Conflict, NotAllowed):
            raise
        except RuleBroken as refusal:
            db.session.rollback()
            return self._confirm(batches.chosen(Task.DECIDE), envelope, refusal)
        flash(f"La décision {made.number} est enregistrée.", "success")
        return redirect(f"{HERE}/{made.number}")

    def _choose(self, refusal: RuleBroken | None = None) -> tuple[str, int]:
        context, code = BATCH.choosing(refusal)
        return self.render("staff/batch_choose.html", **context), code

    def _confirm(self, rows: Any, envelope: Envelope, refusal: RuleBroken | None = None) -> tuple[str, int]:
        context, code = BATCH.confirming(rows, envelope, refusal)
        return self.render("staff/batch_confirm.html", **context), code
