"""The sound files of a form that was refused: kept for the page that sent them, so that they are not chosen again.

A browser does not give files back. Each is known by the key of its page, whoever is logged in (`user`) and the code of
its piece; a day later it is forgotten. Services flush.
"""

import datetime as dt
import io
from collections.abc import Mapping

import sqlalchemy as sa

from app.adapters.file_types import Inspected
from app.domain import limits
from app.extensions import db
from app.models.form_deposits import FormPiece
from app.models.users import User
from app.services import clock
from app.services.documents import Stored


def held(key: str, user: User) -> dict[str, Stored]:
    """Those kept for this page, by code of piece. Their bytes stay in the store."""
    query = sa.select(FormPiece).where(FormPiece.key == key, FormPiece.user_id == user.id)
    return {one.code: _stored(one) for one in db.session.scalars(query)}


def _stored(one: FormPiece) -> Stored:
    file = Inspected(one.file_name, one.media_type, one.size, one.digest, io.BytesIO())
    return Stored(file, one.scan, one.storage_key)


def keep(key: str, user: User, files: Mapping[str, Stored]) -> None:
    """Keep these for this page, in place of those of the same codes; those already kept stay as they are."""
    known = held(key, user)
    new = {code: one for code, one in files.items() if code not in known or known[code].key != one.key}
    forgotten = sa.delete(FormPiece).where(FormPiece.key == key, FormPiece.user_id == user.id, FormPiece.code.in_(new))
    db.session.execute(forgotten)
    for code, one in new.items():
        row = FormPiece(
            key=key,
            user_id=user.id,
            code=code,
            file_name=one.file.name,
            media_type=one.file.media_type,
            size=one.file.size,
            digest=one.file.digest,
            storage_key=one.key,
            scan=one.scan,
            kept_at=clock.now(),
        )
        db.session.add(row)
    db.session.flush()


def sweep() -> int:
    """Forget those kept for a day; the files no request took go with the orphans. Returns how many."""
    before = clock.now() - dt.timedelta(hours=limits.FORM_PIECE_HOURS)
    result = db.session.execute(sa.delete(FormPiece).where(FormPiece.kept_at <= before))
    db.session.commit()
    return int(result.rowcount)
