"""Do ten confirmations of one modification, sent at once, leave one version?"""

import pytest
import sqlalchemy as sa

from app.domain.enums import RequestStatus
from app.domain.errors import Conflict
from app.extensions import db
from app.models.declared_versions import DeclaredVersion
from app.models.requests import Avenant
from app.models.users import User
from app.services import audit, modifications
from tests import amending

pytestmark = pytest.mark.committed

AMOUNT = "commande.montantSegurHT"


def test_ten_confirmations_leave_one_version(committed):
    of = amending.enrolled("MDV")
    avenant = amending.deposited(of, montantSegurHT=300)
    amending.ask(avenant, AMOUNT)
    key, seen, user_id = avenant.id, avenant.version, of[1].id
    db.session.rollback()

    def confirm(amount):
        request = db.session.get_one(Avenant, key)
        modifications.confirm(request, {AMOUNT: str(amount)}, db.session.get_one(User, user_id), seen)
        db.session.commit()
        return amount

    answers = committed.at_once(*[lambda amount=amount: confirm(amount) for amount in range(301, 311)])
    (kept,) = [answer for answer in answers if isinstance(answer, int)]
    assert {type(answer) for answer in answers} == {int, Conflict}, answers
    after = db.session.get_one(Avenant, key, populate_existing=True)
    assert (after.status, after.declared_ht) == (RequestStatus.IN_PROGRESS, kept)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DeclaredVersion)) == 1
    assert list(audit.verify()) == []
