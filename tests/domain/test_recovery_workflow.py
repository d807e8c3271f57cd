"""Is the way back of a payment three people's, each in turn, and never more than what was paid?"""

import itertools
from decimal import Decimal

import pytest

from app.domain.enums import RecoveryStatus as S
from app.domain.enums import Role as R
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.domain.recovery_workflow import TRANSITIONS, acts_open_to, check, check_amount
from app.domain.recovery_workflow import Act as A

LIFE = {
    (None, A.PROPOSE, S.PROPOSED, R.DECIDER),
    (S.PROPOSED, A.ISSUE, S.ISSUED, R.AUTHORISER),
    (S.PROPOSED, A.REFUSE, S.REFUSED, R.AUTHORISER),
    (S.ISSUED, A.CONFIRM, S.RECOVERED, R.ACCOUNTANT),
}


def test_the_table_is_three_people_in_turn():
    assert {(row.source, row.act, row.target, row.role) for row in TRANSITIONS} == LIFE
    assert len({row.duty for row in TRANSITIONS}) == 3


@pytest.mark.parametrize(("status", "act", "role"), list(itertools.product(S, A, R)), ids=str)
def test_every_other_step_is_refused(status, act, role):
    if any((status, act, role) == (source, known, who) for source, known, _, who in LIFE):
        assert check(status, act, {role}).act is act
        assert act in {row.act for row in acts_open_to(status, {role})}
        return
    with pytest.raises((Conflict, NotAllowed)):
        check(status, act, {role})
    assert act not in {row.act for row in acts_open_to(status, {role})}


@pytest.mark.parametrize("amount", ["0.01", "99.99", "100.00"])
def test_a_part_or_the_whole_may_be_asked_back(amount):
    check_amount(Decimal(amount), Decimal("100.00"))


@pytest.mark.parametrize("amount", ["0.00", "-0.01", "100.01"])
def test_nothing_and_more_than_what_is_left_may_not(amount):
    with pytest.raises(RuleBroken) as refusal:
        check_amount(Decimal(amount), Decimal("100.00"))
    assert refusal.value.field == "amount"
