"""Is the life of a request the table the guides draw, closed to every other step?"""

import itertools

import pytest

from app.domain.enums import PaymentState
from app.domain.enums import RequestStatus as S
from app.domain.enums import Role as R
from app.domain.errors import IllegalAction, NotAllowed
from app.domain.request_workflow import BY_ACTION, PAYMENT_STEPS, TRANSITIONS, actions_open_to, check
from app.domain.request_workflow import Action as A

# Status, action, new status, who: written here once more, from the guides, to be compared with the code's table.
LIFE = {
    (None, A.IMPORT, S.INCOMPLETE, R.SUPPLIER),
    (None, A.DEPOSIT, S.IN_PROGRESS, R.SUPPLIER),
    (S.INCOMPLETE, A.COMPLETE, S.IN_PROGRESS, R.SUPPLIER),
    (S.INCOMPLETE, A.DELETE, None, R.SUPPLIER),
    (S.INCOMPLETE, A.PURGE, None, R.SYSTEM),
    (S.IN_PROGRESS, A.ASK_DOCUMENT, S.AWAITING_DOCUMENT, R.OFFICER),
    (S.AWAITING_DOCUMENT, A.ADD_DOCUMENT, S.IN_PROGRESS, R.SUPPLIER),
    (S.IN_PROGRESS, A.ASK_AMENDMENT, S.TO_AMEND, R.OFFICER),
    (S.TO_AMEND, A.AMEND, S.IN_PROGRESS, R.SUPPLIER),
    (S.TO_AMEND, A.LEAVE, S.IN_PROGRESS, R.SUPPLIER),
    (S.TO_AMEND, A.REMIND, S.TO_AMEND, R.SYSTEM),
    (S.TO_AMEND, A.CLOSE_AMENDMENT, S.IN_PROGRESS, R.SYSTEM),
    (S.IN_PROGRESS, A.VALIDATE, S.VALIDATED, R.OFFICER),
    (S.IN_PROGRESS, A.VALIDATE, S.VALIDATED, R.SYSTEM),
    (S.IN_PROGRESS, A.REJECT, S.REJECTED, R.OFFICER),
    (S.VALIDATED, A.DECIDE, S.DECIDED, R.DECIDER),
    (S.VALIDATED, A.DECIDE, S.DECIDED, R.SYSTEM),
    (S.IN_PROGRESS, A.CANCEL, S.CANCELLED, R.OFFICER),
    (S.AWAITING_DOCUMENT, A.CANCEL, S.CANCELLED, R.OFFICER),
    (S.TO_AMEND, A.CANCEL, S.CANCELLED, R.OFFICER),
    (S.VALIDATED, A.CANCEL, S.CANCELLED, R.OFFICER),
    (S.DECIDED, A.CANCEL_DECIDED, S.CANCELLED, R.DECIDER),
    (S.DECIDED, A.RECOVER, S.CANCELLED, R.SYSTEM),
}


def test_the_table_is_the_guides():
    assert {
        (source, row.action, row.target, role)
        for row in TRANSITIONS
        for source in row.sources or {None}
        for role in row.roles
    } == LIFE


def test_the_payment_state_follows_the_decision_and_the_transfer():
    """Guide « Les écrans du portail », § 5.1: not decided, decided, transfer made."""
    led = {(row.action, row.payment) for row in TRANSITIONS if row.payment}
    assert {action for action, state in led if state is PaymentState.PENDING} == {A.DECIDE}
    assert {action for action, state in led if state is PaymentState.PAID} == set()
    assert [(row.source, row.target, set(row.roles)) for row in PAYMENT_STEPS] == [
        (PaymentState.PENDING, PaymentState.PENDING, {R.AUTHORISER}),
        (PaymentState.PENDING, PaymentState.PAID, {R.ACCOUNTANT}),
    ]


def test_every_cancellation_leaves_a_superseded_avenant_and_nothing_else_does():
    assert {row.action for row in TRANSITIONS if row.supersedes} == {
        row.action for row in TRANSITIONS if row.target is S.CANCELLED
    }


@pytest.mark.parametrize(("status", "action", "role"), list(itertools.product(S, A, R)), ids=str)
def test_every_other_step_is_refused(status, action, role):
    if any((status, action, role) == (row[0], row[1], row[3]) for row in LIFE):
        assert check(status, action, {role}, "motif").action is action
        assert action in {row.action for row in actions_open_to(status, {role})}
        return
    with pytest.raises((IllegalAction, NotAllowed)):
        check(status, action, {role}, "motif")
    assert action not in {row.action for row in actions_open_to(status, {role})}


@pytest.mark.parametrize("action", [A.ASK_DOCUMENT, A.ASK_AMENDMENT, A.REJECT, A.CANCEL, A.CANCEL_DECIDED])
def test_these_want_a_comment(action):
    row = BY_ACTION[action]
    with pytest.raises(IllegalAction, match="demande un commentaire") as refusal:
        check(min(row.sources), action, row.roles, "  ")
    assert refusal.value.field == "comment"


@pytest.mark.parametrize("end", [S.REJECTED, S.CANCELLED, S.SUPERSEDED])
def test_an_end_is_an_end(end):
    assert actions_open_to(end, set(R)) == []
