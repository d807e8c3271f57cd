"""What the races share: four people known by id, and an envelope."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from app.domain.enums import Role
from app.extensions import db
from app.models.budget import Envelope
from app.services import actors, budget
from app.services.actors import Actor
from tests import factories


@pytest.fixture
def people(committed) -> dict[Role, list[Actor]]:
    """Two of each duty, so that two people may act at once."""
    duties = (Role.OFFICER, Role.DECIDER, Role.AUTHORISER, Role.ACCOUNTANT)
    made = {role: [actors.of(factories.user(role)) for _ in range(2)] for role in duties}
    db.session.commit()
    return made


@pytest.fixture
def open_envelope(people) -> Callable[[str, str], Envelope]:
    def made(code: str, amount: str) -> Envelope:
        change = budget.propose_envelope(code, f"Enveloppe {code}", Decimal(amount), people[Role.DECIDER][0])
        budget.judge(change, True, people[Role.AUTHORISER][0])
        db.session.commit()
        return change.envelope

    return made
