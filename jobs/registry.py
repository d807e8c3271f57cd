"""Which service each job of the schedule runs. When, and by which rule, is in `app.domain.schedule`."""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.schedule import SCHEDULES, Schedule
from app.extensions import reading
from app.services import (
    amendment_reminders,
    amendments,
    captchas,
    clock,
    completion_reminders,
    enrolment_companies,
    enrolment_drafts,
    form_pieces,
    incomplete,
    job_orders,
    letters,
    outbox,
    person_changes,
    stored_files,
    unfinished_forms,
)

ORPHAN_HOURS = 24  # a younger file may belong to a deposit that is still being written


@dataclass(frozen=True, slots=True)
class Job:
    """`run` returns how many things it did."""

    schedule: Schedule
    run: Callable[[], int]

    @property
    def name(self) -> str:
        return self.schedule.name


def _sweep_orphans() -> int:
    with reading():
        return stored_files.sweep_orphans(ORPHAN_HOURS)


_RUN: dict[str, Callable[[], int]] = {
    "send-mails": outbox.send_due,
    "make-letters": letters.make_pending,
    "close-amendments": lambda: amendments.close_overdue(clock.today()),
    "purge-incomplete": lambda: incomplete.purge(clock.today()),
    "remind-completion": lambda: completion_reminders.send_due(clock.today()),
    "remind-amendments": lambda: amendment_reminders.send_due(clock.today()),
    "purge-enrolments": enrolment_drafts.sweep,
    "purge-people-drafts": person_changes.sweep,
    "sweep-form-pieces": form_pieces.sweep,
    "sweep-orphans": _sweep_orphans,
    "sweep-captchas": captchas.sweep,
    "sweep-forms": unfinished_forms.sweep,
    "sweep-runs": job_orders.forget,
    "check-companies": enrolment_companies.check_pending,
}
JOBS = tuple(Job(one, _RUN[one.name]) for one in SCHEDULES)


def find(name: str) -> Job | None:
    """The job of this name."""
    return next((job for job in JOBS if job.name == name), None)
