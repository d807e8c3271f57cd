"""Lives of a request told in one line, through the services."""

from decimal import Decimal

from app.domain.enums import Role
from app.domain.request_workflow import Action
from app.models.payments import PaymentOrder
from app.models.recoveries import RecoveryOrder
from app.models.requests import Avenant
from app.services import actors, budget, clock, decisions, payments, recoveries
from app.services import requests as request_service
from app.services.actors import Actor
from tests import factories


def decided(avenant: Avenant, code: str = "ENV-1", amount: str = "1000.00") -> Actor:
    """Validated, and decided on a new envelope of this code and amount, by two people. Returns the one who approved the
    envelope, who may order the payment."""
    officer, decider, authoriser = (
        actors.of(factories.user(role)) for role in (Role.OFFICER, Role.DECIDER, Role.AUTHORISER)
    )
    change = budget.propose_envelope(code, "Enveloppe 1", Decimal(amount), decider)
    budget.judge(change, True, authoriser)
    request_service.act(avenant, Action.VALIDATE, officer)
    decisions.decide(change.envelope, [(avenant.id, avenant.version)], decider)
    return authoriser


def ordered(avenant: Avenant, code: str = "ENV-1", amount: str = "1000.00") -> PaymentOrder:
    """Validated, decided on a new envelope of this code and amount, and put in payment, by three people."""
    authoriser = decided(avenant, code, amount)
    return payments.order([(avenant.id, avenant.version)], authoriser)


def paid(avenant: Avenant, code: str = "ENV-1", amount: str = "1000.00") -> None:
    """The whole way, by four people."""
    accountant = actors.of(factories.user(Role.ACCOUNTANT))
    payments.confirm(ordered(avenant, code, amount).payments[0], clock.today(), f"VIR-{code}", accountant)


def pay(avenant: Avenant) -> None:
    """A decided request put in payment and paid, by two people."""
    authoriser, accountant = (actors.of(factories.user(role)) for role in (Role.AUTHORISER, Role.ACCOUNTANT))
    order = payments.order([(avenant.id, avenant.version)], authoriser)
    payments.confirm(order.payments[0], clock.today(), f"VIR-{avenant.number}", accountant)


def asked_back(avenant: Avenant, amount: str) -> RecoveryOrder:
    """A recovery order on a paid request, proposed and issued by two people."""
    decider, authoriser = (actors.of(factories.user(role)) for role in (Role.DECIDER, Role.AUTHORISER))
    order = recoveries.propose(avenant, Decimal(amount), "Installation non réalisée", decider)
    return recoveries.issue(order, authoriser)


def recovered(avenant: Avenant, amount: str) -> RecoveryOrder:
    """The same, the money back today."""
    order = asked_back(avenant, amount)
    recoveries.confirm(order, clock.today(), f"REC-{order.number}", actors.of(factories.user(Role.ACCOUNTANT)))
    return order
