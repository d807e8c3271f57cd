"""Which rows of a long table hold these characters in a column that has its trigrams, whatever their case?

PostgreSQL: a trigram index that its planner takes for a rare term and leaves for a common one. SQLite: a full-text
table of trigrams for a rare term; a common one is looked for row by row in the order of the list, and met at once.
"""

import functools
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.domain import limits
from app.extensions import db
from app.models.audit import AuditEntry
from app.models.requests import Avenant

TEXT = "sought_text"  # among the parameters of a statement


@dataclass(frozen=True, slots=True, eq=False)
class Trigrams:
    """A column, the key of its table, and the full-text table that SQLite's triggers fill (docs/data-model.md).
    `upper`: it holds capitals only."""

    column: Any
    key: Any
    table: str
    upper: bool = False

    def contains(self, text: str) -> sa.ColumnElement[bool]:
        """The WHERE of the rows that hold this text, three characters or more (`limits.AUTOCOMPLETE_FROM`)."""
        indexed = self._is_indexed(text)
        return self.met(_quoted(text) if indexed else self._pattern(text), indexed=indexed)

    def sought(self, text: str) -> tuple[sa.ColumnElement[bool], dict[str, str]]:
        """The same, without the text, and what it lacks: one condition for all that is typed, so that a statement that
        holds it is built once."""
        indexed = self._is_indexed(text)
        return _unsaid(self, indexed), {TEXT: _quoted(text) if indexed else self._pattern(text)}

    def met(self, text: Any, *, indexed: bool) -> sa.ColumnElement[bool]:
        """The condition on this text, quoted for the full-text table when it is `indexed`, else a pattern."""
        like = self.column.like if self.upper else self.column.ilike
        found: sa.ColumnElement[bool] = self.key.in_(self._matching(text)) if indexed else like(text, escape="/")
        return found

    def _matching(self, quoted: Any) -> sa.Select[tuple[int]]:
        found = sa.table(self.table, sa.column("rowid", sa.Integer), sa.column(self.table, sa.String))
        return sa.select(found.c.rowid).where(found.c[self.table].op("MATCH")(quoted))

    def _pattern(self, text: str) -> str:
        return f"%{_escaped(text.upper() if self.upper else text)}%"

    def _is_indexed(self, text: str) -> bool:
        """Whether the full-text table is asked."""
        return db.engine.dialect.name == "sqlite" and not self._is_common(text)

    def _is_common(self, text: str) -> bool:
        """True above what a list counts: walking through it, such rows are met soon enough."""
        some = self._matching(_quoted(text)).limit(limits.COUNTED_UP_TO + 1).subquery()
        return (db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0) > limits.COUNTED_UP_TO


@functools.cache
def _unsaid(trigrams: Trigrams, indexed: bool) -> sa.ColumnElement[bool]:
    return trigrams.met(sa.bindparam(TEXT, type_=sa.String), indexed=indexed)


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _escaped(text: str) -> str:
    for sign in "/%_":
        text = text.replace(sign, f"/{sign}")
    return text


NUMBERS = Trigrams(Avenant.number, Avenant.id, "avenant_number_fts", upper=True)
SUBJECTS = Trigrams(AuditEntry.subject, AuditEntry.id, "audit_subject_fts")
