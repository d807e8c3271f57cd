"""Where a corridor's document says so, an avance is decided as soon as it is deposited: by which gate, on which money?

Guide « Opérateur MSS »: the request is validated by itself and goes « Décidée ». It passes the gate of every decision
(`decisions.decide`); without money on an envelope it stays « Validée » (settled: no source says).
"""

from collections.abc import Sequence

from app.domain.amounts import ZERO
from app.domain.request_workflow import Action
from app.models.budget import Decision, Envelope
from app.models.requests import Avenant
from app.services import decisions, messages
from app.services import requests as request_service
from app.services.actors import SYSTEM
from app.services.messages import Event


def decide(avenant: Avenant, held: Sequence[Envelope]) -> Decision | None:
    """Validate, then decide on the first of these envelopes (`budget.hold`) that has room. None when none has."""
    request_service.act(avenant, Action.VALIDATE, SYSTEM)
    envelope = next((one for one in held if one.available >= (avenant.amount or ZERO)), None)
    if envelope is None:
        return None
    decision = decisions.decide(envelope, [(avenant.id, avenant.version)], SYSTEM)
    messages.tell_supplier(Event.REQUEST_DECIDED, avenant, f"{avenant.id}")
    return decision
