"""The table of jobs keeps its own rules."""

import datetime as dt

import pytest

from app.services import clock
from jobs import scheduling
from jobs.registry import JOBS, find


def test_names_are_unique_and_found():
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert all(find(job.name) is job for job in JOBS)
    assert find("inconnue") is None


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_each_says_what_it_does_and_when(job):
    told = job.schedule
    assert told.purpose
    assert told.source
    assert (told.seconds is None) != (told.at is None)
    assert told.when


@pytest.mark.parametrize("job", [job for job in JOBS if job.schedule.at], ids=lambda job: job.name)
@pytest.mark.parametrize("day", [dt.date(2027, 3, 28), dt.date(2027, 10, 31), dt.date(2028, 2, 29)])
def test_a_daily_job_runs_once_on_a_day_of_23_or_25_hours(job, day):
    trigger = scheduling.trigger_of(job.schedule)
    start = dt.datetime.combine(day, dt.time(0), clock.PARIS)
    end = dt.datetime.combine(day + dt.timedelta(1), dt.time(0), clock.PARIS)
    first = trigger.get_next_fire_time(None, start)
    assert start <= first < end
    assert not 2 <= first.hour < 3
    assert trigger.get_next_fire_time(first, first + dt.timedelta(seconds=1)) >= end
