"""When may each corridor be deposited: every period of the versions in force, and what is true of it now.

Read on the home, the calendar and the documentation of the format; the same periods as a feed are in
`calendar_feed.py`. Guide « Présentation du portail »: the dates; « à l'heure de Paris » is the programme's.
"""

import calendar
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.corridors.spec import CorridorSpec, Window
from app.domain.enums import Phase
from app.domain.labelled import Labelled
from app.models.corridors import CorridorVersion
from app.services import clock, corridor_versions

MONTHS = 12
PHASES = tuple(Phase)


class State(Labelled):
    """What a period is at an instant."""

    OPEN = "open", "Ouvert"
    COMING = "coming", "À venir"
    CLOSED = "closed", "Clos"


@dataclass(frozen=True, slots=True)
class Period:
    """One window of a corridor. `rank`: 1 for the first of its wave, phase and software, in the order of time.

    `software`: the types it is for; `dsrs`: their DSR. Instants are in Paris.
    """

    spec: CorridorSpec
    version: CorridorVersion
    window: Window
    rank: int

    @property
    def phase(self) -> Phase:
        return self.window.phase

    @property
    def wave(self) -> int:
        return self.window.wave

    @property
    def dsrs(self) -> tuple[str, ...]:
        software = (one for one in self.spec.software if one.wave == self.wave and self.window.is_for(one.type))
        return tuple(one.dsr for one in software)

    @property
    def opens_at(self) -> dt.datetime:
        return in_paris(self.window.opens_at)

    @property
    def closes_at(self) -> dt.datetime:
        return in_paris(self.window.closes_at)

    @property
    def title(self) -> str:
        """« Avance, vague 1 », with the software types when the wave has others."""
        return ", ".join((f"{self.phase.label}, vague {self.wave}", *self.window.software))

    @property
    def state(self) -> State:
        now = clock.now()
        if self.window.is_open(now):
            return State.OPEN
        return State.COMING if now < self.window.opens_at else State.CLOSED

    @property
    def opening(self) -> str:
        """« 10/07/2025 à 14:00 »; a day alone when it begins with it."""
        return _moment(self.opens_at)

    @property
    def closing(self) -> str:
        """« 10/11/2026 à 12:00 »; « 30/11/2022 inclus » when the day is the last."""
        if self.closes_at.time() == dt.time.min:
            return f"{self.last_day:%d/%m/%Y} inclus"
        return _moment(self.closes_at)

    @property
    def last_day(self) -> dt.date:
        return (self.closes_at - dt.timedelta(microseconds=1)).date()

    @property
    def sentence(self) -> str:
        """What matters now: « Ferme dans 12 jours », « Ouvre demain à 14:00 », « Clos »."""
        match self.state:
            case State.OPEN:
                hour = "" if self.closes_at.time() == dt.time.min else f" à {self.closes_at:%H:%M}"
                return f"Ferme {_in_days(self.last_day, hour)}"
            case State.COMING:
                return f"Ouvre {_in_days(self.opens_at.date(), f' à {self.opens_at:%H:%M}')}"
        return "Clos"

    def span(self, year: int) -> tuple[float, float] | None:
        """From where to where it lies in a year, counted in months (0 to 12); None when it is wholly outside."""
        start, end = _place(self.opens_at, year), _place(self.closes_at, year)
        return (start, end) if end > 0 and start < MONTHS else None


def periods(codes: Sequence[str] = ()) -> list[Period]:
    """Those of the corridors in force (of these codes; of all, without code), by corridor, wave, phase and time."""
    versions = [one for one in corridor_versions.all_in_force() if not codes or one.corridor.code in codes]
    return [period for version in versions for period in of_version(version)]


def of_now() -> list[Period]:
    """For each corridor, wave, phase and software, the period that is open; else the next; else the last."""
    return [_of_now(list(same)) for _, same in groupby(periods(), lambda one: (one.spec.code, *_series(one.window)))]


def _of_now(same: list[Period]) -> Period:
    return next((one for one in same if one.state is not State.CLOSED), same[-1])


def of_version(version: CorridorVersion) -> Iterator[Period]:
    spec = corridor_versions.spec_of(version)
    windows = sorted(spec.windows, key=lambda one: (*_series(one), one.opens_at))
    for _, same in groupby(windows, _series):
        for rank, window in enumerate(same, start=1):
            yield Period(spec, version, window, rank)


def years(of: Sequence[Period]) -> list[int]:
    """Those in which something is open, and the present one."""
    found = {year for one in of for year in range(one.opens_at.year, one.last_day.year + 1)}
    return sorted(found | {clock.today().year})


def place_of_today(year: int) -> float | None:
    """Where the present day lies in a year, counted in months; None in another year."""
    now = in_paris(clock.now())
    return _place(now, year) if now.year == year else None


def in_paris(instant: dt.datetime) -> dt.datetime:
    """By way of UTC: an hour that the change to summer time skips becomes the one the clocks show."""
    return instant.astimezone(dt.UTC).astimezone(clock.PARIS)


def _series(window: Window) -> tuple[int, int, tuple[str, ...]]:
    """What the windows that follow each other have in common."""
    return window.wave, PHASES.index(window.phase), window.software


def _moment(instant: dt.datetime) -> str:
    return f"{instant:%d/%m/%Y}" if instant.time() == dt.time.min else f"{instant:%d/%m/%Y à %H:%M}"


def _in_days(day: dt.date, hour: str) -> str:
    """The hour matters when the day is near."""
    days = (day - clock.today()).days
    near = {0: "aujourd'hui", 1: "demain"}.get(days)
    return near + hour if near else f"dans {days} jours"


def _place(instant: dt.datetime, year: int) -> float:
    """Where an instant of Paris lies in a year, in months; before it 0, after it 12."""
    if instant.year != year:
        return 0 if instant.year < year else MONTHS
    days = calendar.monthrange(year, instant.month)[1]
    return instant.month - 1 + (instant.day - 1 + instant.hour / 24) / days
