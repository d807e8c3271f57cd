"""What the tests of models of documents share: an enrolment validated in wave 2, and its models."""

import io
from typing import Any

from app.domain.enums import Role
from app.models.document_models import DocumentModel
from app.models.enrolments import Enrolment
from app.models.users import User
from app.services import actors, corridor_versions, document_models
from tests import factories, files

KIND = "MODELE_BDC_HOP"


def enrolment(**over: Any) -> Enrolment:
    """Of the first hospital software of wave 2."""
    software = next(one for one in corridor_versions.spec_of(factories.corridor("HOP")).software if one.wave == 2)
    named = {"software_type": software.type, "dsr": software.dsr, "wave": 2}
    return factories.enrolment(referencing=factories.referencing("HOP", **named), **over)


def user(**over: Any) -> User:
    """An account of a supplier who has one."""
    return factories.supplier_user(enrolment(**over).supplier)


def added(of: User, name: str = "bdc.pdf", kind: str = KIND) -> DocumentModel:
    return document_models.add(of.supplier, kind, (name, io.BytesIO(files.pdf())), of)


def sent(of: User, name: str = "bdc.pdf", kind: str = KIND) -> DocumentModel:
    made = added(of, name, kind)
    document_models.send(of.supplier, of)
    return made


def officer() -> actors.Actor:
    return actors.of(factories.user(Role.OFFICER))
