"""One request from « En cours » to « Paiement effectué », by four people."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.domain.enums import PaymentState, RequestStatus, Role
from app.domain.errors import Conflict, IllegalAction, NotAllowed, RuleBroken
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.mails import Mail
from app.services import actors, audit, budget, clock, decisions, payments
from app.services import requests as request_service
from tests import factories


@pytest.fixture
def four(session):
    roles = (Role.OFFICER, Role.DECIDER, Role.AUTHORISER, Role.ACCOUNTANT)
    return [actors.of(factories.user(role)) for role in roles]


def an_envelope(four, amount="100000.00"):
    change = budget.propose_envelope("ENV-1", "Enveloppe 1", Decimal(amount), four[1])
    budget.judge(change, True, four[2])
    return change.envelope


def test_the_guides_request_is_paid_322_50(four):
    officer, decider, authoriser, accountant = four
    avenant = factories.avenant()
    envelope = an_envelope(four)

    request_service.act(avenant, Action.VALIDATE, officer)
    assert (avenant.declared_ht, avenant.retained_ht, avenant.retained, avenant.amount) == (
        Decimal("1074.99"),
        Decimal("1074.99"),
        Decimal("1074.99"),
        Decimal("322.50"),
    )
    decisions.decide(envelope, [(avenant.id, avenant.version)], decider)
    assert avenant.status is RequestStatus.DECIDED
    assert avenant.payment_state is PaymentState.PENDING
    assert envelope.used == Decimal("322.50")

    order = payments.order([(avenant.id, avenant.version)], authoriser)
    assert order.control_total == Decimal("322.50")
    payments.confirm(order.payments[0], clock.today(), "VIR-1", accountant)
    db.session.commit()

    assert avenant.payment_state is PaymentState.PAID
    assert list(audit.verify()) == []
    assert sorted(db.session.scalars(sa.select(Mail.event))) == ["Demande validée", "Paiement effectué"]
    subjects = set(db.session.scalars(sa.select(Mail.subject)))
    assert f"Votre demande d'avance {avenant.number} est validée" in subjects


def test_nobody_holds_two_duties_on_one_dossier(four):
    both = actors.of(factories.user(Role.OFFICER, Role.DECIDER))
    avenant = factories.avenant()
    request_service.act(avenant, Action.VALIDATE, both)
    with pytest.raises(NotAllowed, match="déjà assuré la validation"):
        decisions.decide(an_envelope(four), [(avenant.id, avenant.version)], both)


def test_a_stale_page_is_told_what_happened(four):
    avenant = factories.avenant()
    seen = avenant.version
    request_service.act(avenant, Action.VALIDATE, four[0], seen=seen)
    db.session.commit()
    with pytest.raises(Conflict, match="« Valider » par Personne"):
        request_service.act(avenant, Action.REJECT, four[0], comment="trop tard", seen=seen)


def test_an_envelope_is_never_overcommitted(four):
    envelope = an_envelope(four, "600.00")
    chosen = [factories.avenant() for _ in range(2)]
    for avenant in chosen:
        request_service.act(avenant, Action.VALIDATE, four[0])
    db.session.commit()
    with pytest.raises(RuleBroken, match="ne suffit pas"):
        decisions.decide(envelope, [(avenant.id, avenant.version) for avenant in chosen], four[1])
    db.session.rollback()
    assert envelope.used == 0
    assert {avenant.status for avenant in chosen} == {RequestStatus.VALIDATED}


def test_a_cancelled_decision_gives_its_money_back(four):
    avenant = factories.avenant()
    envelope = an_envelope(four)
    request_service.act(avenant, Action.VALIDATE, four[0])
    decisions.decide(envelope, [(avenant.id, avenant.version)], four[1])
    cancelled = decisions.cancel_decided(avenant, four[1], comment="à la demande du fournisseur")
    db.session.commit()
    assert envelope.used == 0
    assert (avenant.status, cancelled.status) == (RequestStatus.SUPERSEDED, RequestStatus.CANCELLED)
    assert (cancelled.is_current, cancelled.ordinal) == (True, 1)
    assert len(cancelled.beneficiaries) == 3


def test_a_beneficiary_without_ceiling_is_rejected_never_validated(four):
    avenant = factories.avenant(factories.enrolment(code="HOP"))
    with pytest.raises(IllegalAction, match="n'a pas de plafond"):
        request_service.act(avenant, Action.VALIDATE, four[0])
    db.session.rollback()


def test_it_can_still_be_rejected(four):
    avenant = factories.avenant(factories.enrolment(code="HOP"))
    request_service.act(avenant, Action.REJECT, four[0], comment="établissement non éligible")
    assert (avenant.status, avenant.amount) == (RequestStatus.REJECTED, None)
