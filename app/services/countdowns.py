"""How long is left to complete a request: days of Paris, and the instant at which it locks.

The days are those of `app.domain.deadlines`; what is counted is the stored date d'expiration.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from app.domain import deadlines
from app.extensions import db
from app.models.requests import Avenant
from app.services import clock, formats, incomplete


@dataclass(frozen=True, slots=True)
class Countdown:
    """`days` before `locks_at` (00:00 in Paris on `expires_on`); 0 once it is locked."""

    expires_on: dt.date
    days: int
    locks_at: dt.datetime

    @property
    def left(self) -> str:
        """« il reste 3 jours », « dernier jour », « verrouillée »."""
        if self.days == 0:
            return "verrouillée"
        return "dernier jour" if self.days == 1 else f"il reste {self.days} jours"

    @property
    def lock(self) -> str:
        """« 30/11/2026 à 00:00 (heure de Paris) »."""
        return f"{formats.minute(self.locks_at)} (heure de Paris)"


def of(expires_on: dt.date) -> Countdown:
    return Countdown(expires_on, deadlines.days_left(expires_on, clock.today()), clock.midnight(expires_on))


def first_of(supplier_id: int) -> Countdown | None:
    """That of the first of a supplier's requests that will lock; None when none waits."""
    first = db.session.scalar(
        sa.select(sa.func.min(Avenant.expires_on)).where(
            incomplete.condition(supplier_id), Avenant.expires_on > clock.today()
        )
    )
    return of(first) if first else None
