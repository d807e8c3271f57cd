"""What a person may do to a request now, and why not when a duty he already holds, or a payment, stands in the way.

The screens draw their buttons from it; the services refuse again by themselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain import recovery_workflow, request_workflow
from app.domain.enums import RequestStatus, Role
from app.domain.errors import NotAllowed
from app.domain.request_workflow import Action
from app.domain.separation import Duty
from app.models.payments import Payment
from app.models.requests import Avenant
from app.services import decisions, payments, recovery_facts
from app.services import requests as request_service
from app.services.actors import Actor

PAY, CONFIRM, RECOVERY = "order", "confirm", "recovery"
_DUTY = {Action.VALIDATE: Duty.VALIDATE, Action.REJECT: Duty.VALIDATE, Action.DECIDE: Duty.DECIDE}


@dataclass(frozen=True, slots=True)
class Offer:
    """A button. `key`: an `Action` value, or `PAY`, `CONFIRM`, `RECOVERY`. `refusal`: why it is closed to this
    person, or empty."""

    key: str
    label: str
    needs_comment: bool = False
    refusal: str = ""


def of(avenant: Avenant, actor: Actor, payment: Payment | None) -> list[Offer]:
    """The offers of this request to this person, in the order of the workflow. `payment`: that of the avenant."""
    return [
        *_transitions(avenant, actor, payment),
        *_payments(avenant, actor, payment),
        *_recovery(avenant, actor, payment),
    ]


def _transitions(avenant: Avenant, actor: Actor, payment: Payment | None) -> Iterator[Offer]:
    for row in request_workflow.actions_open_to(avenant.status, actor.roles):
        label = Action.CANCEL.label if row.action is Action.CANCEL_DECIDED else row.action.label
        yield Offer(row.action.value, label, row.needs_comment, _refusal(avenant, row.action, actor, payment))


def _refusal(avenant: Avenant, action: Action, actor: Actor, payment: Payment | None) -> str:
    if action is Action.CANCEL_DECIDED and payment is not None:
        return decisions.ORDERED
    return _held(avenant, _DUTY[action], actor) if action in _DUTY else ""


def _payments(avenant: Avenant, actor: Actor, payment: Payment | None) -> Iterator[Offer]:
    if avenant.status is not RequestStatus.DECIDED:
        return
    if Role.AUTHORISER in actor.roles and payment is None and avenant.amount:
        yield Offer(PAY, payments.ORDER, refusal=_held(avenant, Duty.ORDER, actor))
    if Role.ACCOUNTANT in actor.roles and payment is not None and payment.paid_on is None:
        yield Offer(CONFIRM, payments.CONFIRM, refusal=_held(avenant, Duty.CONFIRM, actor))


def _recovery(avenant: Avenant, actor: Actor, payment: Payment | None) -> Iterator[Offer]:
    row = recovery_workflow.BY_ACT[recovery_workflow.Act.PROPOSE]
    if avenant.status is not RequestStatus.DECIDED or payment is None or payment.paid_on is None:
        return
    running = recovery_facts.open_of(payment)
    if row.role not in actor.roles or not (running or recovery_facts.left_of(payment)):
        return
    refusal = f"L'ordre de recouvrement {running.number} est en cours." if running else ""
    yield Offer(RECOVERY, row.act.label, refusal=refusal or _held(avenant, row.duty, actor))


def _held(avenant: Avenant, duty: Duty, actor: Actor) -> str:
    try:
        request_service.refuse_same_person(avenant, duty, actor)
    except NotAllowed as held:
        return str(held)
    return ""
