"""« Importer des demandes », step 2 (guide « Les écrans du portail », § 4.2): pieces one by one, or one ZIP."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from app.domain import limits
from app.domain.enums import RequestStatus
from app.extensions import db
from app.models.documents import Document, ExpectedDocument
from app.models.requests import Avenant
from tests import factories, files
from tests.admin_views.supplier.deposits import bundle, deposited, lose_session, oversized, piece
from tests.conftest import TODAY


@pytest.fixture
def pieces(client, enrolment):
    """The address of the pieces of an import of two requests."""
    return deposited(client, enrolment)


def places(pieces):
    """Where each expected piece is posted, in the order of the file."""
    expected = db.session.scalars(sa.select(ExpectedDocument.id).order_by(ExpectedDocument.id))
    return [f"{pieces}/{one}" for one in expected]


def statuses():
    return [status.value for status in db.session.scalars(sa.select(Avenant.status).order_by(Avenant.editor_number))]


def test_each_request_shows_what_it_expects(client, pieces):
    page = client.get(pieces).text
    assert "À compléter avant le 30/11/2026 (7 jours)." in page
    assert page.count("Attendue") == 2
    assert "bdc-00001.pdf" in page
    assert "Bon de commande signé" in page
    assert 'href="/segurnums/demandes/">Terminer' in page


def test_the_last_piece_of_a_request_puts_it_in_progress(client, pieces):
    first, second = places(pieces)
    answer = client.post(first, data=piece())
    assert answer.status_code == 303
    assert "est complète : elle est « En cours »" in client.get(answer.location).text
    assert statuses() == ["in_progress", "incomplete"]
    client.post(second, data=piece("scan.pdf"))
    assert "plus aucune pièce n&#39;est attendue" in client.get(pieces).text.replace("n'est", "n&#39;est")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("", b"", "Choisissez un fichier."),
        ("bdc.pdf", b"", "vide"),
        ("bdc.exe", b"MZ", "bdc.exe"),
        ("bdc.pdf", b"pas un pdf", "bdc.pdf"),
        ("bdc.pdf", files.pdf(files.with_opening_script), "bdc.pdf"),
    ],
)
def test_a_bad_piece_is_refused_at_its_field(client, pieces, name, content, said):
    answer = client.post(places(pieces)[0], data=piece(name, content))
    assert answer.status_code == 422
    told = re.search(r'id="piece-\d+-error" role="alert">([^<]*)', answer.text)
    assert told is not None
    assert said in told[1]
    assert statuses() == ["incomplete", "incomplete"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Document)) == 0


def test_a_piece_too_big_to_receive_is_413_at_its_field(client, pieces):
    place = places(pieces)[0]
    answer = oversized(client, place, 60 * limits.MEGABYTE)
    assert answer.status_code == 413
    assert f'id="piece-{place.rpartition("/")[2]}-error"' in answer.text
    assert oversized(client, pieces.replace("/pieces", "/zip"), 600 * limits.MEGABYTE).status_code == 413


def test_one_zip_serves_every_request_and_says_what_became_of_each_entry(client, pieces):
    content = bundle(bdc_00001=files.pdf(), autre_00002=files.pdf(), bdc_00099=files.pdf())
    answer = client.post(pieces.replace("/pieces", "/zip"), data=content)
    assert answer.status_code == 200
    assert "2 pièces jointes sur 3 fichiers" in answer.text
    assert "Sans correspondance" in answer.text
    assert statuses() == ["in_progress", "in_progress"]


def test_a_dangerous_zip_attaches_nothing(client, pieces):
    content = bundle(bdc_00001=files.pdf(), **{"../bdc_00002": files.pdf()})
    answer = client.post(pieces.replace("/pieces", "/zip"), data=content)
    assert answer.status_code == 422
    assert 'id="zip-error"' in answer.text
    assert statuses() == ["incomplete", "incomplete"]


def test_no_zip_is_answered_at_its_field(client, pieces):
    answer = client.post(pieces.replace("/pieces", "/zip"), data={})
    assert answer.status_code == 422
    assert 'id="zip-error" role="alert">Choisissez un fichier.' in answer.text


def test_a_session_lost_before_the_pieces_is_resumed_elsewhere(client, login, enrolment, pieces):
    lose_session(client)
    place = places(pieces)[0]
    assert client.post(place, data=piece()).location.startswith("/segurnums/connexion")
    assert statuses() == ["incomplete", "incomplete"]
    login(factories.supplier_user(enrolment.supplier))
    assert client.post(place, data=piece()).status_code == 303
    assert statuses() == ["in_progress", "incomplete"]


def test_an_expired_request_says_so(client, login, enrolment, pieces, frozen):
    frozen.move_to(TODAY + dt.timedelta(7))
    login(factories.supplier_user(enrolment.supplier))
    assert "Verrouillée" in client.get(pieces).text
    answer = client.post(places(pieces)[0], data=piece())
    assert answer.status_code == 422
    assert "a expiré le 30/11/2026" in answer.text


def test_a_request_completed_meanwhile_refuses_another_piece(client, pieces):
    place = places(pieces)[0]
    client.post(place, data=piece())
    answer = client.post(place, data=piece())
    assert answer.status_code == 422
    assert "est complète" in answer.text


def test_a_piece_is_taken_back_while_the_request_waits(client, enrolment, pieces):
    avenant = db.session.scalars(sa.select(Avenant).order_by(Avenant.editor_number)).first()
    more = ExpectedDocument(avenant_id=avenant.id, position=9, kind="BON_COMMANDE", file_name="annexe-00001.pdf")
    db.session.add(more)
    db.session.commit()
    place = places(pieces)[0]
    client.post(place, data=piece())
    assert "Retirer" in client.get(pieces).text
    assert client.post(f"{place}/retirer").status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Document)) == 0
    assert avenant.status is RequestStatus.INCOMPLETE


def test_another_suppliers_import_is_not_found(client, login, pieces):
    place = places(pieces)[0]
    login(factories.supplier_user())
    assert client.get(pieces).status_code == 404
    assert client.post(place, data=piece()).status_code == 404
    assert client.post(f"{place}/retirer").status_code == 404
    assert client.post(pieces.replace("/pieces", "/zip"), data=bundle(bdc_00001=files.pdf())).status_code == 404
    assert statuses() == ["incomplete", "incomplete"]


def test_a_piece_of_another_import_is_not_found_here(client, pieces):
    assert client.post(f"{pieces}/999999", data=piece()).status_code == 404
    assert client.post(f"{pieces}/99999999999", data=piece()).status_code == 404
