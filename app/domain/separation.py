"""Four different people on one file (architecture, « Rules that hold everywhere »; GBCP, décret 2012-1246, art. 9).

A gestionnaire validates, a décideur decides, an ordonnateur orders the payment, a comptable confirms it. A recovery
goes back through the same hands: who decided may propose it, and may neither issue it nor record what came back.
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
    PROPOSE_RECOVERY = "propose_recovery", "la proposition de recouvrement"
    ISSUE_RECOVERY = "issue_recovery", "l'émission de l'ordre de recouvrement"
    CONFIRM_RECOVERY = "confirm_recovery", "l'enregistrement du recouvrement"


_HANDS = {
    Duty.PROPOSE_RECOVERY: Duty.DECIDE,
    Duty.ISSUE_RECOVERY: Duty.ORDER,
    Duty.CONFIRM_RECOVERY: Duty.CONFIRM,
}


def hand(duty: Duty) -> Duty:
    """Whose hand a duty is in: that of the four whose person may hold it too."""
    return _HANDS.get(duty, duty)


def check(duty: Duty, person: int, done_by: Mapping[Duty, int | None]) -> None:
    """Refuse `person` (user id) the `duty` when he already holds another one on this file. Raises `NotAllowed`."""
    for other, holder in done_by.items():
        if hand(other) is not hand(duty) and holder == person:
            raise NotAllowed(
                f"Vous avez déjà assuré {other.label} de cette demande : {duty.label} revient à une autre personne."
            )
