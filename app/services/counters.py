"""Numbers given one after the other: each `take` locks its counter until the commit."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db
from app.models.counters import Counter

DOSSIER = "dossier"
ENROLMENT = "enrolment"
TICKET = "ticket"
# One statement, so that two transactions may both be the first to take from a counter.
_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def take(name: str, how_many: int = 1) -> range:
    """The next `how_many` ranks of this counter, from 1 on."""
    insert = _INSERT[db.session.get_bind().dialect.name]
    last = db.session.execute(
        insert(Counter)
        .values(name=name, value=how_many)
        .on_conflict_do_update(index_elements=[Counter.name], set_={"value": Counter.value + how_many})
        .returning(Counter.value)
    ).scalar_one()
    return range(last - how_many + 1, last + 1)


def take_one(name: str) -> int:
    return take(name)[0]
