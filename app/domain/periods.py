"""What a period typed in a form may be. Days are legal days of Paris, both included."""

import datetime as dt

from app.domain.errors import RuleBroken

YEARS = range(1900, 3000)  # beyond, the midnight of Paris has no UTC


def check(first: dt.date | None, last: dt.date | None, fields: tuple[str, str]) -> None:
    """Raises `RuleBroken` naming the field of a day out of reason, or the second when it precedes the first. None: not
    given."""
    for day, name in zip((first, last), fields, strict=True):
        if day and day.year not in YEARS:
            raise RuleBroken(f"Saisissez une date entre {YEARS[0]} et {YEARS[-1]}.", field=name)
    if first and last and last < first:
        raise RuleBroken("La seconde date précède la première.", field=fields[1])
