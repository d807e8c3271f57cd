"""Do two people who act at once on one file leave one act, one audit line, one mail?"""

import pytest
import sqlalchemy as sa

from app.domain.enums import PaymentState, RequestStatus, Role
from app.domain.errors import Conflict, RuleBroken
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.audit import AuditEntry
from app.models.budget import Envelope
from app.models.mails import Mail
from app.models.payments import Payment, PaymentOrder
from app.models.recoveries import RecoveryOrder
from app.models.requests import Avenant
from app.services import audit, clock, decisions, payments, recoveries
from app.services import requests as request_service
from tests import factories

pytestmark = pytest.mark.committed

ROUNDS = 20


def one_winner(answers) -> RuleBroken:
    """What the other was told: exactly one act went through, the other is a conflict (409)."""
    refusals = [answer for answer in answers if isinstance(answer, Exception)]
    assert [type(refusal) for refusal in refusals] == [Conflict], answers
    return refusals[0]


def count(query) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery()))


def decided(people, envelope) -> Avenant:
    avenant = factories.avenant()
    request_service.act(avenant, Action.VALIDATE, people[Role.OFFICER][0])
    decisions.decide(envelope, [(avenant.id, avenant.version)], people[Role.DECIDER][0])
    db.session.commit()
    return avenant


def test_one_validates_while_the_other_rejects(committed, people):
    first, second = people[Role.OFFICER]
    for _ in range(ROUNDS):
        avenant = factories.avenant()
        db.session.commit()
        key, seen, number, request_id = avenant.id, avenant.version, avenant.number, avenant.request_id
        db.session.rollback()

        def judge(action, actor, key=key, seen=seen):
            avenant = db.session.get_one(Avenant, key)
            request_service.act(avenant, action, actor, comment="Pièce illisible", seen=seen)
            db.session.commit()

        told = one_winner(
            committed.at_once(lambda: judge(Action.VALIDATE, first), lambda: judge(Action.REJECT, second))
        )
        assert "a été modifiée entre-temps" in str(told)
        avenant = db.session.get_one(Avenant, key, populate_existing=True)
        assert avenant.status in (RequestStatus.VALIDATED, RequestStatus.REJECTED)
        assert count(sa.select(AuditEntry.id).where(AuditEntry.subject == number)) == 1
        assert count(sa.select(Mail.id).where(Mail.request_id == request_id)) == 1
        db.session.commit()
    assert list(audit.verify()) == []


def test_a_request_is_in_one_payment_order(committed, people, open_envelope):
    envelope = open_envelope("ENV", "100000.00")
    for _ in range(5):
        avenant = decided(people, envelope)
        chosen = [(avenant.id, avenant.version)]
        db.session.rollback()

        def order(actor, chosen=chosen):
            payments.order(chosen, actor)
            db.session.commit()

        one_winner(committed.at_once(*[lambda who=who: order(who) for who in people[Role.AUTHORISER]]))
        assert count(sa.select(Payment.id).where(Payment.avenant_id == chosen[0][0])) == 1
        db.session.commit()
    assert count(sa.select(PaymentOrder.id)) == 5
    assert list(audit.verify()) == []


def test_a_decision_is_cancelled_once_and_its_money_given_back_once(committed, people, open_envelope):
    envelope = open_envelope("ENV", "100000.00")
    key = envelope.id
    for _ in range(5):
        avenant = decided(people, envelope)
        chosen, number, request_id = avenant.id, avenant.number, avenant.request_id
        used = db.session.get_one(Envelope, key, populate_existing=True).used
        amount = avenant.amount
        db.session.rollback()

        def cancel(actor, chosen=chosen):
            avenant = db.session.get_one(Avenant, chosen)
            decisions.cancel_decided(avenant, actor, comment="à sa demande", seen=avenant.version)
            db.session.commit()

        one_winner(committed.at_once(*[lambda who=who: cancel(who) for who in people[Role.DECIDER]]))
        assert db.session.get_one(Envelope, key, populate_existing=True).used == used - amount
        statuses = db.session.scalars(
            sa.select(Avenant.status).where(Avenant.request_id == request_id).order_by(Avenant.ordinal)
        )
        assert list(statuses) == [RequestStatus.SUPERSEDED, RequestStatus.CANCELLED]
        told = sa.select(Mail.id).where(Mail.request_id == request_id, Mail.event == "Demande annulée")
        assert count(told) == 1
        assert count(sa.select(AuditEntry.id).where(AuditEntry.subject == number)) == 3
        db.session.commit()
    assert list(audit.verify()) == []


def test_a_recovery_is_proposed_once_and_recorded_once(committed, people, open_envelope):
    envelope = open_envelope("ENV", "100000.00")
    key = envelope.id
    avenant = decided(people, envelope)
    made = payments.order([(avenant.id, avenant.version)], people[Role.AUTHORISER][0])
    payments.confirm(made.payments[0], clock.today(), "VIR-1", people[Role.ACCOUNTANT][0])
    db.session.commit()
    paid, amount = avenant.id, avenant.amount
    db.session.rollback()

    def propose(actor):
        recoveries.propose(db.session.get_one(Avenant, paid), amount, "Contrat rompu", actor)
        db.session.commit()

    one_winner(committed.at_once(*[lambda who=who: propose(who) for who in people[Role.DECIDER]]))
    order = recoveries.issue(db.session.scalars(sa.select(RecoveryOrder)).one(), people[Role.AUTHORISER][0])
    db.session.commit()
    number = order.number
    db.session.rollback()

    def record(actor, reference):
        order = recoveries.find(number)
        assert order is not None
        recoveries.confirm(order, clock.today(), reference, actor)
        db.session.commit()

    one_winner(
        committed.at_once(
            *[lambda who=who, rank=rank: record(who, f"REC-{rank}") for rank, who in enumerate(people[Role.ACCOUNTANT])]
        )
    )
    assert db.session.get_one(Envelope, key, populate_existing=True).used == 0
    assert count(sa.select(Avenant.id)) == 2
    assert list(audit.verify()) == []


def test_a_payment_is_confirmed_once(committed, people, open_envelope):
    envelope = open_envelope("ENV", "100000.00")
    for turn in range(5):
        avenant = decided(people, envelope)
        made = payments.order([(avenant.id, avenant.version)], people[Role.AUTHORISER][0])
        db.session.commit()
        key, payment_id, request_id = avenant.id, made.payments[0].id, avenant.request_id
        db.session.rollback()

        def confirm(actor, reference, payment_id=payment_id):
            payments.confirm(db.session.get_one(Payment, payment_id), clock.today(), reference, actor)
            db.session.commit()

        one_winner(
            committed.at_once(
                *[
                    lambda who=who, reference=f"VIR-{turn}-{rank}": confirm(who, reference)
                    for rank, who in enumerate(people[Role.ACCOUNTANT])
                ]
            )
        )
        avenant = db.session.get_one(Avenant, key, populate_existing=True)
        assert avenant.payment_state is PaymentState.PAID
        told = sa.select(Mail.id).where(Mail.request_id == request_id, Mail.event == "Paiement effectué")
        assert count(told) == 1
        db.session.commit()
    assert list(audit.verify()) == []
