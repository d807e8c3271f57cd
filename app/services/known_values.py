"""Which values of a column hold a text, when its values are few in a table that is long: actors, events, recipients.

They are met by hopping from one to the next along an index that begins with the column: as many steps as values,
whatever the number of rows. The rows are then sought by value.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from app.domain.folding import holds
from app.extensions import db
from app.services import bulk_rows


def of(column: Any) -> list[str]:
    """Every value of the column, in its order."""
    hops = sa.select(sa.func.min(column).label("value")).cte("hops", recursive=True)
    further = sa.select(sa.func.min(column)).where(column > hops.c.value).scalar_subquery()
    hops = hops.union_all(sa.select(further).where(hops.c.value.is_not(None)))
    return list(db.session.scalars(sa.select(hops.c.value).where(hops.c.value.is_not(None))))


def contains(column: Any, text: str, shown: Callable[[str], str] = str) -> sa.ColumnElement[bool]:
    """The WHERE of the values that hold this text, as they are kept or as they are `shown`, whatever its case and its
    accents."""
    found = [value for value in of(column) if holds(value, text) or holds(shown(value), text)]
    if not found:
        return sa.false()
    return column == found[0] if len(found) == 1 else bulk_rows.among(column, found)
