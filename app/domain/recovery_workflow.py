"""The life of a recovery order (« ordre de recouvrement »): every step that exists is a row of TRANSITIONS.

Sources: guide « Les écrans du portail », § 5.1 (an « ordre de recouvrement total » makes a request « Annulée »); the
three people are inferred from those of a payment (GBCP, décret 2012-1246): a décideur proposes, an ordonnateur issues,
a comptable records what came back. Pure: no session, no Flask, no clock.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from app.domain.amounts import ZERO
from app.domain.enums import RecoveryStatus, Role
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.domain.labelled import Labelled
from app.domain.separation import Duty


class Act(Labelled):
    """What a person does to a recovery order."""

    PROPOSE = "propose", "Proposer un ordre de recouvrement"
    ISSUE = "issue", "Émettre l'ordre de recouvrement"
    REFUSE = "refuse", "Refuser la proposition"
    CONFIRM = "confirm", "Enregistrer le recouvrement"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: `act` leads from `source` (none: the order begins) to `target`, for `role`, who then holds `duty`."""

    act: Act
    source: RecoveryStatus | None
    target: RecoveryStatus
    role: Role
    duty: Duty
    effect: str = ""


A, S = Act, RecoveryStatus

TRANSITIONS = (
    Transition(A.PROPOSE, None, S.PROPOSED, Role.DECIDER, Duty.PROPOSE_RECOVERY, "all that was paid, or a part"),
    Transition(A.ISSUE, S.PROPOSED, S.ISSUED, Role.AUTHORISER, Duty.ISSUE_RECOVERY, "mail; the supplier sees it"),
    Transition(A.REFUSE, S.PROPOSED, S.REFUSED, Role.AUTHORISER, Duty.ISSUE_RECOVERY, "with its reason"),
    Transition(
        A.CONFIRM,
        S.ISSUED,
        S.RECOVERED,
        Role.ACCOUNTANT,
        Duty.CONFIRM_RECOVERY,
        "mail; the envelope gets its money back; once all is recovered, the request is « Annulée »",
    ),
)
BY_ACT = {row.act: row for row in TRANSITIONS}


def acts_open_to(status: RecoveryStatus, roles: Collection[Role]) -> list[Transition]:
    """What someone with these roles may do to an order at this status."""
    return [row for row in TRANSITIONS if row.source is status and row.role in roles]


def check(status: RecoveryStatus | None, act: Act, roles: Collection[Role]) -> Transition:
    """The row to apply. Raises `NotAllowed` (role) or `Conflict` (somebody already did it)."""
    row = BY_ACT[act]
    if row.role not in roles:
        raise NotAllowed(f"« {act.label} » n'est pas ouvert à votre profil.")
    if status is not row.source:
        raise Conflict(f"Cet ordre de recouvrement est au statut « {status.label if status else 'Nouveau'} ».")
    return row


def check_amount(amount: Decimal, left: Decimal) -> None:
    """Refuse to ask back nothing, or more than what is `left` of a payment. Raises `RuleBroken` at its field. Euros."""
    if amount <= ZERO:
        raise RuleBroken("Le montant à recouvrer doit être supérieur à zéro.", field="amount")
    if amount > left:
        said = f"{left:.2f}".replace(".", ",")
        raise RuleBroken(f"Le montant à recouvrer dépasse ce qui reste du paiement : {said} €.", field="amount")
