"""« Terminer » sent ten times at once: one enrolment, one mail, and everybody is told the same number."""

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models.enrolments import Enrolment
from app.models.mails import Mail
from tests import enrolling
from tests.enrolling import Journey, referenced

pytestmark = pytest.mark.committed


def test_ten_at_once_file_one_enrolment(committed, monkeypatch):
    enrolling.fix_captcha(monkeypatch)
    committed.app.config["WTF_CSRF_ENABLED"] = False
    committed.app.config["RATELIMIT_ENABLED"] = False
    client = committed.app.test_client()
    Journey(client, referenced()).to(5)
    db.session.commit()
    said = {"captcha_token": enrolling.captchas.issue(), "captcha": enrolling.CAPTCHA, "act": "finish"}
    cookie = client.get_cookie("session").value

    def finish():
        other = committed.app.test_client()
        other.set_cookie("session", cookie)
        answer = other.post(f"{enrolling.HERE}/confirmation", data=said | enrolling.BOXES)
        return answer.status_code, answer.location

    answers = committed.at_once(*[finish] * 10)
    assert set(answers) == {(303, "/segurnum/enrolement/confirmee")}
    assert db.session.scalar(sa.select(sa.func.count(Enrolment.id))) == 1
    acknowledged = sa.select(sa.func.count(Mail.id)).where(Mail.event_key.startswith("enrolment_filed"))
    assert db.session.scalar(acknowledged) == 1
    db.session.commit()
