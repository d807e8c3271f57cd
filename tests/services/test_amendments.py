"""« A modifier » closes by itself at J+20 (guide « Modification d'une demande de solde SAS »)."""

import datetime as dt

import sqlalchemy as sa

from app.domain.enums import RequestStatus, Role
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.requests import InformationRequest
from app.services import actors, amendments, clock
from app.services import requests as request_service
from tests import factories


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


def test_an_answered_request_is_left_alone(session):
    avenant = factories.avenant()
    ask(avenant)
    supplier = actors.of(factories.supplier_user(avenant.supplier))
    request_service.act(avenant, Action.AMEND, supplier)
    db.session.commit()
    assert amendments.close_overdue(clock.today() + dt.timedelta(20)) == 0
