"""How does a sweep go through what it found? Each thing in a transaction of its own; one failure stops no other.

Twice is harmless: what a sweep finds is what is still to be done.
"""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

import sqlalchemy as sa

from app.domain.errors import RuleBroken, Unavailable
from app.extensions import Strike, db, strike

_log = logging.getLogger(__name__)
# Done elsewhere meanwhile (a refusal, a mail that is there already), or nobody to write to.
_LEFT = (RuleBroken, LookupError, sa.exc.IntegrityError)
_NO_USE_GOING_ON = (Strike.GONE, Strike.FULL)
Found = TypeVar("Found")


def each(found: Iterable[Found], do: Callable[[Found], int]) -> int:
    """Do and commit each; returns how many things were done, `do` telling of each.

    Raises `Unavailable` at the end when the base refused some (held by somebody longer than a job waits, gone, full):
    they are still to be done, and the job is tried again in a minute, not the next day.
    """
    done = put_off = 0
    for one in found:
        try:
            count = do(one)
            db.session.commit()
            done += count
        except _LEFT:
            db.session.rollback()
            _log.warning("%s is left", one, exc_info=True)
        except sa.exc.OperationalError as fault:
            db.session.rollback()
            put_off += 1
            _log.warning("%s is put off", one, exc_info=True)
            if strike(fault) in _NO_USE_GOING_ON:
                break
    if put_off:
        raise Unavailable(f"La base n'a pas tout accepté : {done} fait(s), le reste est repris dans une minute.")
    return done
