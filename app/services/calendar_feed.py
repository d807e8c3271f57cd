"""Calendars (RFC 5545) that any agenda subscribes to: the periods of deposit, an event when one opens or closes; and a
supplier's own deadlines.

The identifier of an event is made of its corridor, wave, phase, software and rank, so that a date that moves moves the
event; the number of the corridor's version is its SEQUENCE. Times are of Europe/Paris, with its zone in the file.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from icalendar import Alarm, Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from app.services import clock, ports
from app.services.deposit_calendar import Period
from app.services.own_deadlines import Deadline

NAME = "Portail Ségur Numérique : périodes de dépôt"
OWN_NAME = "Portail Ségur Numérique : mes échéances"
REMIND_BEFORE = (dt.timedelta(days=7), dt.timedelta(days=1))  # of a closing; default
REFRESH = dt.timedelta(hours=6)  # default


def of(periods: Iterable[Period]) -> bytes:
    """The feed of these periods: UTF-8, CRLF, folded lines."""
    return _feed(NAME, (event for period in periods for event in _events(period)))


def own(deadlines: Iterable[Deadline], periods: Iterable[Period]) -> bytes:
    """The feed of a supplier: his own deadlines and the periods that are for him, under the same identifiers as in the
    feed of everybody."""
    mine = (_deadline(one) for one in deadlines)
    return _feed(OWN_NAME, (*mine, *(event for period in periods for event in _events(period))))


def _feed(name: str, events: Iterable[Event]) -> bytes:
    made = Calendar()
    made.add("PRODID", "-//Agence de services et de paiement//Portail Segur Numerique//FR")
    made.add("VERSION", "2.0")
    made.add("CALSCALE", "GREGORIAN")
    made.add("METHOD", "PUBLISH")
    made.add("X-WR-CALNAME", name)
    made.add("X-WR-TIMEZONE", clock.PARIS.key)
    made.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    made.add_component(_paris())
    for event in events:
        made.add_component(event)
    return made.to_ical()


def _paris() -> Timezone:
    """The zone by its rule in force since 1996: summer time from the last Sunday of March to that of October."""
    zone = Timezone()
    zone.add("TZID", clock.PARIS.key)
    for part, name, month, hour, before, after in (
        (TimezoneDaylight(), "CEST", 3, 2, 1, 2),
        (TimezoneStandard(), "CET", 10, 3, 2, 1),
    ):
        part.add("TZNAME", name)
        part.add("DTSTART", dt.datetime(1996, month, 31 if month == 3 else 27, hour))  # noqa: DTZ001 -- local by RFC
        part.add("RRULE", {"FREQ": "YEARLY", "BYMONTH": month, "BYDAY": "-1SU"})
        part.add("TZOFFSETFROM", dt.timedelta(hours=before))
        part.add("TZOFFSETTO", dt.timedelta(hours=after))
        zone.add_component(part)
    return zone


def _events(period: Period) -> Iterator[Event]:
    yield _event(period, "ouverture", "Ouverture", period.opens_at)
    closing = _event(period, "cloture", "Clôture", period.closes_at)
    _remind(closing)
    yield closing


def _deadline(one: Deadline) -> Event:
    """It says its state of now: who subscribed reads it again, and it is gone once it is met."""
    event = Event()
    event.add("UID", f"{one.key}@{_host()}")
    event.add("DTSTAMP", clock.now())
    event.add("DTSTART", _written(one.at))
    event.add("SUMMARY", one.title)
    event.add("DESCRIPTION", one.detail)
    event.add("URL", f"{ports.get().public_base_url}{one.path}")
    event.add("TRANSP", "TRANSPARENT")
    _remind(event)
    return event


def _remind(event: Event) -> None:
    for before in REMIND_BEFORE:
        alarm = Alarm()
        alarm.add("ACTION", "DISPLAY")
        alarm.add("DESCRIPTION", event["SUMMARY"])
        alarm.add("TRIGGER", -before)
        event.add_component(alarm)


def _event(period: Period, moment: str, label: str, at: dt.datetime) -> Event:
    """An instant of no length: it takes no room in the day."""
    spec, event = period.spec, Event()
    event.add("UID", "-".join((*_series(period), moment)).lower() + f"@{_host()}")
    event.add("SEQUENCE", period.version.number)
    event.add("DTSTAMP", period.version.published_at.astimezone(dt.UTC))
    event.add("DTSTART", _written(at))
    event.add("SUMMARY", f"{label} – {spec.label} ({spec.code}) – {period.title}")
    event.add(
        "DESCRIPTION",
        f"Dépôt des demandes {period.phase.of}, vague {period.wave} : du {period.opening} au {period.closing}"
        f" (heure de Paris). DSR : {', '.join(period.dsrs)}.",
    )
    event.add("URL", f"{ports.get().public_base_url}/segurnum/documentation-json/{spec.code}")
    event.add("CATEGORIES", [spec.code, period.phase.label])
    event.add("TRANSP", "TRANSPARENT")
    return event


def _series(period: Period) -> tuple[str, ...]:
    """What an event is known by, whatever its date: the software only where a wave has several calendars."""
    return (period.spec.code, f"v{period.wave}", *period.window.software, period.phase.value, str(period.rank))


def _written(at: dt.datetime) -> dt.datetime:
    """In Paris; in UTC for the second 02:30 of the night when winter time begins, which a local time cannot tell."""
    return at.astimezone(dt.UTC) if at.fold else at


def _host() -> str:
    return urlsplit(ports.get().public_base_url).hostname or "localhost"
