"""« Valider » of a SAS sent ten times at once, from one window or from ten: one dossier, one mail, one number."""

import io

import pytest
import sqlalchemy as sa

from app.domain.enums import Phase
from app.extensions import db
from app.models.dossiers import Dossier
from app.models.enrolments import Enrolment
from app.models.mails import Mail
from app.models.requests import Avenant
from app.models.users import User
from app.services import form_deposits, form_spaces
from forms.form_requests import new_key
from tests import files
from tests.form_deposits import SAS_AVANCE, enrolled

pytestmark = pytest.mark.committed
PDF = files.pdf()


@pytest.mark.parametrize("one_page", [True, False])
def test_ten_at_once_make_one_dossier(committed, one_page):
    enrolment, user = enrolled("SAS")
    enrolment_id, user_id = enrolment.id, user.id
    db.session.commit()
    key = new_key()

    def send():
        sent = {code: ("piece.pdf", io.BytesIO(PDF)) for code in SAS_AVANCE}
        space = form_spaces.of(db.session.get_one(Enrolment, enrolment_id))
        filled = form_deposits.examine(space, Phase.AVANCE, {}, sent, key if one_page else new_key())
        made = form_deposits.deposit(space, Phase.AVANCE, filled, db.session.get_one(User, user_id))
        number = made.number
        db.session.commit()
        return number

    answers = committed.at_once(*[send] * 10)
    (number,) = db.session.scalars(sa.select(Avenant.number))
    told = [answer for answer in answers if answer == number]
    assert len(told) == (10 if one_page else 1), answers
    assert all(number[:-2] in str(answer) or "vient d'être déposée" in str(answer) for answer in answers), answers
    assert db.session.scalar(sa.select(sa.func.count(Dossier.id))) == 1
    assert db.session.scalar(sa.select(sa.func.count(Mail.id))) == 1
    db.session.commit()
