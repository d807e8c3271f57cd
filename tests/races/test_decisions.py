"""Is an envelope ever over-committed when everybody decides at once? (200 decisions, room for 50, twenty times)"""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.domain.enums import RequestStatus, Role
from app.domain.errors import RuleBroken
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.budget import Decision, Envelope
from app.models.requests import Avenant
from app.services import audit, decisions
from app.services import requests as request_service
from tests import bulk, factories

pytestmark = pytest.mark.committed

ROUNDS, REQUESTS, ROOM, THREADS = 20, 200, 50, 20
AMOUNT = Decimal("322.50")


def decide_each(envelope_id: int, chosen: list[tuple[int, int]], actor) -> int:
    """Decide one request after the other, each in a transaction of its own. Returns how many were decided."""
    done = 0
    for one in chosen:
        try:
            decisions.decide(db.session.get_one(Envelope, envelope_id), [one], actor)
            db.session.commit()
            done += 1
        except RuleBroken as refusal:
            db.session.rollback()
            if refusal.field != "envelope":
                raise
    return done


def test_two_hundred_decisions_with_room_for_fifty_decide_fifty(committed, people, open_envelope):
    model = factories.avenant(doctors=3)
    request_service.act(model, Action.VALIDATE, people[Role.OFFICER][0])
    db.session.commit()
    decider = people[Role.DECIDER][0]
    for turn in range(ROUNDS):
        envelope_id = open_envelope(f"E{turn}", str(AMOUNT * ROOM + Decimal("100.00"))).id
        ids = bulk.copies(model, REQUESTS, bulk.FIRST + turn * REQUESTS)
        rows = db.session.execute(sa.select(Avenant.id, Avenant.version).where(Avenant.id.in_(ids)))
        versions = [(row.id, row.version) for row in rows]
        db.session.commit()
        shares = [versions[rank::THREADS] for rank in range(THREADS)]
        answers = committed.at_once(
            *[lambda share=share, key=envelope_id: decide_each(key, share, decider) for share in shares]
        )
        assert sum(answers) == ROOM
        envelope = db.session.get_one(Envelope, envelope_id, populate_existing=True)
        assert envelope.used == AMOUNT * ROOM
        decided = sa.and_(Avenant.id.in_(ids), Avenant.status == RequestStatus.DECIDED)
        assert db.session.scalar(sa.select(sa.func.count(Avenant.id)).where(decided)) == ROOM
        assert db.session.scalar(sa.select(sa.func.sum(Avenant.amount)).where(decided)) <= envelope.total
    numbers = list(db.session.scalars(sa.select(Decision.number)))
    assert len(numbers) == len(set(numbers)) == ROOM * ROUNDS
    assert list(audit.verify()) == []
