"""A sweep does each thing apart, leaves what is done elsewhere, and says what the base refused."""

import sqlite3

import pytest
import sqlalchemy as sa

from app.domain.errors import Conflict, Unavailable
from app.extensions import db
from app.models.news import NewsItem
from app.services import clock, sweeping


def refusal(code: int) -> sa.exc.OperationalError:
    origin = sqlite3.OperationalError("refused")
    origin.sqlite_errorcode = code
    return sa.exc.OperationalError("UPDATE", {}, origin)


def doing(faults):
    """Publish each title, then fail on those named."""

    def do(title: str) -> int:
        db.session.add(NewsItem(title=title, body="b", published_at=clock.now()))
        db.session.flush()
        if title in faults:
            raise faults[title]
        return 1

    return do


def published() -> list[str]:
    return list(db.session.scalars(sa.select(NewsItem.title).order_by(NewsItem.id)))


@pytest.mark.parametrize("fault", [Conflict("faite ailleurs"), LookupError("personne à qui écrire")])
def test_what_is_done_elsewhere_or_has_nobody_to_tell_is_left(session, fault):
    assert sweeping.each("abc", doing({"b": fault})) == 2
    assert published() == ["a", "c"]


def test_what_somebody_holds_stops_no_other_and_is_said(session):
    with pytest.raises(Unavailable, match=r"2 fait\(s\)"):
        sweeping.each("abc", doing({"b": refusal(sqlite3.SQLITE_BUSY)}))
    assert published() == ["a", "c"]


def test_a_base_that_is_gone_or_full_ends_the_sweep(session):
    with pytest.raises(Unavailable, match=r"1 fait\(s\)"):
        sweeping.each("abc", doing({"b": refusal(sqlite3.SQLITE_FULL)}))
    assert published() == ["a"]


def test_a_bug_is_not_hidden(session):
    with pytest.raises(ZeroDivisionError):
        sweeping.each("a", doing({"a": ZeroDivisionError()}))
