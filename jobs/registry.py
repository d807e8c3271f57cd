"""What runs by itself, and when: this table is the whole answer.

Every job sweeps the state (« due before now ») and may run twice without harm. Hours are Paris time; none falls between
02:00 and 03:00, which a day of March lacks and a day of October has twice.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.extensions import reading
from app.services import (
    amendment_reminders,
    amendments,
    captchas,
    clock,
    completion_reminders,
    enrolment_companies,
    enrolment_drafts,
    incomplete,
    letters,
    outbox,
    stored_files,
    unfinished_forms,
)

ORPHAN_HOURS = 24  # a younger file may belong to a deposit that is still being written


@dataclass(frozen=True, slots=True)
class Job:
    """`run` returns how many things it did. Exactly one of `seconds` (interval) and `cron` (five fields, day names)."""

    name: str
    purpose: str
    run: Callable[[], int]
    seconds: int | None = None
    cron: str | None = None

    @property
    def when(self) -> str:
        """For people: « toutes les 5 s », or the cron line."""
        return f"toutes les {self.seconds} s" if self.seconds else f"{self.cron} (Paris)"


def _purge_incomplete() -> int:
    """Seven days after the deposit (guide « Les écrans du portail », § 9)."""
    return incomplete.purge(clock.today())


def _remind_completion() -> int:
    """On the days of the corridor in force (J+2, J+5, J+6), before the purge."""
    return completion_reminders.send_due(clock.today())


def _remind_amendments() -> int:
    """Ten days after the question (guide « Modification d'une demande de solde SAS »)."""
    return amendment_reminders.send_due(clock.today())


def _close_amendments() -> int:
    """Twenty days after the question (guide « Modification d'une demande de solde SAS »)."""
    return amendments.close_overdue(clock.today())


def _sweep_orphans() -> int:
    with reading():
        return stored_files.sweep_orphans(ORPHAN_HOURS)


JOBS = (
    Job("send-mails", "Envoyer les courriels en attente", outbox.send_due, seconds=5),
    Job("make-letters", "Produire les décisions et les avis de paiement en PDF", letters.make_pending, seconds=5),
    Job("purge-incomplete", "Supprimer les demandes non complétées expirées", _purge_incomplete, cron="30 3 * * *"),
    Job("remind-completion", "Rappeler les pièces encore attendues", _remind_completion, cron="0 8 * * *"),
    Job("remind-amendments", "Rappeler les modifications sans réponse à J+10", _remind_amendments, cron="5 8 * * *"),
    Job("close-amendments", "Clore les modifications sans réponse à J+20", _close_amendments, cron="15 3 * * *"),
    Job("sweep-captchas", "Oublier les captchas expirés", captchas.sweep, cron="50 3 * * *"),
    Job(
        "sweep-forms",
        "Oublier les formulaires laissés à la fin d'une session",
        unfinished_forms.sweep,
        cron="55 3 * * *",
    ),
    Job(
        "check-companies",
        "Vérifier au répertoire SIRENE les entreprises saisies pendant qu'il ne répondait pas",
        enrolment_companies.check_pending,
        seconds=900,
    ),
    Job("purge-enrolments", "Effacer les enrôlements laissés sans suite", enrolment_drafts.sweep, cron="40 3 * * *"),
    Job("sweep-orphans", "Supprimer les fichiers qu'aucune demande ne connaît", _sweep_orphans, cron="45 3 * * *"),
)


def find(name: str) -> Job | None:
    """The job of this name."""
    return next((job for job in JOBS if job.name == name), None)
