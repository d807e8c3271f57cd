"""A form sent after the session had ended: kept an hour for the person it belongs to, given back once he is in again.

Files are not kept: the person is told to join them again.
"""

import datetime as dt
import json
from collections.abc import Sequence

import sqlalchemy as sa

from app.domain import limits
from app.extensions import db
from app.models.credentials import UnfinishedForm
from app.models.users import User
from app.services import clock, ports

Fields = Sequence[tuple[str, str]]


def keep(user: User, path: str, fields: Fields, *, with_files: bool) -> None:
    """Keep what he was sending to `path`; the former one is forgotten. Too long a form is not kept."""
    text = json.dumps(list(fields))
    if len(text) > limits.UNFINISHED_FORM_LENGTH or len(path) > 500:
        return
    forget(user)
    expires = clock.now() + dt.timedelta(minutes=limits.UNFINISHED_FORM_MINUTES)
    sealed = ports.get().sealer.seal(text)
    db.session.add(UnfinishedForm(user_id=user.id, path=path, fields=sealed, with_files=with_files, expires_at=expires))
    db.session.flush()


def of(user: User) -> tuple[UnfinishedForm, Fields] | None:
    """What this person was sending, with its fields in their order; None when there is nothing, or no more."""
    row = db.session.scalar(
        sa.select(UnfinishedForm).where(UnfinishedForm.user_id == user.id, UnfinishedForm.expires_at > clock.now())
    )
    if row is None:
        return None
    try:
        return row, [(name, value) for name, value in json.loads(ports.get().sealer.open(row.fields))]
    except ValueError:
        return None


def forget(user: User) -> None:
    db.session.execute(sa.delete(UnfinishedForm).where(UnfinishedForm.user_id == user.id))


def sweep() -> int:
    """Forget those whose hour is over. Returns how many."""
    result = db.session.execute(sa.delete(UnfinishedForm).where(UnfinishedForm.expires_at <= clock.now()))
    db.session.commit()
    return int(result.rowcount)
