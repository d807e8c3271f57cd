"""When a request changed its status or its payment state, since its deposit: read in the audit, without anybody's name.

Shown in « Historique » (guide « Les écrans du portail », § 5.2: the versions of the request since its first deposit).
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.domain.enums import PaymentState, RequestStatus
from app.models.requests import Avenant
from app.services import audit


@dataclass(frozen=True, slots=True)
class Step:
    at: dt.datetime
    label: str


def of(avenant: Avenant) -> tuple[Step, ...]:
    """The steps of the request, oldest first. What retention emptied is left out."""
    entries = reversed(audit.entries_of("request", avenant.number))
    deposit = Step(avenant.deposited_at, "Dépôt de la demande")
    changes = (Step(entry.at, label) for entry in entries for label in _changes(entry.payload or {}))
    return (deposit, *changes)


def _changes(payload: dict[str, Any]) -> Iterator[str]:
    before, after = payload.get("before") or {}, payload.get("after") or {}
    if before and before.get("status") != after.get("status") and after.get("status") in list(RequestStatus):
        yield f"Statut : {RequestStatus(after['status']).label}"
    state = after.get("payment_state")
    if before and before.get("payment_state") != state and state in list(PaymentState):
        yield PaymentState(state).label
