"""What runs by itself, when, and by which rule: data, read by the scheduler (`jobs.registry`) and by the staff screen.

Every job sweeps the state (« due before now »): twice, late or after days of absence, the result is the same. Hours are
Paris time; none falls between 02:00 and 03:00, which a day of March lacks and a day of October has twice.
"""

import datetime as dt
from dataclasses import dataclass

INFERRED = "Règle du portail"


@dataclass(frozen=True, slots=True)
class Schedule:
    """One job. `source`: where its rule is written, in French. Exactly one of `seconds` (interval) and `at` (daily)."""

    name: str
    purpose: str
    source: str
    seconds: int | None = None
    at: dt.time | None = None

    @property
    def when(self) -> str:
        """« toutes les 5 s », « toutes les 15 min », « tous les jours à 03:30 »."""
        if self.at:
            return f"tous les jours à {self.at:%H:%M}"
        minutes, seconds = divmod(self.seconds or 0, 60)
        return f"toutes les {self.seconds} s" if seconds or not minutes else f"toutes les {minutes} min"


SCHEDULES = (
    Schedule("send-mails", "Envoyer les courriels en attente", INFERRED, seconds=5),
    Schedule("make-letters", "Produire les décisions et les avis de paiement en PDF", INFERRED, seconds=5),
    Schedule(
        "close-amendments",
        "Clore les modifications sans réponse à J+20",
        "Guide « Modification d'une demande de solde SAS » ; délai du couloir",
        at=dt.time(3, 15),
    ),
    Schedule(
        "purge-incomplete",
        "Supprimer les demandes non complétées expirées, avec leurs fichiers",
        "Guide « Les écrans du portail », § 9 ; délai du couloir (7 jours)",
        at=dt.time(3, 30),
    ),
    Schedule(
        "remind-completion",
        "Rappeler les pièces encore attendues",
        f"{INFERRED} ; délais du couloir (J+2, J+5, J+6)",
        at=dt.time(8),
    ),
    Schedule(
        "remind-amendments",
        "Rappeler les modifications sans réponse à J+10",
        "Guide « Modification d'une demande de solde SAS » ; délai du couloir",
        at=dt.time(8, 5),
    ),
    Schedule(
        "purge-people-drafts",
        "Effacer les changements de personnes laissés en brouillon",
        INFERRED,
        at=dt.time(3, 35),
    ),
    Schedule("purge-enrolments", "Effacer les enrôlements laissés sans suite", INFERRED, at=dt.time(3, 40)),
    Schedule("sweep-form-pieces", "Oublier les fichiers des formulaires refusés", INFERRED, at=dt.time(3, 42)),
    Schedule("sweep-orphans", "Supprimer les fichiers qu'aucune demande ne connaît", INFERRED, at=dt.time(3, 45)),
    Schedule("sweep-captchas", "Oublier les captchas expirés", INFERRED, at=dt.time(3, 50)),
    Schedule("sweep-forms", "Oublier les formulaires laissés à la fin d'une session", INFERRED, at=dt.time(3, 55)),
    Schedule("sweep-runs", "Oublier les exécutions de tâches de plus d'un an", INFERRED, at=dt.time(4)),
    Schedule(
        "check-companies",
        "Vérifier au répertoire SIRENE les entreprises saisies pendant qu'il ne répondait pas",
        INFERRED,
        seconds=900,
    ),
)
BY_NAME = {one.name: one for one in SCHEDULES}
