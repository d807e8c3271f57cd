"""The life of a funding request: every step that exists is a row of TRANSITIONS, every step of its payment a row of
PAYMENT_STEPS. `docs/workflow.md` is drawn from them.

Sources: guide « Les écrans du portail », § 5.1 (statuses, payment states) and § 9 (non-completed requests); guides
« Dépôt d'une demande d'avance SAS » and « Opérateur MSS » (forms); guide « Modification d'une demande de solde SAS »
(A modifier, J+10, J+20); cancelling before and after the decision is settled in docs/architecture.md.
Pure: no session, no Flask, no clock. `app.services.requests` is the only caller that writes a status.
"""

from collections.abc import Collection
from dataclasses import dataclass

from app.domain.enums import PaymentState, RequestStatus, Role
from app.domain.errors import IllegalAction, NotAllowed
from app.domain.labelled import Labelled


class Action(Labelled):
    """What a person or the system does to a request."""

    IMPORT = "import", "Importer"
    DEPOSIT = "deposit", "Déposer"
    COMPLETE = "complete", "Compléter"
    DELETE = "delete", "Supprimer la demande non complétée"
    PURGE = "purge", "Purger la demande expirée"
    ASK_DOCUMENT = "ask_document", "Demander une pièce"
    ADD_DOCUMENT = "add_document", "Confirmer l'ajout de pièces"
    ASK_AMENDMENT = "ask_amendment", "Demander une modification"
    AMEND = "amend", "Confirmer"
    LEAVE = "leave", "Ne pas modifier"
    REMIND = "remind", "Relancer"
    CLOSE_AMENDMENT = "close_amendment", "Reprendre en l'état"
    VALIDATE = "validate", "Valider"
    REJECT = "reject", "Rejeter"
    DECIDE = "decide", "Décider"
    CANCEL = "cancel", "Annuler"
    CANCEL_DECIDED = "cancel_decided", "Annuler après décision"
    RECOVER = "recover", "Annuler après recouvrement total"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: `action` leads from any of `sources` to `target`, for `roles`; some want a comment.

    No source: the request begins. No target: it is deleted. `payment`: the payment state it leads to, where it changes.
    `supersedes`: the avenant becomes « Historisée » and a new one takes the target. `effect`: what else happens.
    """

    action: Action
    sources: frozenset[RequestStatus]
    target: RequestStatus | None
    roles: frozenset[Role]
    effect: str = ""
    needs_comment: bool = False
    payment: PaymentState | None = None
    supersedes: bool = False


def _row(
    action: Action,
    sources: set[RequestStatus],
    target: RequestStatus | None,
    roles: set[Role],
    effect: str = "",
    *,
    needs_comment: bool = False,
    payment: PaymentState | None = None,
    supersedes: bool = False,
) -> Transition:
    return Transition(action, frozenset(sources), target, frozenset(roles), effect, needs_comment, payment, supersedes)


A, P, R, S = Action, PaymentState, Role, RequestStatus
_BEFORE_DECISION = {S.IN_PROGRESS, S.AWAITING_DOCUMENT, S.TO_AMEND, S.VALIDATED}

TRANSITIONS = (
    _row(A.IMPORT, set(), S.INCOMPLETE, {R.SUPPLIER}, "hidden from staff; purged after seven days", payment=P.NONE),
    _row(A.DEPOSIT, set(), S.IN_PROGRESS, {R.SUPPLIER}, "by form, pieces included; a mail confirms", payment=P.NONE),
    _row(A.COMPLETE, {S.INCOMPLETE}, S.IN_PROGRESS, {R.SUPPLIER}, "with the last required piece"),
    _row(A.DELETE, {S.INCOMPLETE}, None, {R.SUPPLIER}, "an avance only"),
    _row(A.PURGE, {S.INCOMPLETE}, None, {R.SYSTEM}, "seven days after the deposit, with its files"),
    _row(
        A.ASK_DOCUMENT, {S.IN_PROGRESS}, S.AWAITING_DOCUMENT, {R.OFFICER}, "mail: the piece to add", needs_comment=True
    ),
    _row(A.ADD_DOCUMENT, {S.AWAITING_DOCUMENT}, S.IN_PROGRESS, {R.SUPPLIER}, "the added pieces stay for good"),
    _row(
        A.ASK_AMENDMENT,
        {S.IN_PROGRESS},
        S.TO_AMEND,
        {R.OFFICER},
        "mail: what to correct; no decision meanwhile",
        needs_comment=True,
    ),
    _row(A.AMEND, {S.TO_AMEND}, S.IN_PROGRESS, {R.SUPPLIER}, "a new version in « Historique »"),
    _row(A.LEAVE, {S.TO_AMEND}, S.IN_PROGRESS, {R.SUPPLIER}, "instructed as it stands"),
    _row(A.REMIND, {S.TO_AMEND}, S.TO_AMEND, {R.SYSTEM}, "J+10: mail repeating what is asked"),
    _row(A.CLOSE_AMENDMENT, {S.TO_AMEND}, S.IN_PROGRESS, {R.SYSTEM}, "J+20: instructed as it stands"),
    _row(A.VALIDATE, {S.IN_PROGRESS}, S.VALIDATED, {R.OFFICER, R.SYSTEM}, "mail; the decision letter is made"),
    _row(A.REJECT, {S.IN_PROGRESS}, S.REJECTED, {R.OFFICER}, "mail with the reasons", needs_comment=True),
    _row(
        A.DECIDE,
        {S.VALIDATED},
        S.DECIDED,
        {R.DECIDER, R.SYSTEM},
        "the amount is reserved on an envelope",
        payment=P.PENDING,
    ),
    _row(
        A.CANCEL,
        _BEFORE_DECISION,
        S.CANCELLED,
        {R.OFFICER},
        "at the supplier's request; mail",
        needs_comment=True,
        payment=P.NONE,
        supersedes=True,
    ),
    _row(
        A.CANCEL_DECIDED,
        {S.DECIDED},
        S.CANCELLED,
        {R.DECIDER},
        "until it is put in payment; the envelope gets its money back; mail",
        needs_comment=True,
        payment=P.NONE,
        supersedes=True,
    ),
    _row(
        A.RECOVER,
        {S.DECIDED},
        S.CANCELLED,
        {R.SYSTEM},
        "once all that was paid is recovered; a partial recovery leaves the status",
        payment=P.NONE,
        supersedes=True,
    ),
)
BY_ACTION = {row.action: row for row in TRANSITIONS}


class PaymentAct(Labelled):
    """What a person does to the payment of a decided request."""

    ORDER = "order", "Mettre en paiement"
    CONFIRM = "confirm", "Enregistrer le paiement"


@dataclass(frozen=True, slots=True)
class PaymentStep:
    """One row: `act` leads a decided request from one payment state to another, for `roles`."""

    act: PaymentAct
    source: PaymentState
    target: PaymentState
    roles: frozenset[Role]
    effect: str = ""


PAYMENT_STEPS = (
    PaymentStep(PaymentAct.ORDER, P.PENDING, P.PENDING, frozenset({R.AUTHORISER}), "in one order, for ever"),
    PaymentStep(PaymentAct.CONFIRM, P.PENDING, P.PAID, frozenset({R.ACCOUNTANT}), "mail; the avis de paiement is made"),
)
BY_PAYMENT_ACT = {row.act: row for row in PAYMENT_STEPS}


def actions_open_to(status: RequestStatus, roles: Collection[Role]) -> list[Transition]:
    """What someone with these roles may do now; the screens draw their buttons from it."""
    return [row for row in TRANSITIONS if status in row.sources and row.roles.intersection(roles)]


def check(status: RequestStatus, action: Action, roles: Collection[Role], comment: str = "") -> Transition:
    """The row to apply. Raises `IllegalAction` (status, comment) or `NotAllowed` (role), worded for the person."""
    row = BY_ACTION[action]
    _refuse_role(action, row.roles, roles)
    if status not in row.sources:
        raise IllegalAction(f"« {action.label} » est impossible au statut « {status.label} ».")
    if row.needs_comment and not comment.strip():
        raise IllegalAction(f"« {action.label} » demande un commentaire.", field="comment")
    return row


def payment_step(act: PaymentAct, roles: Collection[Role]) -> PaymentStep:
    """The row to apply to a payment. Raises `NotAllowed` (role)."""
    row = BY_PAYMENT_ACT[act]
    _refuse_role(act, row.roles, roles)
    return row


def _refuse_role(act: Labelled, allowed: Collection[Role], roles: Collection[Role]) -> None:
    if not set(allowed).intersection(roles):
        raise NotAllowed(f"« {act.label} » n'est pas ouvert à votre profil.")
