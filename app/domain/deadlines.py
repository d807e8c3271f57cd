"""Every delay of the scheme, in calendar days of Europe/Paris. The number of days is data of the corridor.

Sources: guide « Les écrans du portail », § 9 (7 days: 23/03/2022 → 30/03/2022); guide « Modification d'une demande de
solde SAS » (J+10, J+20), applied to all corridors (inferred).
"""

import datetime as dt
from collections.abc import Iterable


def expiry(deposited_on: dt.date, days: int) -> dt.date:
    """« Date d'expiration » of a non-completed request: it is locked from 00:00 Paris on that day, then purged."""
    return deposited_on + dt.timedelta(days=days)


def is_locked(expires_on: dt.date, today: dt.date) -> bool:
    """True from the date d'expiration on: pieces may no longer be added."""
    return today >= expires_on


def days_left(expires_on: dt.date, today: dt.date) -> int:
    """Calendar days before the lock: 7 on the day of the deposit, 1 on the last day, 0 once it is locked."""
    return max(0, (expires_on - today).days)


def due_reminder(deposited_on: dt.date, today: dt.date, days: Iterable[int]) -> int | None:
    """The latest of the reminders due by today (J+2, J+5…), None before the first: after days of absence, the earlier
    ones are no longer sent."""
    return max((day for day in days if deposited_on + dt.timedelta(days=day) <= today), default=None)


def amendment_reminder(asked_on: dt.date, days: int) -> dt.date:
    """J+10: the day on which the reminder leaves."""
    return asked_on + dt.timedelta(days=days)


def amendment_closing(asked_on: dt.date, days: int) -> dt.date:
    """J+20: the first day on which amending is no longer open."""
    return asked_on + dt.timedelta(days=days)
