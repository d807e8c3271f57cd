"""« A modifier » closes by itself at J+20 (guide « Modification d'une demande de solde SAS »)."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.enums import RequestStatus, Role
from app.domain.errors import Unavailable
from app.domain.request_workflow import Action
from app.extensions import db, hurried
from app.models.requests import Avenant, InformationRequest
from app.services import actors, amendments, clock
from app.services import requests as request_service
from tests import factories
from tests.committed import ground
from tests.conftest import SERVER


def ask(avenant):
    officer = actors.of(factories.user(Role.OFFICER))
    request_service.act(avenant, Action.ASK_AMENDMENT, officer, comment="La date ne correspond pas.")
    db.session.commit()


def test_j20_puts_an_unanswered_request_back_in_progress(session):
    avenant = factories.avenant()
    ask(avenant)
    asked_on = clock.today()

    assert amendments.close_overdue(asked_on + dt.timedelta(19)) == 0
    assert amendments.close_overdue(asked_on + dt.timedelta(20)) == 1
    assert amendments.close_overdue(asked_on + dt.timedelta(20)) == 0  # safe to run again

    assert avenant.status is RequestStatus.IN_PROGRESS
    assert db.session.scalar(sa.select(InformationRequest.resolution)) == "system"


def test_an_absence_of_days_changes_nothing(session):
    avenant = factories.avenant()
    ask(avenant)
    assert amendments.close_overdue(clock.today() + dt.timedelta(40)) == 1
    assert avenant.status is RequestStatus.IN_PROGRESS


def test_an_officer_who_cancels_answers_for_nobody(session):
    avenant = factories.avenant()
    ask(avenant)
    officer = actors.of(factories.user(Role.OFFICER))
    request_service.act(avenant, Action.CANCEL, officer, comment="À la demande du fournisseur.")
    assert db.session.scalar(sa.select(InformationRequest.resolution)) == "officer"


def test_an_answered_request_is_left_alone(session):
    avenant = factories.avenant()
    ask(avenant)
    supplier = actors.of(factories.supplier_user(avenant.supplier))
    request_service.act(avenant, Action.AMEND, supplier)
    db.session.commit()
    assert amendments.close_overdue(clock.today() + dt.timedelta(20)) == 0


@pytest.mark.committed
@pytest.mark.skipif(not SERVER, reason="SQLite locks no row: there the sweep waits for whoever writes")
def test_a_request_held_elsewhere_stops_no_other(tmp_path):
    with ground(tmp_path, LOCK_TIMEOUT="0.05"):
        enrolment = factories.enrolment()
        held, free = factories.avenant(enrolment), factories.avenant(enrolment)
        for one in (held, free):
            ask(one)
        ids, day = (held.id, free.id), clock.today() + dt.timedelta(20)
        db.session.remove()
        other = sa.create_engine(db.engine.url, poolclass=sa.NullPool)
        with other.begin() as connection, hurried():
            connection.execute(sa.select(Avenant.id).where(Avenant.id == ids[0]).with_for_update())
            with pytest.raises(Unavailable, match=r"1 fait\(s\)"):
                amendments.close_overdue(day)
        assert db.session.get_one(Avenant, ids[0]).status is RequestStatus.TO_AMEND
        assert db.session.get_one(Avenant, ids[1]).status is RequestStatus.IN_PROGRESS
        assert amendments.close_overdue(day) == 1
