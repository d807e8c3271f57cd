"""Are wrong passwords sent at once all counted?"""

import pytest
import sqlalchemy as sa

from app.domain import limits
from app.domain.enums import Role
from app.extensions import db
from app.models.users import User
from app.services import accounts
from tests import factories

pytestmark = pytest.mark.committed


def test_six_wrong_passwords_at_once_lock_the_account(committed):
    accounts.create("gestion1", "gestion1@exemple.fr", factories.PASSWORD, [Role.OFFICER])
    db.session.commit()

    def guess():
        found = accounts.authenticate("gestion1", "faux")
        db.session.commit()
        return found

    assert committed.at_once(*[guess] * limits.LOGIN_TRIES) == [None] * limits.LOGIN_TRIES
    assert db.session.scalar(sa.select(User.locked_until)) is not None
    assert accounts.authenticate("gestion1", factories.PASSWORD) is None
