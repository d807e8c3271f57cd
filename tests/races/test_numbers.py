"""Is a number ever given twice, from the very first one on?"""

import pytest

from app.extensions import db
from app.models.audit import AuditEntry
from app.services import audit, counters
from app.services.actors import SYSTEM

pytestmark = pytest.mark.committed


def test_a_counter_gives_each_number_once(committed):
    def take_ten():
        found = []
        for _ in range(10):
            found += list(counters.take("essai", 2))
            db.session.commit()
        return found

    answers = committed.at_once(*[take_ten] * 8)
    assert sorted(sum(answers, [])) == list(range(1, 161))


def test_the_first_lines_of_the_audit_are_chained_too(committed):
    def record():
        audit.record("essai", "essai", "1", SYSTEM)
        db.session.commit()

    assert committed.at_once(*[record] * 8) == [None] * 8
    assert list(audit.verify()) == []
    assert db.session.query(AuditEntry).count() == 8
