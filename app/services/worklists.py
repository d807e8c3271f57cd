"""What waits for one member of the ASP: the same condition feeds the counters of his home and the lists they lead to.

A request on whose dossier the person already holds another duty waits for somebody else (`app.domain.separation`).
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.domain import limits, permissions, separation
from app.domain.enums import (
    AWAITING_SUPPLIER,
    ChangeStatus,
    EnrolmentStatus,
    MailStatus,
    ModelStatus,
    PaymentState,
    ProposalStatus,
    RecoveryStatus,
    RequestStatus,
)
from app.domain.labelled import Labelled
from app.domain.permissions import Capability
from app.domain.separation import Duty
from app.extensions import db
from app.models.bank_accounts import BankChange
from app.models.budget import Decision, EnvelopeChange
from app.models.document_models import DocumentModel
from app.models.enrolments import Enrolment
from app.models.mails import Mail
from app.models.payments import Payment, PaymentOrder
from app.models.person_changes import PersonChange
from app.models.recoveries import RecoveryOrder
from app.models.requests import Avenant, FundingRequest
from app.models.users import User
from app.services import clock


class Task(Labelled):
    """The four things a request may wait for on our side."""

    INSTRUCT = "instruire", "À instruire"
    DECIDE = "decider", "À décider"
    ORDER = "payer", "À mettre en paiement"
    CONFIRM = "enregistrer", "Paiements à enregistrer"


CAPABILITY: Mapping[Task, Capability] = {
    Task.INSTRUCT: Capability.INSTRUCT,
    Task.DECIDE: Capability.DECIDE,
    Task.ORDER: Capability.ORDER_PAYMENT,
    Task.CONFIRM: Capability.CONFIRM_PAYMENT,
}
_DUTY = {
    Task.INSTRUCT: Duty.VALIDATE,
    Task.DECIDE: Duty.DECIDE,
    Task.ORDER: Duty.ORDER,
    Task.CONFIRM: Duty.CONFIRM,
}


def tasks_of(user: User) -> list[Task]:
    """What this person's roles let him do to a request."""
    return [task for task in Task if permissions.may(user.role_set, CAPABILITY[task])]


def condition(task: Task, user_id: int) -> sa.ColumnElement[bool]:
    """The WHERE on `Avenant` of what waits for this person under `task`."""
    mine = _DUTY[task]
    others = [duty for duty in _DUTY.values() if duty is not mine]
    return sa.and_(
        Avenant.is_current,
        _stage(task),
        *(~_held(duty, user_id) for duty in others),
        Avenant.request_id.not_in(_held_in_recoveries(mine, user_id)),
    )


def _stage(task: Task) -> sa.ColumnElement[bool]:
    payments = sa.exists().where(Payment.avenant_id == Avenant.id).correlate(Avenant)
    match task:
        case Task.INSTRUCT:
            return Avenant.status == RequestStatus.IN_PROGRESS
        case Task.DECIDE:
            return Avenant.status == RequestStatus.VALIDATED
        case Task.ORDER:
            return sa.and_(
                Avenant.status == RequestStatus.DECIDED,
                Avenant.payment_state == PaymentState.PENDING,
                Avenant.amount > 0,
                ~payments,
            )
    return sa.and_(
        Avenant.status == RequestStatus.DECIDED,
        Avenant.payment_state == PaymentState.PENDING,
        sa.exists().where(Payment.avenant_id == Avenant.id, Payment.paid_on.is_(None)).correlate(Avenant),
    )


def _held(duty: Duty, user_id: int) -> sa.ColumnElement[bool]:
    """True where the person holds this duty on the same dossier. One condition per duty, each on one column: the
    database then begins with what this person did, which is little or nothing."""
    here, sister, done = aliased(FundingRequest), aliased(FundingRequest), aliased(Avenant)
    query = (
        sa.select(sa.literal(1))
        .select_from(here)
        .join(sister, sister.dossier_id == here.dossier_id)
        .join(done, done.request_id == sister.id)
        .where(here.id == Avenant.request_id)
        .correlate(Avenant)
    )
    match duty:
        case Duty.VALIDATE:
            return query.where(done.judged_by_id == user_id).exists()
        case Duty.DECIDE:
            return (
                query.join(Decision, Decision.id == done.decision_id).where(Decision.decided_by_id == user_id).exists()
            )
    query = query.join(Payment, Payment.avenant_id == done.id)
    if duty is Duty.CONFIRM:
        return query.where(Payment.confirmed_by_id == user_id).exists()
    return (
        query.join(PaymentOrder, PaymentOrder.id == Payment.order_id)
        .where(PaymentOrder.ordered_by_id == user_id)
        .exists()
    )


_RECOVERY_HANDS = {
    Duty.PROPOSE_RECOVERY: RecoveryOrder.proposed_by_id,
    Duty.ISSUE_RECOVERY: RecoveryOrder.judged_by_id,
    Duty.CONFIRM_RECOVERY: RecoveryOrder.recovered_by_id,
}


def _held_in_recoveries(mine: Duty, user_id: int) -> sa.Select[Any]:
    """The requests of the dossiers on which the person did, for a recovery, what another hand than `mine` does: few,
    and found once for the whole list."""
    here, sister = aliased(FundingRequest), aliased(FundingRequest)
    did = [column == user_id for duty, column in _RECOVERY_HANDS.items() if separation.hand(duty) is not mine]
    return (
        sa.select(sister.id)
        .join(here, here.dossier_id == sister.dossier_id)
        .join(RecoveryOrder, RecoveryOrder.request_id == here.id)
        .where(sa.or_(*did))
    )


PROPOSALS, WITH_SUPPLIER, ENROLMENTS = "proposals", "with_supplier", "enrolments"
FAILED_MAILS, LOCKED_ACCOUNTS = "failed_mails", "locked_accounts"
RECOVERIES_TO_ISSUE, RECOVERIES_TO_CONFIRM = "recoveries_to_issue", "recoveries_to_confirm"
_RECOVERIES = {
    Capability.ISSUE_RECOVERY: (RECOVERIES_TO_ISSUE, RecoveryStatus.PROPOSED),
    Capability.CONFIRM_RECOVERY: (RECOVERIES_TO_CONFIRM, RecoveryStatus.ISSUED),
}
BANK_CHANGES, PERSON_CHANGES, DOCUMENT_MODELS = "bank_changes", "person_changes", "document_models"


def counters(user: User) -> dict[str, int]:
    """How many of each thing waits for this person: `Task` values and the names above. One query.

    Counted up to `limits.COUNTED_UP_TO`; one more when there are more."""
    wanted = {task.value: _count(Avenant, condition(task, user.id)) for task in tasks_of(user)}
    roles = user.role_set
    if permissions.may(roles, Capability.INSTRUCT):
        wanted[WITH_SUPPLIER] = _count(Avenant, with_supplier())
        wanted[ENROLMENTS] = _count(Enrolment, Enrolment.status == EnrolmentStatus.IN_PROGRESS)
    if permissions.may(roles, Capability.JUDGE_CHANGES):
        wanted[BANK_CHANGES] = _count(BankChange, bank_changes(user.id))
        wanted[PERSON_CHANGES] = _count(PersonChange, PersonChange.status == ChangeStatus.PENDING)
    if permissions.may(roles, Capability.JUDGE_MODELS):
        wanted[DOCUMENT_MODELS] = _count(DocumentModel, DocumentModel.status == ModelStatus.PENDING)
    if permissions.may(roles, Capability.APPROVE_ENVELOPE):
        wanted[PROPOSALS] = _count(EnvelopeChange, proposals(user.id))
    wanted |= _recoveries_awaited(user)
    if permissions.may(roles, Capability.READ_MAILS):
        wanted[FAILED_MAILS] = _count(Mail, Mail.status.in_((MailStatus.FAILED, MailStatus.BOUNCED)))
    if permissions.may(roles, Capability.READ_USERS):
        wanted[LOCKED_ACCOUNTS] = _count(User, User.locked_until > clock.now())
    if not wanted:
        return {}
    row = db.session.execute(sa.select(*(count.label(name) for name, count in wanted.items()))).one()
    return dict(row._mapping)


def _recoveries_awaited(user: User) -> dict[str, sa.ScalarSelect[int]]:
    return {
        name: _count(RecoveryOrder, recoveries(status, user.id))
        for capability, (name, status) in _RECOVERIES.items()
        if permissions.may(user.role_set, capability)
    }


def with_supplier() -> sa.ColumnElement[bool]:
    """Requests that wait for their supplier: a piece, or a modification."""
    return sa.and_(Avenant.is_current, Avenant.status.in_(AWAITING_SUPPLIER))


def bank_changes(user_id: int) -> sa.ColumnElement[bool]:
    """Changes of bank account that wait for this person: not those he has accepted, which wait for another."""
    mine = BankChange.accepted_by_id == user_id
    return sa.and_(BankChange.status == ChangeStatus.PENDING, sa.or_(BankChange.accepted_by_id.is_(None), ~mine))


def recoveries(status: RecoveryStatus, user_id: int) -> sa.ColumnElement[bool]:
    """Recovery orders at this status that another person brought there."""
    mine = sa.or_(RecoveryOrder.proposed_by_id == user_id, RecoveryOrder.judged_by_id.is_not_distinct_from(user_id))
    return sa.and_(RecoveryOrder.status == status, ~mine)


def proposals(user_id: int) -> sa.ColumnElement[bool]:
    """Proposals on an envelope this person may judge: those of others."""
    return sa.and_(EnvelopeChange.status == ProposalStatus.PROPOSED, EnvelopeChange.proposed_by_id != user_id)


def _count(model: Any, where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    some: sa.Select[Any] = (
        sa.select(sa.literal_column("1")).select_from(model).where(where).limit(limits.COUNTED_UP_TO + 1)
    )
    return sa.select(sa.func.count()).select_from(some.subquery()).scalar_subquery()
