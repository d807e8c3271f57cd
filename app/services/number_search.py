"""« Numéro de demande » contains, « Couloir »: which requests have these characters in their number?

PostgreSQL: a trigram index that its planner takes for a rare term and leaves for a common one. SQLite: a full-text
table of trigrams for a rare term; a common one is looked for row by row in the order of the list, and met at once.
"""

import sqlalchemy as sa

from app.domain import limits, numbers
from app.extensions import db
from app.models.requests import Avenant

# The trigrams of the numbers, filled by triggers (docs/data-model.md).
TRIGRAMS = sa.table("avenant_number_fts", sa.column("rowid", sa.Integer), sa.column("avenant_number_fts", sa.String))


def contains(text: str) -> sa.ColumnElement[bool]:
    """The WHERE on `Avenant` of the numbers that hold this text, three characters or more, whatever its case."""
    sought = text.upper()
    if not (sought.isascii() and sought.isalnum()):  # what no number holds
        return sa.false()
    if db.engine.dialect.name == "sqlite" and not _is_common(sought):
        return Avenant.id.in_(_matching(sought))
    return Avenant.number.like(f"%{sought}%")


def of_corridor(code: str) -> sa.ColumnElement[bool]:
    """The WHERE on `Avenant` of a corridor, whose code is in every number: no other table is read."""
    return contains(numbers.dossier_prefix(code))


def _matching(sought: str) -> sa.Select[tuple[int]]:
    return sa.select(TRIGRAMS.c.rowid).where(TRIGRAMS.c.avenant_number_fts.op("MATCH")(f'"{sought}"'))


def _is_common(sought: str) -> bool:
    """True above what a list counts: walking through it, such numbers are met soon enough."""
    some = _matching(sought).limit(limits.COUNTED_UP_TO + 1).subquery()
    return (db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0) > limits.COUNTED_UP_TO
