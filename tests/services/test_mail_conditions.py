"""A mail that waited is not sent once what it asks is done, and says why."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.enums import LinkPurpose, MailStatus, Role
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.mails import Mail
from app.services import (
    access_links,
    actors,
    amendment_reminders,
    clock,
    lost_credentials,
    mail_conditions,
    outbox,
    step_up,
)
from app.services import requests as request_service
from app.services.messages import Event
from tests import factories


def last() -> Mail:
    return db.session.scalars(sa.select(Mail).order_by(Mail.id.desc())).first()


def asked(action: Action):
    avenant = factories.avenant()
    request_service.act(avenant, action, actors.of(factories.user(Role.OFFICER)), comment="Illisible.")
    db.session.commit()
    return avenant


@pytest.mark.parametrize("action", [Action.ASK_DOCUMENT, Action.ASK_AMENDMENT])
def test_what_was_asked_leaves_while_it_waits(session, action):
    asked(action)
    assert outbox.send_due() == 1
    assert last().status is MailStatus.SENT


@pytest.mark.parametrize(
    ("action", "answers"),
    [(Action.ASK_DOCUMENT, Action.ADD_DOCUMENT), (Action.ASK_AMENDMENT, Action.AMEND)],
)
def test_what_was_answered_meanwhile_does_not_leave_and_says_why(session, action, answers):
    avenant = asked(action)
    mail = last()
    request_service.act(avenant, answers, actors.of(factories.supplier_user(avenant.supplier)))
    db.session.commit()
    assert outbox.send_due() == 0
    assert (mail.status, mail.last_error) == (MailStatus.WITHDRAWN, mail_conditions.ANSWERED)


def test_a_reminder_that_waited_until_j20_does_not_leave_before_the_closing_sweep(session, frozen):
    """A scheduler that comes back at J+21 sends mails and closes at once: whichever is first, nobody is told to answer
    before a day that is past."""
    asked(Action.ASK_AMENDMENT)
    assert outbox.send_due() == 1
    frozen.move_to(clock.today() + dt.timedelta(10))
    assert amendment_reminders.send_due(clock.today()) == 1
    reminder = last()
    frozen.move_to(clock.today() + dt.timedelta(10), dt.time(0))
    assert outbox.send_due() == 0
    assert (reminder.status, reminder.last_error) == (MailStatus.WITHDRAWN, mail_conditions.ANSWERED)


def test_a_link_that_opens_nothing_any_more_does_not_leave(session):
    user = factories.user()
    lost_credentials.send_link(user, LinkPurpose.RESET, Event.PASSWORD_LOST)
    first = last()
    access_links.make(user, LinkPurpose.RESET)
    db.session.commit()
    assert outbox.send_due() == 0
    assert (first.status, first.last_error, first.secret) == (MailStatus.WITHDRAWN, mail_conditions.DEAD_LINK, None)


def test_a_code_leaves_for_ten_minutes(session):
    user = factories.user()
    step_up.send_code(user, "gérer les utilisateurs de votre société")
    db.session.commit()
    with clock.at(clock.now() + dt.timedelta(minutes=10)):
        assert outbox.send_due() == 0
    assert last().last_error == mail_conditions.DEAD_CODE
