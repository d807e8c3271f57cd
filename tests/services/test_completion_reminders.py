"""J+2, J+5, J+6: one mail per import, listing what is still expected, never twice, never about what is done."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain import deadlines
from app.domain.enums import MailStatus, RequestStatus
from app.extensions import db
from app.models.mails import Mail
from app.models.requests import Avenant
from app.models.suppliers import Person
from app.services import clock, completion_reminders, corridor_versions, documents, incomplete, outbox
from tests import factories
from tests.conftest import TODAY
from tests.services import pieces

# Both changes of hour lie inside the seven days; the first is 23 hours long, the second 25.
DEPOSITS = (TODAY, dt.date(2027, 3, 25), dt.date(2026, 10, 22), dt.date(2027, 10, 26))


@pytest.fixture
def user(session):
    return factories.supplier_user()


def deposited(user, frozen, day, at=dt.time(10), names=("a.pdf", "b.pdf")):
    """An import of that day: one request that waits for these pieces, one complete."""
    frozen.move_to(day, at)
    batch = pieces.json_import(user, factories.enrolment(user.supplier))
    pieces.waiting(batch, list(names), "00017")
    factories.avenant(batch.enrolment, json_import_id=batch.id, editor_number="00018")
    db.session.commit()
    return batch


def mails():
    return list(db.session.scalars(sa.select(Mail).order_by(Mail.id)))


def waiting():
    return db.session.scalars(sa.select(Avenant).where(Avenant.status == RequestStatus.INCOMPLETE)).one()


def sweep(frozen, day, at=dt.time(8)):
    frozen.move_to(day, at)
    return completion_reminders.send_due(clock.today())


@pytest.mark.parametrize("day", DEPOSITS)
@pytest.mark.parametrize("at", [dt.time(0), dt.time(23, 59, 59)])
def test_a_mail_leaves_at_two_five_and_six_days_and_no_other(user, frozen, day, at):
    deposited(user, frozen, day, at)
    queued = {days: sweep(frozen, day + dt.timedelta(days)) for days in range(9)}
    assert queued == {0: 0, 1: 0, 2: 1, 3: 0, 4: 0, 5: 1, 6: 1, 7: 0, 8: 0}
    assert [mail.subject.partition(" pour")[0] for mail in mails()] == [
        "Il reste 5 jours",
        "Il reste 2 jours",
        "Dernier jour",
    ]
    lock = day + dt.timedelta(7)
    assert all(f"le {lock:%d/%m/%Y} à 00:00 (heure de Paris)" in mail.body for mail in mails())


def test_it_lists_what_is_still_expected_and_leads_to_it(user, frozen):
    batch = deposited(user, frozen, TODAY)
    documents.attach_expected(documents.expected_of(waiting())[0], "a.pdf", pieces.pdf(), user)
    db.session.commit()
    sweep(frozen, TODAY + dt.timedelta(2))
    (mail,) = mails()
    assert "1 demande de votre import" in mail.body
    assert "- n° éditeur 00017 : b.pdf\n" in mail.body
    assert "00018" not in mail.body
    assert f"/segurnums/imports/{batch.id}/pieces" in mail.body
    assert "FIN" not in mail.body
    email = db.session.scalar(sa.select(Person.email).where(Person.supplier_id == user.supplier_id))
    assert (mail.recipient, mail.supplier_id, mail.json_import_id) == (email, user.supplier_id, batch.id)


def test_one_mail_serves_the_whole_import_and_counts_beyond_fifty(user, frozen):
    batch = deposited(user, frozen, TODAY)
    for rank in range(60):
        pieces.waiting(batch, number=f"1{rank:04d}")
    db.session.commit()
    assert sweep(frozen, TODAY + dt.timedelta(2)) == 1
    (mail,) = mails()
    assert "61 demandes de votre import" in mail.body
    assert mail.body.count("- n° éditeur") == completion_reminders.LISTED
    assert "et 11 autres demandes" in mail.body


def test_a_late_job_sends_the_latest_only_and_once(user, frozen):
    deposited(user, frozen, TODAY)
    assert sweep(frozen, TODAY + dt.timedelta(4)) == 1
    assert sweep(frozen, TODAY + dt.timedelta(4), dt.time(23)) == 0
    assert sweep(frozen, TODAY + dt.timedelta(6)) == 1
    assert [mail.event_key.rpartition(":")[2] for mail in mails()] == ["2", "6"]


def test_the_days_are_those_of_the_corridor_in_force(user, frozen):
    deposited(user, frozen, TODAY)
    spec = factories.open_spec()
    delays = spec.delays.model_copy(update={"completion_reminders": (1, 3)})
    corridor_versions.publish(spec.model_copy(update={"delays": delays}))
    assert [sweep(frozen, TODAY + dt.timedelta(days)) for days in range(1, 8)] == [1, 0, 1, 0, 0, 0, 0]


def test_nothing_is_said_of_what_is_complete_or_deleted(user, frozen):
    deposited(user, frozen, TODAY)
    number = waiting().number
    incomplete.delete([number], user)
    db.session.commit()
    assert sweep(frozen, TODAY + dt.timedelta(2)) == 0


def test_a_mail_that_waited_is_withdrawn_when_it_has_no_object_any_more(user, frozen):
    deposited(user, frozen, TODAY, names=["a.pdf"])
    sweep(frozen, TODAY + dt.timedelta(2))
    avenant = waiting()
    documents.attach_expected(documents.expected_of(avenant)[0], "a.pdf", pieces.pdf(), user)
    db.session.commit()
    assert outbox.send_due() == 0
    assert [mail.status for mail in mails()] == [MailStatus.WITHDRAWN]
    assert outbox.send_due() == 0


def test_of_two_that_waited_the_latest_leaves(user, frozen):
    deposited(user, frozen, TODAY)
    sweep(frozen, TODAY + dt.timedelta(5))
    sweep(frozen, TODAY + dt.timedelta(6))
    assert outbox.send_due() == 1
    assert [mail.status for mail in mails()] == [MailStatus.WITHDRAWN, MailStatus.SENT]


def test_one_import_that_nobody_answers_for_stops_no_other(user, frozen):
    deposited(user, frozen, TODAY)
    db.session.execute(sa.delete(Person).where(Person.supplier_id == user.supplier_id))
    other = factories.supplier_user()
    deposited(other, frozen, TODAY)
    assert sweep(frozen, TODAY + dt.timedelta(2)) == 1
    assert [mail.supplier_id for mail in mails()] == [other.supplier_id]


@pytest.mark.parametrize(
    ("elapsed", "due"), [(0, None), (1, None), (2, 2), (3, 2), (4, 2), (5, 5), (6, 6), (7, 6), (40, 6)]
)
def test_which_reminder_is_due(elapsed, due):
    for day in DEPOSITS:
        assert deadlines.due_reminder(day, day + dt.timedelta(elapsed), (2, 5, 6)) == due


@pytest.mark.parametrize(("elapsed", "left"), [(0, 7), (1, 6), (2, 5), (3, 4), (5, 2), (6, 1), (7, 0), (9, 0)])
def test_how_many_days_are_left(elapsed, left):
    for day in DEPOSITS:
        assert deadlines.days_left(deadlines.expiry(day, 7), day + dt.timedelta(elapsed)) == left


@pytest.mark.committed
def test_two_sweeps_at_once_queue_one_mail(committed):
    user = factories.supplier_user()
    batch = pieces.json_import(user, factories.enrolment(user.supplier))
    pieces.waiting(batch)
    day = TODAY + dt.timedelta(2)
    db.session.commit()
    answers = committed.at_once(*[lambda: completion_reminders.send_due(day)] * 3)
    assert sorted(answers) == [0, 0, 1]
    assert len(mails()) == 1
