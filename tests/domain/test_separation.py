"""Are four different people needed on one file?"""

import itertools

import pytest

from app.domain import separation
from app.domain.errors import NotAllowed
from app.domain.separation import Duty

# Who decided may propose to recover, who ordered may issue the order, who confirmed may confirm again.
SAME_HAND = [
    {Duty.DECIDE, Duty.PROPOSE_RECOVERY},
    {Duty.ORDER, Duty.ISSUE_RECOVERY},
    {Duty.CONFIRM, Duty.CONFIRM_RECOVERY},
]


@pytest.mark.parametrize(("held", "wanted"), list(itertools.permutations(Duty, 2)), ids=str)
def test_whoever_holds_a_duty_takes_no_other_but_its_own_on_the_way_back(held, wanted):
    if {held, wanted} in SAME_HAND:
        separation.check(wanted, 7, {held: 7})
        return
    with pytest.raises(NotAllowed, match=held.label):
        separation.check(wanted, 7, {held: 7})


@pytest.mark.parametrize("duty", Duty)
def test_the_same_duty_again_or_another_person_is_fine(duty):
    separation.check(duty, 7, {duty: 7})
    separation.check(duty, 7, dict.fromkeys(Duty, 8))
    separation.check(duty, 7, dict.fromkeys(Duty))
