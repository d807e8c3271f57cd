"""Four different people on one file (architecture, « Rules that hold everywhere »; GBCP, décret 2012-1246, art. 9).

A gestionnaire validates, a décideur decides, an ordonnateur orders the payment, a comptable confirms it.
"""

from collections.abc import Mapping

from app.domain.errors import NotAllowed
from app.domain.labelled import Labelled


class Duty(Labelled):
    """The acts that bind a person to a file."""

    VALIDATE = "validate", "la validation"
    DECIDE = "decide", "la décision"
    ORDER = "order", "la mise en paiement"
    CONFIRM = "confirm", "l'enregistrement du paiement"


def check(duty: Duty, person: int, done_by: Mapping[Duty, int | None]) -> None:
    """Refuse `person` (user id) the `duty` when he already holds another one on this file. Raises `NotAllowed`."""
    for other, holder in done_by.items():
        if other is not duty and holder == person:
            raise NotAllowed(
                f"Vous avez déjà assuré {other.label} de cette demande : {duty.label} revient à une autre personne."
            )
