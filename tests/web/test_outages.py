"""What a person reads when the database is away or the disk full; nothing is half written, and nobody has to mend."""

import io

import pytest
import sqlalchemy as sa

from app.domain.enums import RequestStatus
from app.extensions import db, strike
from app.models.documents import Document
from app.models.mails import Mail
from app.models.requests import Avenant
from app.services import ports
from app.web import sessions
from forms.form_requests import new_key
from tests import files, form_deposits, outages
from tests.committed import Ground, ground
from tests.conftest import SERVER

pytestmark = pytest.mark.committed
HERE = "/segurnums/demande_avance_operateur"


def browser(on: Ground, code: str):
    """Somebody enrolled in this corridor, on his own page."""
    on.app.config["WTF_CSRF_ENABLED"] = False  # asked for elsewhere (test_csrf)
    _, person = form_deposits.enrolled(code)
    with on.app.test_request_context():
        from flask import session as cookie

        sessions.open_session(on.app, person)
        kept = {"_user_id": person.fs_uniquifier, "_fresh": True, sessions.KEY: cookie[sessions.KEY]}
    db.session.commit()
    client = on.app.test_client()
    with client.session_transaction() as cookie:
        cookie |= kept
    return client


def ask(on: Ground, client, method: str, form=None):
    """As a request of its own: nothing is kept of the one before but what the server keeps."""
    db.session.remove()
    with on.app.app_context():
        return client.open(HERE, method=method, data=form)


def filled(code: str) -> dict[str, object]:
    """What the form of this corridor sends, always under one key."""
    if code == "MSS":
        return {f"champ_{path}": value for path, value in form_deposits.counts().items()}
    return {f"piece_{one}": (io.BytesIO(files.pdf()), f"{one.lower()}.pdf") for one in form_deposits.SAS_AVANCE}


def deposited() -> list[tuple[RequestStatus, int, int]]:
    """Of each request: its status, its pieces, its mails."""
    db.session.rollback()
    pieces = sa.select(sa.func.count()).where(Document.request_id == Avenant.request_id).scalar_subquery()
    mails = sa.select(sa.func.count()).where(Mail.request_id == Avenant.request_id).scalar_subquery()
    found = [tuple(row) for row in db.session.execute(sa.select(Avenant.status, pieces, mails))]
    db.session.rollback()
    return found


def test_a_database_that_is_away_is_said_and_the_next_page_is_there(committed):
    client, form = browser(committed, "MSS"), {"key": new_key()} | filled("MSS")
    with outages.gone(committed):
        for method in ("GET", "POST"):
            answer = ask(committed, client, method, form if method == "POST" else None)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
            assert "La base ne répond pas." in answer.text
    assert ask(committed, client, "GET").status_code == 200
    assert deposited() == []


@pytest.mark.skipif(bool(SERVER), reason="the server of PostgreSQL has a disk of its own")
@pytest.mark.parametrize(
    ("code", "status", "pieces", "said"),
    [
        ("SAS", RequestStatus.IN_PROGRESS, 3, "Le stockage des fichiers ne répond pas. Rien n&#39;a été enregistré."),
        ("MSS", RequestStatus.VALIDATED, 0, "Il n&#39;y a plus de place pour écrire. Rien n&#39;a été enregistré"),
    ],
)
def test_a_deposit_on_a_full_disk_is_not_acknowledged_and_the_same_page_sent_again_is(
    tmp_path, code, status, pieces, said
):
    with outages.small_disk(tmp_path), ground(tmp_path) as on:
        client, key = browser(on, code), {"key": new_key()}
        with outages.full(tmp_path):
            answer = ask(on, client, "POST", key | filled(code))
            assert answer.status_code == 503
            assert said in answer.text
        assert deposited() == []
        assert ports.get().store.keys() == []
        assert ask(on, client, "POST", key | filled(code)).status_code == 303
        assert [(one, count) for one, count, _ in deposited()] == [(status, pieces)]


def test_what_no_disk_holds_and_who_hangs_up_are_no_bugs():
    assert strike(OSError(28, "No space left on device")) is not None
    assert strike(sa.exc.OperationalError("SELECT 1", {}, Exception("server closed the connection"))) is not None
    assert strike(OSError(2, "No such file")) is None
    assert strike(sa.exc.ProgrammingError("SELECT gone", {}, Exception("column does not exist"))) is None
