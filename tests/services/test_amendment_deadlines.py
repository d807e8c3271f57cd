"""J+10 and J+20 of « A modifier »: one reminder, one closing, whenever and however often the sweeps run."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.enums import RequestStatus, Role
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.mails import Mail
from app.services import actors, amendment_reminders, amendments, clock
from app.services import requests as request_service
from tests import factories

COMMENT = "La date de la facture ne correspond pas au bon de commande."
# An ordinary month; both changes of hour of 2027; the leap day of 2028 inside, at J+10 and at J+20.
ASKED_ON = (
    dt.date(2026, 11, 23), dt.date(2027, 3, 17), dt.date(2027, 3, 18), dt.date(2027, 3, 28), dt.date(2027, 10, 11),
    dt.date(2027, 10, 21), dt.date(2028, 2, 9), dt.date(2028, 2, 19), dt.date(2028, 2, 29),
)  # fmt: skip


@pytest.fixture
def ask(session, frozen):
    def asked(day=None, time=dt.time(10)):
        frozen.move_to(day or clock.today(), time)
        avenant = factories.avenant()
        request_service.act(avenant, Action.ASK_AMENDMENT, actors.of(factories.user(Role.OFFICER)), comment=COMMENT)
        db.session.commit()
        return avenant

    return asked


def mails(event):
    return list(db.session.scalars(sa.select(Mail).where(Mail.event_key.startswith(f"{event}:"))))


def sweep():
    today = clock.today()
    return amendment_reminders.send_due(today), amendments.close_overdue(today)


@pytest.mark.parametrize("time", [dt.time(0), dt.time(23, 59, 59)], ids=["midnight", "last second"])
@pytest.mark.parametrize("asked_on", ASKED_ON, ids=str)
def test_one_reminder_at_j10_and_one_closing_at_j20(ask, frozen, asked_on, time):
    avenant = ask(asked_on, time)
    done = {}
    for rank in (0, 1, 9, 10, 11, 19, 20, 21, 30):
        frozen.move_to(asked_on + dt.timedelta(rank), dt.time(0))
        done[rank] = sweep()
        assert sweep() == (0, 0), "twice, with the same result"
    assert done == dict.fromkeys((0, 1, 9, 11, 19, 21, 30), (0, 0)) | {10: (1, 0), 20: (0, 1)}
    assert avenant.status is RequestStatus.IN_PROGRESS
    assert (len(mails("amendment_reminder")), len(mails("amendment_closed"))) == (1, 1)


def test_the_reminder_repeats_what_is_asked_and_the_last_day(ask, frozen):
    avenant = ask(dt.date(2026, 11, 23))
    frozen.move_to(dt.date(2026, 12, 3))
    sweep()
    (mail,) = mails("amendment_reminder")
    assert COMMENT in mail.body
    assert "avant le 13/12/2026 à 00:00 (heure de Paris)" in mail.body
    assert f"/segurnums/demandes/{avenant.number}/complement" in mail.body
    assert (mail.request_id, mail.supplier_id) == (avenant.request_id, avenant.supplier_id)


@pytest.mark.parametrize(("back_on", "expected"), [(13, (1, 0)), (19, (1, 0)), (20, (0, 1)), (45, (0, 1))])
def test_after_days_without_a_scheduler_only_what_still_has_an_object_is_done(ask, frozen, back_on, expected):
    ask(dt.date(2026, 11, 23))
    frozen.move_to(dt.date(2026, 11, 23) + dt.timedelta(back_on))
    assert sweep() == expected


def test_an_answer_ends_both(ask, frozen):
    avenant = ask()
    request_service.act(avenant, Action.AMEND, actors.of(factories.supplier_user(avenant.supplier)))
    db.session.commit()
    for rank in (10, 20):
        frozen.move_to(clock.today() + dt.timedelta(rank))
        assert sweep() == (0, 0)


def test_asked_again_counts_from_the_second_question(ask, frozen):
    avenant = ask(dt.date(2026, 11, 23))
    for rank in (10, 20):
        frozen.move_to(dt.date(2026, 11, 23) + dt.timedelta(rank))
        sweep()
    request_service.act(avenant, Action.ASK_AMENDMENT, actors.of(factories.user(Role.OFFICER)), comment="Encore.")
    db.session.commit()
    frozen.move_to(dt.date(2026, 12, 23))
    assert sweep() == (1, 0)
    frozen.move_to(dt.date(2027, 1, 2))
    assert sweep() == (0, 1)
    assert (len(mails("amendment_reminder")), len(mails("amendment_closed"))) == (2, 2)


def test_one_without_an_address_stops_no_other(ask, frozen):
    lost = ask(dt.date(2026, 11, 23))
    ask(dt.date(2026, 11, 23))
    db.session.execute(sa.text("DELETE FROM person WHERE supplier_id = :one"), {"one": lost.supplier_id})
    db.session.commit()
    frozen.move_to(dt.date(2026, 12, 3))
    assert sweep() == (1, 0)
