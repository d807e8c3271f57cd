"""What is owed is made once, after the event, whoever runs the sweep and however often."""

import hashlib
from decimal import Decimal

import pytest
import sqlalchemy as sa

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
