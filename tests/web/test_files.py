"""Downloads: each his own, streamed, harmless in a browser; large forms only where a screen asks for them."""

import pytest
import sqlalchemy as sa

from app.domain import limits
from app.domain.enums import Role, ScanState
from app.extensions import db
from app.models.audit import AuditEntry
from app.models.documents import Document
from app.services import documents, ports
from app.web import files as web
from tests import factories, files
from tests.services import pieces


@pytest.fixture
def user(session):
    return factories.supplier_user()


@pytest.fixture
def given(user):
    """A piece of a completed request."""
    avenant = pieces.waiting(pieces.json_import(user, factories.enrolment(user.supplier)))
    made = documents.attach_expected(documents.expected_of(avenant)[0], "bdc 00001.pdf", pieces.pdf(), user)
    db.session.commit()
    return made


def test_a_supplier_downloads_his_piece(login, user, given):
    answer = login(user).get(f"/segurnums/pieces/{given.id}")
    assert (answer.status_code, answer.data) == (200, files.pdf())
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Length"] == str(len(files.pdf()))
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="bdc 00001.pdf";')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
    assert answer.headers["Cache-Control"] == "no-store"
    answer.close()


def test_a_strangers_piece_does_not_exist(login, given):
    client = login(factories.supplier_user())
    assert client.get(f"/segurnums/pieces/{given.id}").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["0", "999999", "2147483648", "99999999999999999999", "abc", "-1", "1.5", "1,2", "..%2f..%2fetc%2fpasswd", "%00"],
)
def test_an_odd_address_does_not_exist(login, user, given, address):
    client = login(user)
    assert client.get(f"/segurnums/pieces/{address}").status_code == 404
    officer = login(factories.user(Role.OFFICER))
    assert officer.get(f"/gestion/pieces/{address}").status_code == 404
    assert officer.get(f"/gestion/pieces/{address}/apercu").status_code == 404


def test_nobody_is_sent_to_the_login(client, given):
    for path in (f"/segurnums/pieces/{given.id}", f"/gestion/pieces/{given.id}", f"/gestion/pieces/{given.id}/apercu"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert "/segurnums/connexion" in answer.location


READERS = {Role.OFFICER, Role.DECIDER}
LATER_READERS = {Role.AUTHORISER, Role.ACCOUNTANT}  # once the request is decided, or ordered


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
def test_which_roles_read_pieces(login, given, role):
    person = factories.user(role, supplier=factories.supplier() if role is Role.SUPPLIER else None)
    client = login(person)
    expected = 200 if role in READERS else 404 if role in LATER_READERS else 403
    for path in (f"/gestion/pieces/{given.id}", f"/gestion/pieces/{given.id}/apercu"):
        answer = client.get(path)
        assert answer.status_code == expected
        answer.close()
    assert client.get(f"/segurnums/pieces/{given.id}").status_code == (404 if role is Role.SUPPLIER else 403)


def test_a_preview_is_shown_in_our_own_pages_only(login, given):
    answer = login(factories.user(Role.OFFICER)).get(f"/gestion/pieces/{given.id}/apercu")
    assert answer.headers["Content-Disposition"].startswith("inline;")
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "default-src 'none'" in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()


def test_reading_by_staff_is_noted_and_by_the_supplier_is_not(login, user, given):
    officer = factories.user(Role.OFFICER)
    for person, path in ((user, "segurnums"), (officer, "gestion")):
        login(person).get(f"/{path}/pieces/{given.id}").close()
    read = db.session.execute(
        sa.select(AuditEntry.actor_id, AuditEntry.payload).where(AuditEntry.action == documents.READ)
    ).all()
    assert [(who, payload["after"]["document"]) for who, payload in read] == [(officer.id, given.id)]


def test_a_piece_before_completion_is_not_shown_to_staff(login, user):
    avenant = pieces.waiting(pieces.json_import(user, factories.enrolment(user.supplier)), ["bdc.pdf", "contrat.pdf"])
    waiting = documents.attach_expected(documents.expected_of(avenant)[0], "bdc.pdf", pieces.pdf(), user)
    db.session.commit()
    assert login(factories.user(Role.OFFICER)).get(f"/gestion/pieces/{waiting.id}").status_code == 404
    own = login(user).get(f"/segurnums/pieces/{waiting.id}")
    assert own.status_code == 200
    own.close()


def test_a_piece_waiting_for_the_antivirus_is_not_served(login, user, given):
    db.session.execute(sa.update(Document).values(scan=ScanState.PENDING))
    db.session.commit()
    for person, path in ((user, "/segurnums/pieces/{}"), (factories.user(Role.OFFICER), "/gestion/pieces/{}/apercu")):
        answer = login(person).get(path.format(given.id))
        assert answer.status_code == 409
        assert "en attente d&#39;analyse" in answer.text
        assert not answer.data.startswith(b"%PDF")


def test_a_lost_file_is_a_503(login, user, given):
    ports.get().store.delete(given.storage_key)
    assert login(user).get(f"/segurnums/pieces/{given.id}").status_code == 503


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("bdc.pdf", "attachment; filename=\"bdc.pdf\"; filename*=UTF-8''bdc.pdf"),
        ("reçu été.pdf", "attachment; filename=\"recu ete.pdf\"; filename*=UTF-8''re%C3%A7u%20%C3%A9t%C3%A9.pdf"),
        ("日本.pdf", "attachment; filename=\".pdf\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.pdf"),
        ('a"b.pdf', "attachment; filename=\"a'b.pdf\"; filename*=UTF-8''a%22b.pdf"),
        ("a\r\nX: b.pdf", "attachment; filename=\"aX: b.pdf\"; filename*=UTF-8''aX%3A%20b.pdf"),
        ("a\u202efdp.exe", "attachment; filename=\"afdp.exe\"; filename*=UTF-8''afdp.exe"),
        ("\x00", "attachment; filename=\"piece\"; filename*=UTF-8''piece"),
    ],
)  # fmt: skip
def test_a_name_in_a_header_is_cleaned(name, header):
    assert web.disposition("attachment", name) == header


def large(megabytes):
    """A form with one file of that size, written here: the test client would leave its temporary file open."""
    head = b'--bord\r\nContent-Disposition: form-data; name="file"; filename="pieces.zip"\r\n\r\n'
    return {
        "data": head + bytes(megabytes * limits.MEGABYTE) + b"\r\n--bord--\r\n",
        "content_type": "multipart/form-data; boundary=bord",
    }


@pytest.fixture
def zip_path(user):
    batch = pieces.json_import(user, factories.enrolment(user.supplier))
    pieces.waiting(batch)
    db.session.commit()
    return f"/segurnums/imports/{batch.id}/zip"


def test_the_screen_of_the_zip_receives_more_than_the_others(login, user, zip_path):
    client = login(user)
    answer = client.post(zip_path, **large(20))
    assert answer.status_code == 422
    assert "pas une archive ZIP" in answer.text
    assert client.post("/segurnums/connexion", **large(20)).status_code == 413


def test_a_stranger_does_not_make_it_receive_more(client, app, zip_path, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)  # which reads the form before the screen is asked
    assert client.post(zip_path, **large(20)).status_code == 413
