"""The life of an enrolment: every status change that exists is a row of TRANSITIONS.

Sources: guide « Les écrans du portail », § 3.1 (statuses); guide « Présentation du portail » (instruction, validation).
Inferred: who waits for a certificate or a piece may ask again, take the file up again without it, or reject it.
Pure: no session, no Flask, no clock. `app.services.enrolment_instruction` is the only caller that writes a status.
"""

from collections.abc import Collection
from dataclasses import dataclass

from app.domain.enums import EnrolmentStatus, Role
from app.domain.errors import IllegalAction, NotAllowed
from app.domain.labelled import Labelled


class Act(Labelled):
    """What a person does to an enrolment."""

    ASK_DOCUMENT = "ask_document", "Demander une pièce"
    AWAIT_CERTIFICATE = "await_certificate", "Attendre le certificat"
    ANSWER = "answer", "Envoyer ma réponse"
    RESUME = "resume", "Reprendre l'instruction"
    VALIDATE = "validate", "Valider"
    REJECT = "reject", "Rejeter"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: `act` leads from any of `sources` to `target`, for `roles`; some want a comment."""

    act: Act
    sources: frozenset[EnrolmentStatus]
    target: EnrolmentStatus
    roles: frozenset[Role]
    needs_comment: bool = False


A, R, S = Act, Role, EnrolmentStatus
# What is asked of the declarant and not yet answered.
AWAITING = frozenset({S.AWAITING_DOCUMENT, S.AWAITING_CERTIFICATE})
OPEN = AWAITING | {S.IN_PROGRESS}
_OFFICER, _SUPPLIER = frozenset({R.OFFICER}), frozenset({R.SUPPLIER})

TRANSITIONS = (
    Transition(A.ASK_DOCUMENT, OPEN, S.AWAITING_DOCUMENT, _OFFICER, needs_comment=True),
    Transition(A.AWAIT_CERTIFICATE, OPEN - {S.AWAITING_CERTIFICATE}, S.AWAITING_CERTIFICATE, _OFFICER),
    Transition(A.ANSWER, AWAITING, S.IN_PROGRESS, _SUPPLIER),
    Transition(A.RESUME, AWAITING, S.IN_PROGRESS, _OFFICER, needs_comment=True),
    Transition(A.VALIDATE, frozenset({S.IN_PROGRESS}), S.VALIDATED, _OFFICER),
    Transition(A.REJECT, OPEN, S.REJECTED, _OFFICER, needs_comment=True),
)
BY_ACT = {row.act: row for row in TRANSITIONS}


def acts_open_to(status: EnrolmentStatus, roles: Collection[Role]) -> list[Transition]:
    """What someone with these roles may do now; the screens draw their buttons from it."""
    return [row for row in TRANSITIONS if status in row.sources and row.roles.intersection(roles)]


def check(status: EnrolmentStatus, act: Act, roles: Collection[Role], comment: str = "") -> Transition:
    """The row to apply. Raises `NotAllowed` (role) or `IllegalAction` (status, comment), worded for the person."""
    row = BY_ACT[act]
    if not row.roles.intersection(roles):
        raise NotAllowed(f"« {act.label} » n'est pas ouvert à votre profil.")
    if status not in row.sources:
        raise IllegalAction(f"« {act.label} » est impossible au statut « {status.label} ».")
    if row.needs_comment and not comment.strip():
        raise IllegalAction(f"« {act.label} » demande un commentaire.", field="comment")
    return row
