"""Does the ground of the races, crashes and commands hold: real commits, seen by threads and processes?"""

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models.suppliers import Supplier
from app.services import clock
from tests import factories

pytestmark = pytest.mark.committed


def test_what_is_committed_is_seen_by_other_connections(committed):
    factories.supplier()
    db.session.commit()
    counts = committed.at_once(*[lambda: db.session.scalar(sa.select(sa.func.count(Supplier.id)))] * 3)
    assert counts == [1, 1, 1]


def test_threads_share_the_clock_of_the_test(committed):
    assert committed.at_once(clock.today, clock.today) == [clock.today()] * 2


def test_another_process_works_on_the_same_ground(committed):
    done = committed.flask("db", "current")
    assert done.returncode == 0, done.stderr
    assert "(head)" in done.stdout
