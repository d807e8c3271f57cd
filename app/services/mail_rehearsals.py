"""Which mails would an act send? It is done, its mails are read, and everything is undone."""

from collections.abc import Callable
from typing import NamedTuple

import sqlalchemy as sa

from app.extensions import db
from app.models.mails import Mail
from app.models.requests import Avenant


class Rehearsed(NamedTuple):
    """A mail as it would leave."""

    recipient: str
    subject: str
    body: str


def of(avenant: Avenant, deed: Callable[[], object]) -> tuple[Rehearsed, ...]:
    """The mails that `deed`, which holds this request, would send about it. Raises what the deed raises."""
    of_request = sa.select(Mail).where(Mail.request_id == avenant.request_id)
    savepoint = db.session.begin_nested()
    try:
        before = set(db.session.scalars(of_request.with_only_columns(Mail.id)))
        deed()
        db.session.flush()
        made = [one for one in db.session.scalars(of_request.order_by(Mail.id)) if one.id not in before]
        return tuple(Rehearsed(one.recipient, one.subject, one.body) for one in made)
    finally:
        savepoint.rollback()
