"""« Décider »: one request or a batch, on one envelope, all or nothing; and cancelling what was decided."""

from collections.abc import Sequence

import sqlalchemy as sa

from app.domain import numbers, request_workflow
from app.domain.amounts import ZERO
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.domain.request_workflow import Action
from app.domain.separation import Duty
from app.extensions import db
from app.models.budget import Decision, Envelope
from app.models.payments import Payment
from app.models.requests import Avenant
from app.services import audit, budget, clock, counters
from app.services import requests as request_service
from app.services.actors import Actor

ORDERED = "Cette demande est déjà mise en paiement : une fois payée, elle relève d'un ordre de recouvrement."


def decide(envelope: Envelope, chosen: Sequence[tuple[int, int]], actor: Actor) -> Decision:
    """Decide every request of `chosen` (avenant id, version seen) on `envelope`, or none of them.

    Raises `Conflict` (one changed meanwhile), `IllegalAction`, `NotAllowed`, `RuleBroken` (envelope, nothing chosen).
    """
    avenants = lock_all(chosen)
    for avenant in avenants:
        request_workflow.check(avenant.status, Action.DECIDE, actor.roles)
        request_service.refuse_same_person(avenant, Duty.DECIDE, actor)
        _refuse_foreign_corridor(envelope, avenant)
    total = sum((avenant.amount or ZERO for avenant in avenants), ZERO)
    budget.reserve(envelope, total)
    year = clock.today().year
    decision = Decision(
        number=numbers.decision(year, counters.take_one(f"decision-{year}")),
        envelope=envelope,
        decided_by_id=actor.id,
        decided_at=clock.now(),
        request_count=len(avenants),
        total=total,
    )
    db.session.add(decision)
    db.session.flush()
    for avenant in avenants:
        request_service.act(avenant, Action.DECIDE, actor, decision=decision)
    audit.record(
        Action.DECIDE.label,
        "decision",
        decision.number,
        actor,
        after={"envelope": envelope.code, "total": str(total), "requests": [avenant.number for avenant in avenants]},
    )
    return decision


def lock_all(chosen: Sequence[tuple[int, int]]) -> list[Avenant]:
    """The chosen avenants, locked in the order of their ids. Raises `RuleBroken` (none) or `Conflict` (stale)."""
    if not chosen:
        raise RuleBroken("Choisissez au moins une demande.")
    seen = dict(chosen)
    query = (
        sa.select(Avenant)
        .where(Avenant.id.in_(seen))
        .order_by(Avenant.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    avenants = list(db.session.scalars(query))
    if len(avenants) != len(seen):
        raise Conflict("Une des demandes choisies n'existe plus. Rien n'a été enregistré.")
    for avenant in avenants:
        request_service.refuse_stale(avenant, seen[avenant.id])
    return avenants


def _refuse_foreign_corridor(envelope: Envelope, avenant: Avenant) -> None:
    code = avenant.dossier.corridor_code
    if envelope.corridor_code not in (None, code):
        raise RuleBroken(
            f"L'enveloppe « {envelope.label} » est réservée au couloir {envelope.corridor_code} :"
            f" la demande {avenant.number} relève du couloir {code}.",
            field="envelope",
        )


def cancel_decided(avenant: Avenant, actor: Actor, *, comment: str, seen: int | None = None) -> Avenant:
    """Cancel a decided request that is not being paid yet; its amount goes back to the envelope."""
    request_service.lock(avenant)
    request_service.refuse_stale(avenant, seen)
    if db.session.scalar(sa.select(Payment.id).where(Payment.avenant_id == avenant.id)):
        raise NotAllowed(ORDERED)
    decision = db.session.get_one(Decision, avenant.decision_id) if avenant.decision_id else None
    cancelled = request_service.act(avenant, Action.CANCEL_DECIDED, actor, comment=comment)
    if decision is not None:
        budget.give_back(decision.envelope, avenant.amount or ZERO)
    return cancelled
