"""The calendar: what is open, what opens, until when; as a page by year and as a feed for agendas."""

import datetime as dt

import pytest
from icalendar import Calendar

from app.corridors.spec import PARIS, CorridorSpec, Window
from app.domain.enums import Phase
from app.services import corridor_versions, deposit_calendar
from app.services.deposit_calendar import State
from tests import factories

PAGE, FEED = "/segurnum/calendrier", "/segurnum/calendrier.ics"
UTC = dt.UTC


def at(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=PARIS)


def publish(opens_at: dt.datetime, closes_at: dt.datetime, code: str = "MDV") -> CorridorSpec:
    """This corridor with one period for each phase."""
    windows = tuple(Window(wave=1, phase=phase, opens_at=opens_at, closes_at=closes_at) for phase in Phase)
    spec = factories.open_spec(code).model_copy(update={"windows": windows})
    corridor_versions.publish(spec)
    return spec


def only_period():
    (avance, _) = deposit_calendar.periods()
    return avance


def events(client, address: str = FEED):
    return {str(one["UID"]): one for one in Calendar.from_ical(client.get(address).data).walk("VEVENT")}


class TestWhatIsTrueNow:
    """Today is 23/11/2026, ten o'clock in Paris."""

    @pytest.mark.parametrize(
        ("opens_at", "closes_at", "state", "sentence"),
        [
            (at(2026, 1, 1), at(2026, 12, 5, 12), State.OPEN, "Ferme dans 12 jours"),
            (at(2026, 1, 1), at(2026, 11, 24, 12), State.OPEN, "Ferme demain à 12:00"),
            (at(2026, 1, 1), at(2026, 11, 23, 12), State.OPEN, "Ferme aujourd'hui à 12:00"),
            (at(2026, 1, 1), at(2026, 11, 24), State.OPEN, "Ferme aujourd'hui"),
            (at(2026, 11, 23, 10), at(2027, 1, 1), State.OPEN, "Ferme dans 38 jours"),
            (at(2026, 11, 24, 14), at(2027, 1, 1), State.COMING, "Ouvre demain à 14:00"),
            (at(2026, 11, 23, 14), at(2027, 1, 1), State.COMING, "Ouvre aujourd'hui à 14:00"),
            (at(2027, 1, 2, 14), at(2027, 3, 1), State.COMING, "Ouvre dans 40 jours"),
            (at(2026, 1, 1), at(2026, 11, 23, 10), State.CLOSED, "Clos"),
        ],
    )
    def test_a_period_says_what_matters(self, session, opens_at, closes_at, state, sentence):
        publish(opens_at, closes_at)
        period = only_period()
        assert (period.state, period.sentence) == (state, sentence)

    def test_a_closing_at_midnight_is_the_day_before_included(self, session):
        publish(at(2021, 8, 13), at(2022, 12, 1))
        assert (only_period().opening, only_period().closing) == ("13/08/2021", "30/11/2022 inclus")

    def test_of_periods_that_follow_each_other_the_home_shows_the_one_that_matters(self, session):
        spec = publish(at(2021, 1, 1), at(2022, 1, 1))
        again = [
            one.model_copy(update={"opens_at": at(2027, 1, 1), "closes_at": at(2028, 1, 1)}) for one in spec.windows
        ]
        corridor_versions.publish(spec.model_copy(update={"windows": (*spec.windows, *again)}))
        assert [one.rank for one in deposit_calendar.periods()] == [1, 2, 1, 2]
        assert [one.opening for one in deposit_calendar.of_now()] == ["01/01/2027", "01/01/2027"]

    def test_where_it_lies_in_a_year(self, session):
        publish(at(2026, 2, 15), at(2027, 4, 1))
        assert only_period().span(2026) == (1.5, 12)
        assert only_period().span(2027) == (0, 3)
        assert only_period().span(2025) is None
        assert only_period().span(2028) is None
        assert deposit_calendar.years([only_period()]) == [2026, 2027]


class TestPage:
    def test_it_shows_each_period_with_its_dsr(self, client):
        publish(at(2026, 1, 1), at(2026, 12, 5, 12))
        text = client.get(PAGE).text
        for words in (
            "Médecine de ville",
            "DSR-MDV-LGC-Va1",
            "05/12/2026 à 12:00",
            "Ferme dans 12 jours",
            "L'année 2026",
        ):
            assert words in text
        assert "http://localhost/segurnum/calendrier.ics" in text
        assert 'href="webcal://localhost/segurnum/calendrier.ics"' in text

    def test_one_corridor_alone_and_another_year(self, client):
        publish(at(2026, 1, 1), at(2027, 12, 5))
        publish(at(2026, 1, 1), at(2027, 12, 5), "SAS")
        text = client.get(f"{PAGE}?couloir=SAS&annee=2027").text
        assert "DSR-SAS-SAS-Va1" in text
        assert "DSR-MDV-LGC-Va1" not in text
        assert "L'année 2027" in text
        assert "calendrier.ics?couloir=SAS" in text
        assert "DSR-MDV-LGC-Va1" in client.get(f"{PAGE}?couloir=").text

    @pytest.mark.parametrize("query", ["couloir=XXX", "annee=1999", "annee=x", "annee=99999999999999", "couloir='"])
    def test_what_does_not_exist_is_not_found(self, client, query):
        publish(at(2026, 1, 1), at(2027, 12, 5))
        assert client.get(f"{PAGE}?{query}").status_code == 404

    def test_without_any_corridor_it_says_so(self, client):
        assert "Aucune donnée disponible" in client.get(PAGE).text


class TestFeed:
    def test_an_event_opens_and_an_event_closes_each_period(self, client):
        publish(at(2026, 7, 10, 14), at(2026, 12, 5, 12))
        found = events(client)
        assert set(found) == {
            f"mdv-v1-{phase}-1-{moment}@localhost"
            for phase in ("avance", "solde")
            for moment in ("ouverture", "cloture")
        }
        opening = found["mdv-v1-avance-1-ouverture@localhost"]
        assert opening.decoded("DTSTART") == at(2026, 7, 10, 14)
        assert opening["DTSTART"].params["TZID"] == "Europe/Paris"
        assert "Ouverture – Médecine de ville (MDV) – Avance, vague 1" in opening["SUMMARY"]
        assert [
            str(one["TRIGGER"].to_ical(), "ascii") for one in found["mdv-v1-avance-1-cloture@localhost"].walk("VALARM")
        ] == [
            "-P7D",
            "-P1D",
        ]

    @pytest.mark.parametrize(
        ("said", "instant"),
        [
            (at(2027, 3, 28, 1, 59), dt.datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
            (at(2027, 3, 28, 2, 30), dt.datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),  # an hour that does not exist
            (at(2027, 3, 28, 3), dt.datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
            (at(2027, 3, 29), dt.datetime(2027, 3, 28, 22, 0, tzinfo=UTC)),
            (at(2027, 10, 31), dt.datetime(2027, 10, 30, 22, 0, tzinfo=UTC)),
            (at(2027, 10, 31, 2, 30), dt.datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),  # the first of the two
            (at(2027, 10, 31, 2, 30).replace(fold=1), dt.datetime(2027, 10, 31, 1, 30, tzinfo=UTC)),
            (at(2027, 10, 31, 3), dt.datetime(2027, 10, 31, 2, 0, tzinfo=UTC)),
            (at(2027, 11, 1), dt.datetime(2027, 10, 31, 23, 0, tzinfo=UTC)),
        ],
    )
    def test_hours_are_right_on_the_days_the_clocks_change(self, client, said, instant):
        publish(at(2026, 1, 1), said)
        closing = events(client)["mdv-v1-avance-1-cloture@localhost"].decoded("DTSTART")
        assert closing.astimezone(UTC) == instant

    def test_the_zone_in_the_file_changes_the_clocks_as_paris_does(self, client):
        publish(at(2026, 1, 1), at(2027, 1, 1))
        (zone,) = Calendar.from_ical(client.get(FEED).data).walk("VTIMEZONE")
        own = zone.to_tz(lookup_tzid=False)
        for month, day, hour in ((1, 1, 0), (3, 28, 1), (3, 28, 3), (7, 1, 0), (10, 31, 1), (10, 31, 4), (12, 31, 0)):
            naive = dt.datetime(2027, month, day, hour)  # noqa: DTZ001 -- the same wall clock in both zones
            assert naive.replace(tzinfo=own).utcoffset() == naive.replace(tzinfo=PARIS).utcoffset(), naive

    def test_a_moved_deadline_moves_the_event(self, client):
        publish(at(2026, 1, 1), at(2026, 12, 5, 12))
        before = events(client)["mdv-v1-avance-1-cloture@localhost"]
        publish(at(2026, 1, 1), at(2027, 2, 1, 12))
        after = events(client)["mdv-v1-avance-1-cloture@localhost"]
        assert (int(before["SEQUENCE"]), int(after["SEQUENCE"])) == (1, 2)
        assert after.decoded("DTSTART") == at(2027, 2, 1, 12)
        assert len(events(client)) == 4

    def test_it_is_a_text_calendar_of_short_lines(self, client):
        publish(at(2026, 1, 1), at(2026, 12, 5, 12), "SAS")
        answer = client.get(FEED)
        assert answer.content_type == "text/calendar; charset=utf-8"
        assert answer.data.replace(b"\r\n", b"").count(b"\n") == 0
        assert max(map(len, answer.data.split(b"\r\n"))) <= 75
        assert Calendar.from_ical(answer.data).errors == []

    def test_one_corridor_alone(self, client):
        publish(at(2026, 1, 1), at(2026, 12, 5, 12))
        publish(at(2026, 1, 1), at(2026, 12, 5, 12), "SAS")
        assert {uid[:3] for uid in events(client, f"{FEED}?couloir=SAS")} == {"sas"}
        assert {uid[:3] for uid in events(client, f"{FEED}?couloir=SAS&couloir=MDV")} == {"sas", "mdv"}
        assert client.get(f"{FEED}?couloir=XXX").status_code == 404

    def test_it_is_not_sent_again_until_a_date_moves(self, client):
        publish(at(2026, 1, 1), at(2026, 12, 5, 12))
        known = {"If-None-Match": client.get(FEED).headers["ETag"]}
        assert client.get(FEED, headers=known).status_code == 304
        publish(at(2026, 1, 1), at(2026, 12, 6, 12))
        assert client.get(FEED, headers=known).status_code == 200
