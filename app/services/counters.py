"""Numbers given one after the other: each `take` locks its counter until the commit."""

import sqlalchemy as sa

from app.extensions import db
from app.models.counters import Counter

DOSSIER = "dossier"
ENROLMENT = "enrolment"


def take(name: str, how_many: int = 1) -> range:
    """The next `how_many` ranks of this counter, from 1 on."""
    last = db.session.scalar(
        sa.update(Counter)
        .where(Counter.name == name)
        .values(value=Counter.value + how_many)
        .returning(Counter.value)
        .execution_options(synchronize_session=False)
    )
    if last is None:
        db.session.execute(sa.insert(Counter).values(name=name, value=how_many))
        last = how_many
    return range(last - how_many + 1, last + 1)


def take_one(name: str) -> int:
    return take(name)[0]
