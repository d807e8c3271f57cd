"""The documentation page of a draft: what suppliers would read of it, before it is published."""

import pytest

from app.domain.enums import Role
from app.extensions import db
from app.services import actors, corridor_drafts
from tests import factories


@pytest.fixture
def admin(session):
    return factories.user(Role.ADMINISTRATOR)


@pytest.mark.parametrize("code", ["MDV", "MS1", "SAS"])
def test_it_says_of_the_draft_what_the_public_page_says_of_a_version(login, admin, code):
    factories.corridor(code)
    draft = corridor_drafts.open(code, actors.of(admin))
    piece = draft.document["documents"][0] | {"code": "ATTESTATION_NEUVE", "label": "Attestation neuve"}
    written = draft.document | {"documents": [*draft.document["documents"], piece]}
    corridor_drafts.save(draft, written, actors.of(admin))
    db.session.commit()
    text = login(admin).get(f"/gestion/couloirs/brouillons/{draft.id}/documentation").text
    assert "Attestation neuve" in text
    assert "Le calcul du montant" in text
    assert "exemple.json" not in text
    assert "Attestation neuve" not in login(admin).get(f"/segurnum/documentation-json/{code}").text


def test_a_draft_with_faults_has_none_yet(login, admin):
    factories.corridor()
    draft = corridor_drafts.open("MDV", actors.of(admin))
    corridor_drafts.save(draft, draft.document | {"software": []}, actors.of(admin))
    db.session.commit()
    answer = login(admin).get(f"/gestion/couloirs/brouillons/{draft.id}/documentation")
    assert answer.status_code == 200
    assert "plus d'anomalie" in answer.text
