"""Which rows of a long table hold these characters in a column that has its trigrams, whatever their case?

PostgreSQL: a trigram index that its planner takes for a rare term and leaves for a common one. SQLite: a full-text
table of trigrams for a rare term; a common one is looked for row by row in the order of the list, and met at once.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.domain import limits
from app.extensions import db
from app.models.audit import AuditEntry
from app.models.requests import Avenant


@dataclass(frozen=True, slots=True)
class Trigrams:
    """A column, the key of its table, and the full-text table that SQLite's triggers fill (docs/data-model.md).
    `upper`: it holds capitals only."""

    column: Any
    key: Any
    table: str
    upper: bool = False

    def contains(self, text: str) -> sa.ColumnElement[bool]:
        """The WHERE of the rows that hold this text, three characters or more (`limits.AUTOCOMPLETE_FROM`)."""
        if db.engine.dialect.name == "sqlite" and not self._is_common(text):
            return self.key.in_(self._matching(text))
        like = self.column.like if self.upper else self.column.ilike
        return like(f"%{_escaped(text.upper() if self.upper else text)}%", escape="/")

    def _matching(self, text: str) -> sa.Select[tuple[int]]:
        found = sa.table(self.table, sa.column("rowid", sa.Integer), sa.column(self.table, sa.String))
        quoted = text.replace('"', '""')
        return sa.select(found.c.rowid).where(found.c[self.table].op("MATCH")(f'"{quoted}"'))

    def _is_common(self, text: str) -> bool:
        """True above what a list counts: walking through it, such rows are met soon enough."""
        some = self._matching(text).limit(limits.COUNTED_UP_TO + 1).subquery()
        return (db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0) > limits.COUNTED_UP_TO


def _escaped(text: str) -> str:
    for sign in "/%_":
        text = text.replace(sign, f"/{sign}")
    return text


NUMBERS = Trigrams(Avenant.number, Avenant.id, "avenant_number_fts", upper=True)
SUBJECTS = Trigrams(AuditEntry.subject, AuditEntry.id, "audit_subject_fts")
