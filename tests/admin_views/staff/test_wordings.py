"""Rejecting with reasons of the library: written, chosen, edited, sent, read, retired."""

import pytest
import sqlalchemy as sa

from app.domain.enums import RequestStatus
from app.models.mails import Mail
from app.models.rejections import Rejection, RejectionWording
from app.services import actors, rejection_wordings
from tests import factories
from tests.admin_views.staff.conftest import DEMANDES, act

LIBRARY = "/gestion/motifs-de-rejet/"
TEXT = "La demande {{ numero }} (n° {{ numero_editeur }}) n'est pas signée."


@pytest.fixture
def wording(people, session):
    made = rejection_wordings.write("BC", "Bon non signé", TEXT, actors.of(people.officer))
    rejection_wordings.write("HP", "Hors période", "Commande du {{ date_commande }}.", actors.of(people.officer))
    session.commit()
    return made


def test_one_or_several_are_filled_edited_then_sent_and_read(world, wording, people, login, session):
    avenant = world.in_progress()
    client = login(people.officer)
    filled = act(client, avenant, "reject", wordings=["BC", "HP"], comment="", remplir="1")
    assert filled.status_code == 200
    expected = f"La demande {avenant.number} (n° 00001) n&#39;est pas signée."
    assert expected in filled.text.split('id="comment-reject"')[1].split("</textarea>")[0]
    assert avenant.status is RequestStatus.IN_PROGRESS, "nothing is sent yet"
    sent = f"La demande {avenant.number} n'est pas signée, ni datée."
    assert act(client, avenant, "reject", wordings=["BC"], comment=sent).status_code == 302
    rejection = session.scalars(sa.select(Rejection)).one()
    assert (rejection.reasons, rejection.wordings) == (sent, ["BC"])
    assert sent in session.scalars(sa.select(Mail.body)).one()
    page = login(factories.supplier_user(avenant.supplier)).get(f"/segurnums/demandes/{avenant.number}").text
    assert "n&#39;est pas signée, ni datée." in page.split("Motif du rejet")[1]


def test_chosen_and_sent_at_once_they_leave_as_they_read(world, wording, people, login, session):
    avenant = world.in_progress()
    assert act(login(people.officer), avenant, "reject", wordings=["HP", "BC"], comment="").status_code == 302
    (reasons,) = session.scalars(sa.select(Rejection.reasons))
    assert reasons == f"La demande {avenant.number} (n° 00001) n'est pas signée.\n\nCommande du 03/11/2026."


def test_a_retired_one_is_offered_no_more_and_refused_to_a_stale_page(world, wording, people, login):
    avenant = world.in_progress()
    client = login(people.officer)
    assert client.post(f"{LIBRARY}{wording.id}/retirer", data={"seen": wording.version}).status_code == 303
    assert "Bon non signé" not in client.get(DEMANDES + avenant.number).text
    answer = act(client, avenant, "reject", wordings=["BC"], comment="")
    assert answer.status_code == 422
    assert "Le motif BC n&#39;est plus proposé." in answer.text
    assert avenant.status is RequestStatus.IN_PROGRESS
    assert client.post(f"{LIBRARY}{wording.id}/proposer", data={"seen": wording.version}).status_code == 303
    assert "Bon non signé" in client.get(DEMANDES + avenant.number).text


def test_the_library_is_written_with_its_faults_named(people, login, session):
    client = login(people.officer)
    for data, field in (
        ({"code": "bc", "title": "t", "text": "x"}, "code"),
        ({"code": "BC", "title": "", "text": "x"}, "title"),
        ({"code": "BC", "title": "t", "text": "{{ chien }}"}, "text"),
    ):
        answer = client.post(f"{LIBRARY}nouveau", data=data)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
    assert client.post(f"{LIBRARY}nouveau", data={"code": "BC", "title": "t", "text": TEXT}).status_code == 303
    again = client.post(f"{LIBRARY}nouveau", data={"code": "BC", "title": "t", "text": TEXT})
    assert again.status_code == 422
    assert "déjà pris" in again.text
    assert session.scalars(sa.select(RejectionWording.code)).all() == ["BC"]


def test_two_officers_do_not_overwrite_each_other(wording, people, login):
    client = login(people.officer)
    seen, data = wording.version, {"title": "Autre", "text": "Autre texte"}
    assert client.post(f"{LIBRARY}{wording.id}", data=data | {"seen": seen}).status_code == 303
    assert client.post(f"{LIBRARY}{wording.id}", data=data | {"seen": seen}).status_code == 409
