"""« Valider » of a SAS sent ten times at once, from one window or from ten: one dossier, one mail, one number.

Operators at once on one envelope: never more than it holds.
"""

import io
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.domain.enums import Phase, RequestStatus
from app.extensions import db
from app.models.budget import Envelope
from app.models.dossiers import Dossier
from app.models.enrolments import Enrolment
from app.models.mails import Mail
from app.models.requests import Avenant
from app.models.users import User
from app.services import form_deposits, form_spaces
from forms.form_requests import new_key
from tests import files
from tests.form_deposits import SAS_AVANCE, counts, enrolled, envelope

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


def test_an_envelope_with_room_for_three_avances_decides_three_of_six(committed):
    """The gate of every decision (threat « envelope over-commitment »): the others stay « Validée »."""
    money = envelope(amount="24999.99")
    operators = [enrolled("MSS") for _ in range(6)]
    ids = [(enrolment.id, user.id) for enrolment, user in operators]
    db.session.commit()

    def depositing(enrolment_id: int, user_id: int):
        def send():
            space = form_spaces.of(db.session.get_one(Enrolment, enrolment_id))
            filled = form_deposits.examine(space, Phase.AVANCE, counts(), {}, new_key())
            status = form_deposits.deposit(space, Phase.AVANCE, filled, db.session.get_one(User, user_id)).status
            db.session.commit()
            return status

        return send

    answers = committed.at_once(*(depositing(*pair) for pair in ids))
    assert sorted(answers) == [RequestStatus.DECIDED] * 3 + [RequestStatus.VALIDATED] * 3
    assert db.session.get_one(Envelope, money.id).used == Decimal("24000.00")
    db.session.commit()
