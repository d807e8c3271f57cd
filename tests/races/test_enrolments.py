"""Two officers judge one enrolment at once: one wins, the other is told, one mail leaves."""

import pytest
import sqlalchemy as sa

from app.domain.enrolment_workflow import Act
from app.domain.enums import EnrolmentStatus, Role
from app.domain.errors import Conflict
from app.extensions import db
from app.models.enrolments import Enrolment
from app.models.mails import Mail
from app.models.users import User
from app.services import enrolment_instruction
from app.services.messages import Event
from tests import enrolments as made

pytestmark = pytest.mark.committed


@pytest.mark.parametrize("acts", [(Act.VALIDATE, Act.VALIDATE), (Act.VALIDATE, Act.REJECT)], ids=str)
def test_of_two_officers_at_once_one_wins(committed, people, acts):
    enrolment = made.filed()
    db.session.commit()
    key, seen = enrolment.id, enrolment.version

    def judging(act, officer):
        def judge():
            try:
                found = db.session.get_one(Enrolment, key)
                enrolment_instruction.act(found, act, officer, seen=seen, comment="Motif.")
                db.session.commit()
                return "done"
            except Conflict:
                db.session.rollback()
                return "told"

        return judge

    officers = people[Role.OFFICER]
    answers = committed.at_once(*(judging(act, officer) for act, officer in zip(acts, officers, strict=True)))
    assert sorted(answers) == ["done", "told"]
    db.session.expire_all()
    found = db.session.get_one(Enrolment, key)
    assert found.status in (EnrolmentStatus.VALIDATED, EnrolmentStatus.REJECTED)
    told = {Event.ENROLMENT_VALIDATED.label, Event.ENROLMENT_REJECTED.label}
    assert db.session.scalar(sa.select(sa.func.count()).where(Mail.event.in_(told))) == 1
    opened = db.session.scalar(sa.select(sa.func.count()).where(User.supplier_id == found.supplier_id))
    assert opened == (1 if found.status is EnrolmentStatus.VALIDATED else 0)
