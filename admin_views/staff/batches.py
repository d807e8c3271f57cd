"""Choosing a batch of requests, then seeing its total before it is done: « Décider » and « Mettre en paiement ».

Each chosen request travels with the version seen of it (« 12-3 » is avenant 12 at version 3), so that the batch is
refused whole when one of them changed meanwhile.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import abort, request
from flask_login import current_user

from admin_views.arguments import refuse_unknown
from admin_views.criteria import ChoiceFilter, Filter, choices_of
from admin_views.rows import Rows
from admin_views.staff.criteria import RequestsOfFilter, corridors
from admin_views.surround import Criteria
from admin_views.whole_numbers import whole
from app.domain.amounts import ZERO
from app.domain.enums import Phase
from app.domain.errors import Conflict, RuleBroken
from app.extensions import db
from app.models.budget import Envelope
from app.models.requests import Avenant
from app.models.suppliers import Supplier
from app.services import budget, worklists
from app.services.worklists import Task

SHOWN = 200
_CHOSEN = re.compile(r"(\d{1,9})-(\d{1,9})", re.ASCII)
CRITERIA: tuple[Filter, ...] = (
    RequestsOfFilter("fournisseur", "Fournisseur (nom ou SIRET)"),
    ChoiceFilter("couloir", "Couloir", Avenant.corridor_code, corridors),
    ChoiceFilter("type", "Type", Avenant.phase, choices_of(Phase)),
)
SURROUND = Criteria(CRITERIA)


@dataclass(frozen=True, slots=True)
class Batch:
    """One of the two batches: its task, its address, the date its rows show, and whether it needs an
    envelope. `filters` and `surround` are what the search form of the grids reads."""

    task: Task
    heading: str
    url: str
    dated: str
    dated_label: str
    on_envelope: bool = False
    filters: tuple[Filter, ...] = CRITERIA
    surround: Criteria = SURROUND

    def choosing(self, refusal: RuleBroken | None = None) -> tuple[dict[str, Any], int]:
        """The variables of the page where one ticks, and its status: 422 with what was refused."""
        errors: dict[str, str] = {}
        rows: Sequence[Any] = ()
        total = 0
        try:
            rows, total = waiting(self.task)
        except RuleBroken as bad:
            errors[bad.field or ""] = str(bad)
        context = {
            "batch": self,
            "values": request.args,
            "errors": errors,
            "rows": rows,
            "total": total,
            "envelopes": budget.with_money_left() if self.on_envelope else None,
            "refusal": refusal,
            "ticked": set(request.form.getlist("demande")),
            "envelope_id": request.form.get("envelope", ""),
        }
        return context, 422 if errors or refusal else 200

    def confirming(
        self, rows: Sequence[Any], envelope: Envelope | None = None, refusal: RuleBroken | None = None
    ) -> tuple[dict[str, Any], int]:
        """The variables of the page that shows the total before anything is done."""
        context = {"batch": self, "rows": rows, "total": total_of(rows), "envelope": envelope, "refusal": refusal}
        return context, 422 if refusal else 200


def waiting(task: Task) -> tuple[Sequence[Any], int]:
    """The oldest requests that wait for this person, under the criteria of the page, and how many there are in all
    (`Rows.count`).

    Raises `RuleBroken` for a bad criterion; an unknown argument is a 400.
    """
    refuse_unknown(name for criterion in CRITERIA for name in criterion.names)
    given = request.args.to_dict(flat=False)
    criteria = [condition for criterion in CRITERIA for condition in criterion.conditions(given)]
    waits = Rows(Avenant, (), (worklists.condition(task, current_user.id), *criteria))
    age = (Avenant.deposited_at, Avenant.id)  # the supplier who has waited longest first
    oldest = waits.narrowed(Avenant.id).order_by(*age).limit(SHOWN)
    return db.session.execute(_rows().where(Avenant.id.in_(oldest)).order_by(*age)).all(), waits.count()


def chosen(task: Task) -> Sequence[Any]:
    """The rows of the requests chosen in the form. Raises `RuleBroken` (none) or `Conflict` (one is there no more)."""
    seen = dict(pairs())
    if not seen:
        raise RuleBroken("Choisissez au moins une demande.")
    query = _rows().where(Avenant.id.in_(seen), worklists.condition(task, current_user.id)).order_by(Avenant.id)
    rows = db.session.execute(query).all()
    if {row.id: row.version for row in rows} != seen:
        raise Conflict(
            "Une des demandes choisies a changé, ou ne vous revient plus. Rien n'a été enregistré :"
            " reprenez votre choix."
        )
    return rows


def pairs() -> list[tuple[int, int]]:
    """(avenant id, version seen) of each box ticked; 400 for what is no such pair, or more boxes than the page has: all
    of them are locked at once."""
    found = [_CHOSEN.fullmatch(text) for text in request.form.getlist("demande")]
    if not all(found) or len(found) > SHOWN:
        abort(400)
    return [(int(one[1]), int(one[2])) for one in found if one]


def total_of(rows: Sequence[Any]) -> Decimal:
    """The sum of the amounts, in euros."""
    return sum((row.amount or ZERO for row in rows), ZERO)


def envelope_of(text: str) -> Envelope:
    """The envelope chosen in a list. Raises `RuleBroken` at its field when it is none."""
    envelope_id = whole(text)
    envelope = None if envelope_id is None else db.session.get(Envelope, envelope_id)
    if envelope is None:
        raise RuleBroken("Choisissez une enveloppe de la liste.", field="envelope")
    return envelope


_COLUMNS: tuple[Any, ...] = (
    Avenant.id,
    Avenant.version,
    Avenant.number,
    Avenant.phase,
    Avenant.judged_at,
    Avenant.decided_at,
    Avenant.amount,
    Avenant.corridor_code,
    Avenant.software_type,
    Supplier.name.label("supplier"),
)


def _rows() -> sa.Select[Any]:
    return sa.select(*_COLUMNS).join(Supplier, Supplier.id == Avenant.supplier_id)
