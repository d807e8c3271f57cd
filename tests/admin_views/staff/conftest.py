"""The people of the staff site and requests in the state a test needs, made by the services."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from app.domain.enums import Role
from app.domain.request_workflow import Action
from app.services import actors, budget, clock, decisions, payments
from app.services import requests as request_service
from tests import factories

DEMANDES = "/gestion/demandes/"


@pytest.fixture
def people(session):
    """One account per staff role."""
    names = ("officer", "decider", "authoriser", "accountant", "support", "analyst", "administrator")
    return SimpleNamespace(**{name: factories.user(Role(name)) for name in names})


@pytest.fixture
def envelope(people, session):
    change = budget.propose_envelope("ENV-1", "Enveloppe 1", Decimal("1000.00"), actors.of(people.decider))
    budget.judge(change, True, actors.of(people.authoriser))
    session.commit()
    return change.envelope


@pytest.fixture
def world(people, envelope, session):
    """What brings a request where a test wants it, by the right people."""

    def in_progress(**over):
        avenant = factories.avenant(**over)
        session.commit()
        return avenant

    def validated(by=None, **over):
        avenant = factories.avenant(**over)
        request_service.act(avenant, Action.VALIDATE, actors.of(by or people.officer))
        session.commit()
        return avenant

    def decided(**over):
        avenant = validated(**over)
        decisions.decide(envelope, [(avenant.id, avenant.version)], actors.of(people.decider))
        session.commit()
        return avenant

    def ordered(**over):
        avenant = decided(**over)
        payments.order([(avenant.id, avenant.version)], actors.of(people.authoriser))
        session.commit()
        return avenant

    def paid(**over):
        avenant = ordered(**over)
        payment = payments.payment_of(avenant)
        payments.confirm(payment, clock.today(), f"VIR-{avenant.number}", actors.of(people.accountant))
        session.commit()
        return avenant

    return SimpleNamespace(
        in_progress=in_progress, validated=validated, decided=decided, ordered=ordered, paid=paid, people=people
    )


def act(client, avenant, action, **data):
    """POST an action of the instruction page, with the version of today unless told."""
    data.setdefault("seen", avenant.version)
    return client.post(f"{DEMANDES}{avenant.number}/actions/{action}", data=data)
