"""A supplier's own deadlines: a page, and a feed at a secret address that he renews."""

import datetime as dt

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from app.domain.enums import Role
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.audit import AuditEntry
from app.models.calendar_links import CalendarLink
from app.services import actors, calendar_links, clock
from app.services import requests as request_service
from tests import factories
from tests.services import pieces

PAGE = "/segurnums/echeances/"
UTC = dt.UTC


@pytest.fixture
def user(session):
    return factories.supplier_user()


def path(user):
    address = calendar_links.address(user)
    return address.removeprefix("http://localhost") if address else None


@pytest.fixture
def feed(user, client):
    """The events of his feed, by summary."""
    calendar_links.renew(user)
    db.session.commit()
    return lambda: {str(one["SUMMARY"]): one for one in Calendar.from_ical(client.get(path(user)).data).walk("VEVENT")}


def asked_to_amend(enrolment):
    avenant = factories.avenant(enrolment)
    officer = actors.of(factories.user(Role.OFFICER))
    request_service.act(avenant, Action.ASK_AMENDMENT, officer, comment="La date ne correspond pas.")
    db.session.commit()
    return avenant


@pytest.mark.parametrize(
    "day", [dt.date(2026, 11, 23), dt.date(2027, 3, 24), dt.date(2027, 10, 28), dt.date(2028, 2, 25)]
)
def test_it_holds_what_locks_what_closes_and_his_periods_at_their_hour(user, feed, frozen, day):
    """Through both changes of hour of 2027 and the leap day of 2028: midnight is that of Paris."""
    frozen.move_to(day)
    batch = pieces.json_import(user, factories.enrolment(user.supplier))
    for rank in ("00001", "00002"):
        pieces.waiting(batch, number=rank)
    number = asked_to_amend(batch.enrolment).number
    lock, closing = day + dt.timedelta(7), day + dt.timedelta(20)
    events = feed()
    assert events[f"2 demandes de l'import n° {batch.id} à compléter avant le {lock:%d/%m/%Y}"]["DTSTART"].dt == (
        clock.midnight(lock)
    )
    event = events[f"Demande {number} à modifier avant le {closing:%d/%m/%Y}"]
    assert event["DTSTART"].dt.astimezone(UTC) == clock.midnight(closing).astimezone(UTC)
    assert str(event["URL"]).endswith(f"/segurnums/demandes/{number}")
    assert len(event.walk("VALARM")) == 2
    assert {one.partition(" – ")[0] for one in events} >= {"Ouverture", "Clôture"}


def test_nothing_of_another_is_in_it_and_what_is_met_leaves_it(user, feed, frozen):
    other = factories.supplier_user()
    stranger = asked_to_amend(factories.enrolment(other.supplier, "HOP")).number
    avenant = asked_to_amend(factories.enrolment(user.supplier))
    text = str(feed().keys())
    assert avenant.number in text
    assert stranger not in text
    assert "HOP" not in text
    request_service.act(avenant, Action.AMEND, actors.of(user))
    db.session.commit()
    assert avenant.number not in str(feed().keys())


def test_the_page_makes_the_address_and_renewing_ends_the_former(user, login, client):
    browser = login(user)
    page = browser.get(PAGE).text
    assert "Créer l&#39;adresse" in page or "Créer l'adresse" in page
    assert path(user) is None
    assert browser.post(f"{PAGE}adresse").status_code == 303
    first = path(user)
    assert first in browser.get(PAGE).text
    assert client.get(first).status_code == 200
    browser.post(f"{PAGE}adresse")
    assert path(user) != first
    assert client.get(first).status_code == 404
    assert client.get(path(user)).content_type == "text/calendar; charset=utf-8"
    assert len(db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "renew_calendar")).all()) == 2


def test_the_address_is_kept_nowhere_in_clear_and_dies_with_the_account(user, feed, client):
    where = path(user)
    token = where.rpartition("/")[2].removesuffix(".ics")
    link = db.session.scalars(sa.select(CalendarLink)).one()
    assert token not in link.digest + link.sealed
    user.active = False
    db.session.commit()
    assert client.get(where).status_code == 404


@pytest.mark.parametrize("token", ["x", "é", "a" * 5000, "..%2F..%2Fetc", "%00"])
def test_a_wrong_address_is_not_found(client, session, token):
    assert client.get(f"/segurnums/echeances/{token}.ics").status_code in (400, 404)
