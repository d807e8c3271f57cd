"""While a file is under its controls, which may take a second, anybody else may write."""

import io
import sqlite3

import pytest

from app.exchange import examination
from app.extensions import db, limiter
from app.models.imports import JsonImport, JsonSimulation
from app.web import sessions
from tests.conftest import SERVER
from tests.json_files import ANS, SAMPLE, supplier_a

pytestmark = [
    pytest.mark.committed,
    pytest.mark.skipif(bool(SERVER), reason="only SQLite has one writer for all"),
]


@pytest.fixture
def others(committed, monkeypatch):
    """What another connection could do each time a file was examined: it asks to write, and does not wait."""
    file, tries = committed.url.removeprefix("sqlite:///"), []
    examine = examination.examine

    def watched(*arguments):
        with sqlite3.connect(file, timeout=0, isolation_level=None) as another:
            try:
                another.execute("BEGIN IMMEDIATE")
                another.execute("ROLLBACK")
                tries.append("wrote")
            except sqlite3.OperationalError as refused:
                tries.append(str(refused))
        another.close()
        return examine(*arguments)

    monkeypatch.setattr(examination, "examine", watched)
    return tries


@pytest.fixture
def browser(committed, monkeypatch):
    """A supplier logged in, on a ground where commits are real."""
    monkeypatch.setitem(committed.app.config, "WTF_CSRF_ENABLED", False)
    limiter.reset()
    _, user = supplier_a()
    db.session.commit()
    client, name = committed.app.test_client(), user.fs_uniquifier
    with committed.app.test_request_context():
        from flask import session as cookie

        sessions.open_session(committed.app, user)
        key = cookie[sessions.KEY]
    db.session.commit()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"], cookie[sessions.KEY] = name, True, key
    db.session.remove()
    return client


def form(**more):
    return {"phase": "avance", "ans_number": ANS, "vat": "ht"} | more


def test_a_simulation_its_mending_and_an_import_let_others_write(browser, others):
    content = SAMPLE.read_bytes()
    sent = browser.post("/segurnums/imports/nouveau", data=form(file=(io.BytesIO(content), "f.json")))
    assert sent.status_code == 303, sent.text
    assert others == ["wrote"]
    address = sent.location.partition("#")[0].partition("?")[0]
    mended = browser.post(f"{address}/corriger", data={})
    assert mended.status_code in (303, 422)
    assert set(others) == {"wrote"}
    imported = browser.post(f"{address}/importer", data=form(confirmed="1"))
    assert imported.status_code == 303, imported.text
    assert set(others) == {"wrote"}
    assert db.session.query(JsonImport).count() == 1
    assert db.session.query(JsonSimulation).count() >= 1
