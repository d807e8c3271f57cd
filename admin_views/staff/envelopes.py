"""Envelopes: the grid, one of them, and its two signatures: a décideur proposes, an ordonnateur approves."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import abort, flash, redirect
from flask_admin import expose
from flask_login import current_user
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from admin_views.columns import Column, by_name
from admin_views.criteria import ChoiceFilter, Filter
from admin_views.grid import Grid
from admin_views.staff.criteria import AnyOfFilter, corridors
from admin_views.staff.writing import actor, attempt, key, may, one_commit, require
from app.domain.enums import ProposalStatus
from app.domain.permissions import Capability
from app.extensions import db
from app.models.budget import Decision, Envelope, EnvelopeChange
from app.services import budget
from forms.staff import EnvelopeForm, IncreaseForm

HERE = "/gestion/enveloppes"
TO_APPROVE = f"{HERE}/a-approuver"
_AVAILABLE = sa.type_coerce(Envelope.total - Envelope.used, Envelope.total.type)
VERDICTS = {"approuver": True, "refuser": False}


class Envelopes(Grid):
    capability = Capability.READ_ENVELOPES
    model = Envelope
    title = "Enveloppes"
    page_template = "staff/envelopes.html"
    default_sort = ("code", False)
    columns = (
        Column("code", Envelope.code),
        by_name("label", Envelope.label),
        Column("corridor_code", Envelope.corridor_code, shown=lambda code: code or "Tous"),
        Column("total", Envelope.total, label="Montant total (€)", numeric=True),
        Column("used", Envelope.used, label="Montant décidé (€)", numeric=True),
        Column("available", _AVAILABLE, label="Disponible (€)", numeric=True),
        Column("created_at", Envelope.created_at),
    )
    filters: ClassVar[Sequence[Filter]] = (
        AnyOfFilter("enveloppe", "Enveloppe (code ou libellé)", (Envelope.code, Envelope.label)),
        ChoiceFilter("couloir", "Couloir", Envelope.corridor_code, corridors),
    )

    def row_url(self, row: Any) -> str:
        return f"{HERE}/{row.code}"

    def page_context(self) -> dict[str, Any]:
        return {"proposes": may(Capability.PROPOSE_ENVELOPE), "approves": may(Capability.APPROVE_ENVELOPE)}

    @expose("/<code>")
    def envelope(self, code: str) -> str:
        return self._page(_find(code), IncreaseForm(formdata=None))

    @expose("/<code>/augmentation", methods=["POST"])
    def increase(self, code: str) -> Response | tuple[str, int]:
        require(Capability.PROPOSE_ENVELOPE)
        envelope, form = _find(code), IncreaseForm()
        if not form.validate() or not attempt(
            form,
            lambda: budget.propose_increase(
                envelope, form.amount.amount or Decimal(0), actor(), reason=form.reason.data or ""
            ),
        ):
            return self._page(_find(code), form), 422
        flash("L'augmentation est proposée : un ordonnateur doit l'approuver.", "success")
        return redirect(f"{HERE}/{code}")

    @expose("/nouvelle", methods=["GET", "POST"])
    def new(self) -> Response | str | tuple[str, int]:
        require(Capability.PROPOSE_ENVELOPE)
        form = EnvelopeForm()
        form.corridor.choices = [("", "Tous"), *corridors()]
        if not form.is_submitted():
            return self.render("staff/envelope_new.html", form=form)
        if not form.validate() or not attempt(form, lambda: _propose(form)):
            return self.render("staff/envelope_new.html", form=form), 422
        flash(f"L'enveloppe {form.code.data} est proposée : un ordonnateur doit l'approuver.", "success")
        return redirect(f"{HERE}/{form.code.data}")

    @expose("/a-approuver")
    def proposals(self) -> str:
        require(Capability.APPROVE_ENVELOPE)
        query = _changes().where(EnvelopeChange.status == ProposalStatus.PROPOSED)
        return self.render("staff/proposals.html", changes=db.session.scalars(query).all(), mine=current_user.id)

    @expose("/a-approuver/<row:change_id>/<verdict>", methods=["POST"])
    def judge(self, change_id: int, verdict: str) -> Response:
        require(Capability.APPROVE_ENVELOPE)
        if verdict not in VERDICTS:
            abort(404)
        change = db.session.get(EnvelopeChange, change_id) or abort(404)
        with one_commit():
            budget.judge(change, VERDICTS[verdict], actor())
        flash(f"Enveloppe {change.envelope.code} : proposition {change.status.label.lower()}.", "success")
        return redirect(TO_APPROVE)

    def _page(self, envelope: Envelope, form: IncreaseForm) -> str:
        decisions = sa.select(Decision).where(Decision.envelope_id == envelope.id).order_by(Decision.id.desc())
        return self.render(
            "staff/envelope.html",
            envelope=envelope,
            changes=db.session.scalars(_changes().where(EnvelopeChange.envelope_id == envelope.id)).all(),
            decisions=db.session.scalars(decisions.options(joinedload(Decision.decided_by)).limit(200)).all(),
            proposes=may(Capability.PROPOSE_ENVELOPE),
            form=form,
        )


def _find(code: str) -> Envelope:
    return db.session.scalar(sa.select(Envelope).where(Envelope.code == key(code))) or abort(404)


def _changes() -> sa.Select[tuple[EnvelopeChange]]:
    return (
        sa.select(EnvelopeChange)
        .options(
            joinedload(EnvelopeChange.envelope),
            joinedload(EnvelopeChange.proposed_by),
            joinedload(EnvelopeChange.judged_by),
        )
        .order_by(EnvelopeChange.id.desc())
    )


def _propose(form: EnvelopeForm) -> EnvelopeChange:
    return budget.propose_envelope(
        form.code.data or "",
        form.label.data or "",
        form.amount.amount or Decimal(0),
        actor(),
        corridor_code=form.corridor.data,
        reason=form.reason.data or "",
    )
