"""Envelopes: a décideur proposes one or an increase, an ordonnateur approves; a decision reserves, a cancellation gives
back. Amounts in euros."""

from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa

from app.domain.amounts import ZERO
from app.domain.enums import EnvelopeChangeKind, ProposalStatus, Role
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.extensions import db
from app.models.budget import Envelope, EnvelopeChange
from app.services import audit, clock, formats
from app.services.actors import Actor


def propose_envelope(
    code: str, label: str, amount: Decimal, actor: Actor, *, corridor_code: str | None = None, reason: str = ""
) -> EnvelopeChange:
    """A new envelope, empty until approved. Raises `RuleBroken` when the code is taken or the amount not positive."""
    _only(Role.DECIDER, actor, "proposer une enveloppe")
    if db.session.scalar(sa.select(Envelope.id).where(Envelope.code == code)):
        raise RuleBroken(f"L'enveloppe {code} existe déjà.", field="code")
    envelope = Envelope(code=code, label=label, corridor_code=corridor_code or None, created_at=clock.now())
    db.session.add(envelope)
    return _propose(envelope, EnvelopeChangeKind.CREATION, amount, actor, reason)


def propose_increase(envelope: Envelope, amount: Decimal, actor: Actor, *, reason: str = "") -> EnvelopeChange:
    """More money for an envelope, once approved."""
    _only(Role.DECIDER, actor, "proposer une augmentation")
    return _propose(envelope, EnvelopeChangeKind.INCREASE, amount, actor, reason)


def _propose(
    envelope: Envelope, kind: EnvelopeChangeKind, amount: Decimal, actor: Actor, reason: str
) -> EnvelopeChange:
    if amount <= ZERO:
        raise RuleBroken("Le montant doit être supérieur à zéro.", field="amount")
    assert actor.id is not None
    change = EnvelopeChange(
        envelope=envelope,
        kind=kind,
        amount=amount,
        reason=reason.strip(),
        status=ProposalStatus.PROPOSED,
        proposed_by_id=actor.id,
        proposed_at=clock.now(),
    )
    db.session.add(change)
    db.session.flush()
    audit.record("propose", "envelope", envelope.code, actor, after={"kind": kind.value, "amount": str(amount)})
    return change


def judge(change: EnvelopeChange, approved: bool, actor: Actor) -> None:
    """Approve or refuse a proposal. Raises `NotAllowed` (role, same person) or `Conflict` (already judged)."""
    _only(Role.AUTHORISER, actor, "approuver une enveloppe")
    db.session.refresh(change, with_for_update=True)
    if change.status is not ProposalStatus.PROPOSED:
        raise Conflict(f"Cette proposition est déjà « {change.status.label} ».")
    if change.proposed_by_id == actor.id:
        raise NotAllowed("Vous avez fait cette proposition : une autre personne doit l'approuver.")
    change.status = ProposalStatus.APPROVED if approved else ProposalStatus.REFUSED
    change.judged_by_id, change.judged_at = actor.id, clock.now()
    before = change.envelope.total
    if approved:
        db.session.execute(
            sa.update(Envelope)
            .where(Envelope.id == change.envelope_id)
            .values(total=Envelope.total + change.amount)
            .execution_options(synchronize_session=False)
        )
    db.session.flush()
    db.session.refresh(change.envelope)
    audit.record(
        "approve" if approved else "refuse",
        "envelope",
        change.envelope.code,
        actor,
        before={"total": str(before)},
        after={"total": str(change.envelope.total)},
    )


def with_money_left(corridor_code: str | None = None) -> Sequence[Envelope]:
    """The envelopes that have money left, for one corridor (its own and the common ones) or for all."""
    query = sa.select(Envelope).where(Envelope.total > Envelope.used).order_by(Envelope.code)
    if corridor_code is not None:
        query = query.where(sa.or_(Envelope.corridor_code.is_(None), Envelope.corridor_code == corridor_code))
    return db.session.scalars(query).all()


def hold(corridor_code: str) -> list[Envelope]:
    """The envelopes a corridor draws on, its own first, kept until the commit: what is left of each is sure."""
    of_corridor = sa.or_(Envelope.corridor_code.is_(None), Envelope.corridor_code == corridor_code)
    query = sa.select(Envelope).where(of_corridor, Envelope.total > Envelope.used).order_by(Envelope.id)
    held = db.session.scalars(query.with_for_update().execution_options(populate_existing=True))
    return sorted(held, key=lambda one: one.corridor_code is None)


def reserve(envelope: Envelope, amount: Decimal) -> None:
    """Take `amount` from an envelope, or raise `RuleBroken`: one UPDATE that never goes beyond the total."""
    taken = db.session.execute(
        sa.update(Envelope)
        .where(Envelope.id == envelope.id, Envelope.used + amount <= Envelope.total)
        .values(used=Envelope.used + amount)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(envelope)
    if taken.rowcount != 1:
        raise RuleBroken(
            f"L'enveloppe « {envelope.label} » ne suffit pas : il reste {formats.euros(envelope.available)} € pour"
            f" {formats.euros(amount)} € à décider. Aucune demande n'a été décidée.",
            field="envelope",
        )


def give_back(envelope: Envelope, amount: Decimal) -> None:
    """Return the amount of a cancelled request."""
    db.session.execute(
        sa.update(Envelope)
        .where(Envelope.id == envelope.id)
        .values(used=Envelope.used - amount)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(envelope)


def _only(role: Role, actor: Actor, what: str) -> None:
    if role not in actor.roles:
        raise NotAllowed(f"Seul un {role.label.lower()} peut {what}.")
