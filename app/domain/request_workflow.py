"""The life of a funding request: every status change that exists is a row of TRANSITIONS.

Sources: guide « Les écrans du portail », § 5.1 (statuses) and § 9 (non-completed requests); guide « Modification d'une
demande de solde SAS » (A modifier, J+20); cancelling before and after the decision is settled in docs/architecture.md.
Pure: no session, no Flask, no clock. `app.services.requests` is the only caller that writes a status.
"""

from collections.abc import Collection
from dataclasses import dataclass

from app.domain.enums import RequestStatus, Role
from app.domain.errors import IllegalAction, NotAllowed
from app.domain.labelled import Labelled


class Action(Labelled):
    """What a person or the system does to a request."""

    COMPLETE = "complete", "Compléter"
    ASK_DOCUMENT = "ask_document", "Demander une pièce"
    ADD_DOCUMENT = "add_document", "Confirmer l'ajout de pièces"
    ASK_AMENDMENT = "ask_amendment", "Demander une modification"
    AMEND = "amend", "Confirmer"
    CLOSE_AMENDMENT = "close_amendment", "Reprendre en l'état"
    VALIDATE = "validate", "Valider"
    REJECT = "reject", "Rejeter"
    DECIDE = "decide", "Décider"
    CANCEL = "cancel", "Annuler"
    CANCEL_DECIDED = "cancel_decided", "Annuler après décision"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: `action` leads from any of `sources` to `target`, for `roles`; some want a comment."""

    action: Action
    sources: frozenset[RequestStatus]
    target: RequestStatus
    roles: frozenset[Role]
    needs_comment: bool = False


def _row(
    action: Action, sources: set[RequestStatus], target: RequestStatus, roles: set[Role], *, needs_comment: bool = False
) -> Transition:
    return Transition(action, frozenset(sources), target, frozenset(roles), needs_comment)


A, R, S = Action, Role, RequestStatus

TRANSITIONS = (
    _row(A.COMPLETE, {S.INCOMPLETE}, S.IN_PROGRESS, {R.SUPPLIER}),
    _row(A.ASK_DOCUMENT, {S.IN_PROGRESS}, S.AWAITING_DOCUMENT, {R.OFFICER}, needs_comment=True),
    _row(A.ADD_DOCUMENT, {S.AWAITING_DOCUMENT}, S.IN_PROGRESS, {R.SUPPLIER}),
    _row(A.ASK_AMENDMENT, {S.IN_PROGRESS}, S.TO_AMEND, {R.OFFICER}, needs_comment=True),
    _row(A.AMEND, {S.TO_AMEND}, S.IN_PROGRESS, {R.SUPPLIER}),
    _row(A.CLOSE_AMENDMENT, {S.TO_AMEND}, S.IN_PROGRESS, {R.SYSTEM}),
    _row(A.VALIDATE, {S.IN_PROGRESS}, S.VALIDATED, {R.OFFICER, R.SYSTEM}),
    _row(A.REJECT, {S.IN_PROGRESS}, S.REJECTED, {R.OFFICER}, needs_comment=True),
    _row(A.DECIDE, {S.VALIDATED}, S.DECIDED, {R.DECIDER, R.SYSTEM}),
    _row(
        A.CANCEL,
        {S.IN_PROGRESS, S.AWAITING_DOCUMENT, S.TO_AMEND, S.VALIDATED},
        S.CANCELLED,
        {R.OFFICER},
        needs_comment=True,
    ),
    _row(A.CANCEL_DECIDED, {S.DECIDED}, S.CANCELLED, {R.DECIDER}, needs_comment=True),
)
BY_ACTION = {row.action: row for row in TRANSITIONS}


def actions_open_to(status: RequestStatus, roles: Collection[Role]) -> list[Transition]:
    """What someone with these roles may do now; the screens draw their buttons from it."""
    return [row for row in TRANSITIONS if status in row.sources and row.roles.intersection(roles)]


def check(status: RequestStatus, action: Action, roles: Collection[Role], comment: str = "") -> Transition:
    """The row to apply. Raises `IllegalAction` (status, comment) or `NotAllowed` (role), worded for the person."""
    row = BY_ACTION[action]
    if not row.roles.intersection(roles):
        raise NotAllowed(f"« {action.label} » n'est pas ouvert à votre profil.")
    if status not in row.sources:
        raise IllegalAction(f"« {action.label} » est impossible au statut « {status.label} ».")
    if row.needs_comment and not comment.strip():
        raise IllegalAction(f"« {action.label} » demande un commentaire.", field="comment")
    return row
