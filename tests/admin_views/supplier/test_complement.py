"""Adding pieces an officer asked for, then « Confirmer »."""

import io

import pytest

from app.domain import limits
from app.domain.enums import RequestStatus
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.documents import Document
from app.services import requests as request_service
from app.services.asked import Asked
from tests import factories, files
from tests.factories import document

PDF = files.pdf()


@pytest.fixture
def asked(mine, officer):
    """A request whose officer waits for a piece."""
    avenant = factories.avenant(mine)
    request_service.act(avenant, Action.ASK_DOCUMENT, officer, comment="Il manque le bon de commande signé.")
    db.session.commit()
    return avenant


def url(avenant, tail=""):
    return f"/segurnums/demandes/{avenant.number}/complement{tail}"


def send(me, avenant, name="bon.pdf", content=PDF, kind="BON_COMMANDE", version=None):
    return me.post(
        url(avenant, "/pieces"),
        data={"version": version or avenant.version, "kind": kind, "file": (io.BytesIO(content), name)},
    )


def test_the_page_shows_the_comment_and_keeps_the_first_pieces(me, asked):
    document(asked, "initiale.pdf")
    text = me.get(url(asked)).text
    assert "Il manque le bon de commande signé." in text
    assert "initiale.pdf" in text
    assert ">Supprimer<span" not in text
    assert "Sélectionnez le type de pièce complémentaire à déposer et cliquez sur" in text
    assert "– Sélectionnez un type de pièce complémentaire –" in text
    assert "Autre pièce" in text


def test_a_piece_is_added_then_confirmed(me, asked):
    assert send(me, asked).status_code == 303
    text = me.get(url(asked)).text
    assert "ajoutée, à confirmer" in text
    assert me.post(url(asked), data={"version": asked.version}).status_code == 303
    assert asked.status is RequestStatus.IN_PROGRESS
    (piece,) = db.session.query(Document).filter_by(request_id=asked.request_id)
    assert piece.confirmed_at is not None
    assert "bon.pdf" in me.get(f"/segurnums/demandes/{asked.number}").text


def test_a_piece_just_added_may_be_removed_and_no_other(me, asked):
    first = document(asked, "initiale.pdf")
    send(me, asked)
    (added,) = db.session.query(Document).filter_by(confirmed_at=None)
    assert me.post(url(asked, f"/pieces/{added.id}/suppression")).status_code == 303
    assert me.post(url(asked, f"/pieces/{first.id}/suppression")).status_code == 422
    assert [one.id for one in db.session.query(Document)] == [first.id]


def test_confirming_without_the_piece_asked_is_refused(me, asked):
    answer = me.post(url(asked), data={"version": asked.version})
    assert answer.status_code == 422
    assert "Ajoutez la pièce demandée avant de confirmer." in answer.text
    assert asked.status is RequestStatus.AWAITING_DOCUMENT


def test_every_piece_that_was_named_is_awaited(me, mine, officer):
    avenant = factories.avenant(mine)
    named = Asked(kinds=("BON_COMMANDE", "AUTRE"))
    request_service.act(avenant, Action.ASK_DOCUMENT, officer, comment="Deux pièces.", asked=named)
    db.session.commit()
    assert "<li>Autre pièce</li>" in me.get(url(avenant)).text
    send(me, avenant)
    assert "<li>Bon de commande signé – ajoutée</li>" in me.get(url(avenant)).text
    answer = me.post(url(avenant), data={"version": avenant.version})
    assert answer.status_code == 422
    assert "Il manque encore : Autre pièce." in answer.text
    send(me, avenant, name="autre.pdf", kind="AUTRE")
    assert me.post(url(avenant), data={"version": avenant.version}).status_code == 303
    assert avenant.status is RequestStatus.IN_PROGRESS


def test_a_modification_has_its_own_page(me, mine, officer):
    avenant = factories.avenant(mine)
    request_service.act(avenant, Action.ASK_AMENDMENT, officer, comment="La date de commande.")
    db.session.commit()
    assert me.get(url(avenant)).location.endswith("/modification")
    assert me.post(url(avenant), data={"version": avenant.version}).status_code == 409


def test_a_stale_page_gets_409_and_is_told_why(me, asked, officer):
    seen = asked.version
    request_service.act(asked, Action.CANCEL, officer, comment="à la demande du fournisseur")
    db.session.commit()
    for answer in (me.post(url(asked), data={"version": seen}), send(me, asked, version=seen)):
        assert answer.status_code == 409
        assert "Annulée" in answer.text


def test_nothing_is_asked_anymore_leads_to_the_request(me, mine):
    avenant = factories.avenant(mine)
    answer = me.get(url(avenant))
    assert answer.location.endswith(f"/segurnums/demandes/{avenant.number}")


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"name": "bon.exe", "content": b"MZ"}, "bon.exe"),
        ({"content": b"pas un pdf"}, "bon.pdf"),
        ({"kind": ""}, "Sélectionnez un type de pièce complémentaire."),
        ({"kind": "INCONNU"}, "Sélectionnez un type de pièce complémentaire."),
        ({"name": ""}, "Choisissez un fichier."),
    ],
)
def test_a_bad_piece_is_refused_at_its_field(me, asked, over, message):
    answer = send(me, asked, **over)
    assert answer.status_code == 422
    assert message in answer.text
    assert 'role="alert"' in answer.text
    assert db.session.query(Document).count() == 0


def test_a_piece_too_big_is_refused_at_its_field(me, asked, monkeypatch):
    monkeypatch.setattr(limits, "PIECE_BYTES", 1000)
    answer = send(me, asked, content=PDF + b"0" * 1000)
    assert answer.status_code == 422
    assert "bon.pdf" in answer.text
    assert db.session.query(Document).count() == 0


def test_another_suppliers_piece_is_not_found(me, asked):
    other = factories.avenant(status=RequestStatus.AWAITING_DOCUMENT)
    piece = document(other, "autre.pdf", confirmed_at=None)
    assert me.post(url(asked, f"/pieces/{piece.id}/suppression")).status_code == 404
    assert me.post(url(other), data={"version": 1}).status_code == 404
    assert send(me, other).status_code == 404
    assert me.get(f"/segurnums/pieces/{piece.id}").status_code == 404


@pytest.mark.parametrize("version", ["", "un", "-1", "9" * 40])
def test_a_malformed_version_is_a_bad_request(me, asked, version):
    assert me.post(url(asked), data={"version": version}).status_code == 400
