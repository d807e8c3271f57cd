"""Who is free again once a request died: whom does its dossier still hold?"""

import pytest
import sqlalchemy as sa

from app.domain.enums import Phase, Role
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.dossiers import BeneficiaryClaim
from app.services import actors
from app.services import requests as request_service
from tests import factories


@pytest.fixture
def dossier(session):
    """An avance for two doctors and a solde for a third one: the dossier holds all three."""
    avance = factories.avenant(doctors=2)
    solde = factories.avenant(avance.dossier.enrolment, dossier=avance.dossier, phase=Phase.SOLDE, doctors=1)
    for one in (*avance.beneficiaries, *solde.beneficiaries):
        session.add(
            BeneficiaryClaim(dsr=avance.dossier.dsr, identifier=one.identifier, dossier_id=avance.request.dossier_id)
        )
    session.commit()
    return avance, solde


def held() -> set[str]:
    return set(db.session.scalars(sa.select(BeneficiaryClaim.identifier)))


@pytest.mark.parametrize("action", [Action.REJECT, Action.CANCEL])
def test_a_solde_gives_back_whom_it_alone_names_and_an_avance_all(dossier, action):
    avance, solde = dossier
    officer = actors.of(factories.user(Role.OFFICER))
    request_service.act(solde, action, officer, comment="Un médecin de trop.")
    assert held() == {one.identifier for one in avance.beneficiaries}
    request_service.act(avance, action, officer, comment="Commande abandonnée.")
    assert held() == set()
