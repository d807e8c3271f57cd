"""May requests of a phase be deposited now for a software? If not, since when, until when, and what is there to do?

Windows are those of the version in force, in Europe/Paris (domain dossier, E4: with their hour).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.corridors.spec import CorridorSpec, Window
from app.domain.enums import Phase
from app.models.referencings import Referencing
from app.services import clock, formats


@dataclass(frozen=True, slots=True)
class Closed:
    """Why nothing may be deposited, and what to do, in French."""

    message: str
    cure: str


def closed(spec: CorridorSpec, referencing: Referencing, phase: Phase) -> Closed | None:
    """None while a window is open. `spec`: the version in force."""
    software, wave = referencing.software_type, referencing.wave
    if spec.software_of(software, wave) is None:
        message = f"le couloir « {spec.label} » ne finance plus le logiciel {software} en vague {wave}"
        return Closed(message, "Contactez l'assistance.")
    if spec.window(wave, phase, clock.now(), software):
        return None
    what = f"le dépôt des demandes de type « {phase.label} » pour {software}, vague {wave},"
    windows = sorted(spec.windows_of(wave, phase, software), key=lambda one: one.opens_at)
    if not windows:
        return Closed(f"{what} n'est pas ouvert", "Attendez que ses dates soient publiées au calendrier des dépôts.")
    return _before_or_after(what, windows)


def _before_or_after(what: str, windows: Sequence[Window]) -> Closed:
    """Between two windows, the one to come is told."""
    spans = " puis ".join(
        f"du {formats.minute(window.opens_at)} au {formats.minute(window.closes_at)}" for window in windows
    )
    coming = next((window for window in windows if window.opens_at > clock.now()), None)
    if coming:
        opening = formats.minute(coming.opens_at)
        return Closed(f"{what} ouvre le {opening} : {spans} (heure de Paris)", f"Déposez à partir du {opening}.")
    closing = formats.minute(windows[-1].closes_at)
    message = f"{what} est clos depuis le {closing} : {spans} (heure de Paris)"
    return Closed(message, "Aucune autre période n'est annoncée : contactez l'assistance.")
