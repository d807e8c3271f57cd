"""What is owed is made once, after the event, whoever runs the sweep and however often."""

import hashlib
import subprocess
import sys
from decimal import Decimal

import pytest
import sqlalchemy as sa

import config
from app.adapters.storage import LocalStore
from app.domain.enums import DocumentOrigin, LetterKind, Role
from app.domain.errors import Unavailable
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.documents import Document, Letter
from app.services import actors, letters, ports
from app.services import requests as request_service
from tests import factories


@pytest.fixture
def store(session, tmp_path, monkeypatch):
    monkeypatch.setattr(ports.get(), "store", LocalStore(tmp_path / "files"))
    return ports.get().store


def validated():
    avenant = factories.avenant()
    request_service.act(avenant, Action.VALIDATE, actors.of(factories.user(Role.OFFICER)))
    db.session.commit()
    return avenant


def test_a_validated_request_receives_its_decision(store):
    avenant = validated()
    assert letters.make_pending() == 1
    document = db.session.scalars(sa.select(Document)).one()
    assert document.request_id == avenant.request_id
    assert document.kind == f"decision_attribution_{avenant.number}"
    assert document.file_name == f"decision-attribution-{avenant.number.lower()}.pdf"
    assert document.origin is DocumentOrigin.AGENCY
    assert document.confirmed_at is not None
    with store.open(document.storage_key) as file:
        content = file.read()
    assert (len(content), hashlib.sha256(content).hexdigest()) == (document.size, document.digest)
    assert db.session.scalars(sa.select(Letter)).one().document_id == document.id


def test_running_again_makes_nothing(store):
    validated()
    assert [letters.make_pending(), letters.make_pending()] == [1, 0]
    assert len(store.keys()) == 1


def test_the_letter_says_the_guides_amounts(store):
    validated()
    content = db.session.scalars(sa.select(Letter.content)).one()
    shown = letters.shown(LetterKind.DECISION, content)
    assert [euros.replace("\u202f", " ").replace("\u00a0", " ") for _, euros in shown["amounts"]] == [
        "1 074,99 €",
        "1 074,99 €",
        "1 074,99 €",
        "1 074,99 €",
        "322,50 €",
    ]
    assert Decimal(content["amount"]) == Decimal("322.50")
    assert shown["judged_on"] == "23/11/2026"


def test_one_letter_that_cannot_be_made_does_not_stop_the_others(store, caplog):
    broken, sound = validated(), validated()
    db.session.execute(sa.update(Letter).where(Letter.avenant_id == broken.id).values(content={"number": "FIN"}))
    db.session.commit()
    assert letters.make_pending() == 1
    assert db.session.scalars(sa.select(Document.request_id)).all() == [sound.request_id]
    assert "not made" in caplog.text


def test_without_store_nothing_is_written_and_the_letter_stays_owed(store, tmp_path):
    validated()
    (tmp_path / "files").write_text("not a folder")
    with pytest.raises(Unavailable):
        letters.make_pending()
    assert db.session.scalars(sa.select(Document)).all() == []
    (tmp_path / "files").unlink()
    assert letters.make_pending() == 1


@pytest.mark.committed
def test_four_sweepers_at_once_make_each_letter_once(committed):
    for _ in range(6):
        validated()
    answers = committed.at_once(*[letters.make_pending] * 4)
    assert sum(answers) == 6
    assert nothing_is_owed_or_lost()
    assert len(ports.get().store.keys()) == 6, "what the slower ones made is not kept"


def nothing_is_owed_or_lost() -> bool:
    """Each letter has its document, each document its file with its own hash."""
    owed = db.session.scalar(sa.select(sa.func.count()).select_from(Letter).where(Letter.document_id.is_(None)))
    documents = db.session.scalars(sa.select(Document)).all()
    for document in documents:
        with ports.get().store.open(document.storage_key) as file:
            assert hashlib.sha256(file.read()).hexdigest() == document.digest
    db.session.commit()
    return owed == 0 and len(documents) == db.session.scalar(sa.select(sa.func.count()).select_from(Letter))


@pytest.mark.committed
def test_a_failure_between_the_file_and_its_row_leaves_only_an_orphan_file(committed):
    """The database itself refuses the row, once the file is written."""
    validated()
    refuse_documents(True)
    assert letters.make_pending() == 0
    assert db.session.scalars(sa.select(Document)).all() == []
    db.session.commit()
    assert len(ports.get().store.keys()) == 1
    refuse_documents(False)
    assert letters.make_pending() == 1
    assert nothing_is_owed_or_lost()


def refuse_documents(refused: bool) -> None:
    if db.engine.dialect.name == "postgresql":
        orders = ["DROP TRIGGER refuse_document ON document"]
        if refused:
            orders = [
                "CREATE TRIGGER refuse_document BEFORE INSERT ON document FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            ]
    else:
        orders = ["DROP TRIGGER refuse_document"]
        if refused:
            orders = ["CREATE TRIGGER refuse_document BEFORE INSERT ON document BEGIN SELECT RAISE(ABORT, 'no'); END"]
    for order in orders:
        db.session.execute(sa.text(order))
    db.session.commit()


@pytest.mark.committed
def test_a_sweep_killed_midway_is_finished_by_the_next(committed):
    for _ in range(20):
        validated()
    sweep = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "run", "make-letters"],
        cwd=config.ROOT,
        env=committed.env,
        stdout=subprocess.DEVNULL,
    )
    store = ports.get().store
    while not store.keys() and sweep.poll() is None:
        continue
    sweep.kill()
    sweep.wait()
    done = committed.flask("jobs", "run", "make-letters")
    assert done.returncode == 0, done.stderr
    assert nothing_is_owed_or_lost()
    assert len(store.keys()) - 20 in (0, 1), "at most the file in the hands of the one killed"
