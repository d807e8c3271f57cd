"""A request deposited with its corridor's own example, and what an officer asks of it."""

import datetime as dt
from typing import Any

from app.domain.enums import DepositMode, Phase, Role
from app.domain.request_workflow import Action
from app.exchange import example_file
from app.extensions import db
from app.models.enrolments import Enrolment
from app.models.requests import Avenant
from app.models.users import User
from app.services import actors, corridor_versions, documents
from app.services import requests as request_service
from app.services.asked import Asked
from tests import factories
from tests.json_files import deposit, written
from tests.lives import paid


def enrolled(code: str, **over: Any) -> tuple[Enrolment, User]:
    """A supplier enrolled in this corridor for its first software, referenced for all its profiles."""
    profiles = [question.profile for question in factories.open_spec(code).scenario if question.profile]
    enrolment = factories.enrolment(referencing=factories.referencing(code, profiles=profiles, **over))
    return enrolment, factories.supplier_user(enrolment.supplier)


def deposited(
    of: tuple[Enrolment, User], phase: Phase = Phase.AVANCE, avance: Avenant | None = None, **changes: Any
) -> Avenant:
    """The request of the example, « En cours ». `changes`: values of the order (`montantSegurHT=1000`)."""
    enrolment, user = of
    version = corridor_versions.in_force(enrolment.referencing.corridor_code)
    spec = corridor_versions.spec_of(version).narrowed(enrolment.referencing.wave)
    day = dt.date(2026, 10, 1)
    ans, siret = enrolment.referencing.ans_number, enrolment.supplier.siret
    data = example_file.example(spec, phase, ans, siret, enrolment.vat.json_code, day)
    line = data["lignesImport"][0]
    line["commande"] |= changes
    if avance:
        line["numeroASP"] = avance.number
    imported = deposit(written(data), of, phase)
    avenant = db.session.query(Avenant).filter_by(json_import_id=imported.id).one()
    for expected in documents.expected_of(avenant):
        factories.document(avenant, expected.file_name, kind=expected.kind)
    request_service.act(avenant, Action.COMPLETE, actors.of(user))
    return avenant


def solde(of: tuple[Enrolment, User], **changes: Any) -> Avenant:
    """The solde of a dossier whose avance is paid."""
    avance = deposited(of)
    paid(avance, amount="1000000.00")
    return deposited(of, Phase.SOLDE, avance, **changes)


def form_solde(of: Enrolment, declared: dict[str, Any], **over: Any) -> Avenant:
    """A solde deposited by form, « En cours »: what such a corridor keeps of it."""
    assert factories.open_spec(of.referencing.corridor_code).deposit is DepositMode.FORM
    return factories.avenant(of, phase=Phase.SOLDE, doctors=0, declared=declared, **over)


def ask(
    avenant: Avenant, *fields: str, kinds: tuple[str, ...] = (), comment: str = "La pièce dit autre chose."
) -> User:
    """An officer asks these fields and pieces to be corrected; returns him."""
    officer = factories.user(Role.OFFICER)
    opened = Asked(fields, kinds)
    request_service.act(avenant, Action.ASK_AMENDMENT, actors.of(officer), comment=comment, asked=opened)
    db.session.commit()
    return officer
