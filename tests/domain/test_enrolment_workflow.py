"""Is the life of an enrolment the table of the guides, closed to every other step?"""

import itertools

import pytest

from app.domain.enrolment_workflow import BY_ACT, TRANSITIONS, acts_open_to, check
from app.domain.enrolment_workflow import Act as A
from app.domain.enums import EnrolmentStatus as S
from app.domain.enums import Role as R
from app.domain.errors import IllegalAction, NotAllowed

# Status, act, new status, who: written here once more, to be compared with the code's table.
LIFE = {
    (S.IN_PROGRESS, A.ASK_DOCUMENT, S.AWAITING_DOCUMENT, R.OFFICER),
    (S.AWAITING_DOCUMENT, A.ASK_DOCUMENT, S.AWAITING_DOCUMENT, R.OFFICER),
    (S.AWAITING_CERTIFICATE, A.ASK_DOCUMENT, S.AWAITING_DOCUMENT, R.OFFICER),
    (S.IN_PROGRESS, A.AWAIT_CERTIFICATE, S.AWAITING_CERTIFICATE, R.OFFICER),
    (S.AWAITING_DOCUMENT, A.AWAIT_CERTIFICATE, S.AWAITING_CERTIFICATE, R.OFFICER),
    (S.AWAITING_DOCUMENT, A.ANSWER, S.IN_PROGRESS, R.SUPPLIER),
    (S.AWAITING_CERTIFICATE, A.ANSWER, S.IN_PROGRESS, R.SUPPLIER),
    (S.AWAITING_DOCUMENT, A.RESUME, S.IN_PROGRESS, R.OFFICER),
    (S.AWAITING_CERTIFICATE, A.RESUME, S.IN_PROGRESS, R.OFFICER),
    (S.IN_PROGRESS, A.VALIDATE, S.VALIDATED, R.OFFICER),
    (S.IN_PROGRESS, A.REJECT, S.REJECTED, R.OFFICER),
    (S.AWAITING_DOCUMENT, A.REJECT, S.REJECTED, R.OFFICER),
    (S.AWAITING_CERTIFICATE, A.REJECT, S.REJECTED, R.OFFICER),
}


def test_the_table_is_the_guides():
    written = {
        (source, row.act, row.target, role) for row in TRANSITIONS for source in row.sources for role in row.roles
    }
    assert written == LIFE


@pytest.mark.parametrize(("status", "act", "role"), list(itertools.product(S, A, R)), ids=str)
def test_every_other_step_is_refused(status, act, role):
    if any((status, act, role) == (row[0], row[1], row[3]) for row in LIFE):
        assert check(status, act, {role}, "motif").act is act
        assert act in {row.act for row in acts_open_to(status, {role})}
        return
    with pytest.raises((IllegalAction, NotAllowed)):
        check(status, act, {role}, "motif")
    assert act not in {row.act for row in acts_open_to(status, {role})}


@pytest.mark.parametrize("act", [A.ASK_DOCUMENT, A.RESUME, A.REJECT])
def test_these_want_a_comment(act):
    row = BY_ACT[act]
    with pytest.raises(IllegalAction, match="demande un commentaire") as refusal:
        check(min(row.sources), act, row.roles, "  ")
    assert refusal.value.field == "comment"


@pytest.mark.parametrize("end", [S.REJECTED, S.VALIDATED])
def test_an_end_is_an_end(end):
    assert acts_open_to(end, set(R)) == []
