"""« Modifier »: the values an officer opened, pieces added, « Confirmer » or « Ne pas modifier »."""

import datetime as dt
import io

import pytest

from app.domain.enums import RequestStatus
from app.extensions import db
from app.models.documents import Document
from tests import amending, factories, files
from tests.conftest import TODAY

AMOUNT, DATE = "commande.montantSegurHT", "commande.dateCommande"


@pytest.fixture
def asked(mine):
    """An avance of the example, of which its officer waits for another amount."""
    avenant = amending.deposited((mine, factories.supplier_user(mine.supplier)), montantSegurHT=300)
    amending.ask(avenant, AMOUNT, DATE, kinds=("BON_COMMANDE",), comment="Le bon de commande dit 350 €.")
    return avenant


def url(avenant, tail="/modification"):
    return f"/segurnums/demandes/{avenant.number}{tail}"


def send(me, avenant, act, version=None, file=None, kind="", **values):
    data = {"version": avenant.version if version is None else version, "act": act, "kind": kind}
    data |= {f"v.{name}": said for name, said in values.items()}
    return me.post(url(avenant), data=data | ({"file": (io.BytesIO(files.pdf()), file)} if file else {}))


def test_the_banner_leads_to_the_page_of_the_guide(me, asked):
    page = me.get(url(asked, "")).text
    assert "nécessite des modifications de votre part. Cliquez ici pour modifier votre demande" in page
    assert f'href="{url(asked)}">Modifier</a>' in page
    text = me.get(url(asked)).text
    for said in (
        "Récapitulatif",
        "Commentaire du gestionnaire",
        "Le bon de commande dit 350 €.",
        "Informations Avance",
        "Informations éditables",
        "Montant Ségur HT :",
        "Pièces justificatives",
        "Déposer une pièce complémentaire",
        ">Importer</button>",
        ">Confirmer</button>",
        ">Ne pas modifier</button>",
    ):
        assert said in text, said
    assert 'value="300"' in text
    assert 'type="date"' in text


def test_a_value_is_corrected_and_the_request_is_instructed_again(me, asked):
    answer = send(me, asked, "confirm", **{AMOUNT: "350,00", DATE: "2026-10-01"})
    assert answer.status_code == 303
    assert asked.status is RequestStatus.IN_PROGRESS
    assert str(asked.declared_ht) == "350.00"


def test_what_is_refused_is_named_at_its_field_with_what_was_typed(me, asked):
    answer = send(me, asked, "confirm", **{AMOUNT: "-1", DATE: "2026-10-02"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="-1"' in answer.text
    assert "supérieur à 0" in answer.text
    assert "Modifié. Avant : 01/10/2026" in answer.text
    assert asked.status is RequestStatus.TO_AMEND


def test_no_button_costs_a_keystroke(me, asked):
    assert send(me, asked, "keep", **{AMOUNT: "340"}).status_code == 303
    assert 'value="340"' in me.get(url(asked)).text
    imported = send(me, asked, "import", file="bon.pdf", kind="BON_COMMANDE", **{AMOUNT: "345"})
    assert imported.status_code == 303
    page = me.get(url(asked)).text
    assert 'value="345"' in page
    assert "Bon de commande signé – ajoutée" in page
    (added,) = db.session.query(Document).filter_by(confirmed_at=None)
    assert send(me, asked, f"remove-{added.id}", **{AMOUNT: "350"}).status_code == 303
    assert 'value="350"' in me.get(url(asked)).text
    assert str(asked.declared_ht) == "300.00"


def test_an_old_piece_stays(me, asked):
    (old,) = db.session.query(Document).filter(Document.request_id == asked.request_id)
    answer = send(me, asked, f"remove-{old.id}")
    assert answer.status_code == 422
    assert "elle ne peut plus être supprimée" in answer.text
    assert f'value="remove-{old.id}"' not in me.get(url(asked)).text
    other = factories.document(factories.avenant(), confirmed_at=None)
    assert send(me, asked, f"remove-{other.id}").status_code == 404


def test_a_chosen_file_is_not_lost_by_confirming(me, asked):
    answer = send(me, asked, "confirm", file="bon.pdf", kind="BON_COMMANDE", **{AMOUNT: "350"})
    assert answer.status_code == 422
    assert "Cliquez sur « Importer »" in answer.text


def test_not_to_modify(me, asked):
    assert send(me, asked, "leave", **{AMOUNT: "350"}).status_code == 303
    assert asked.status is RequestStatus.IN_PROGRESS
    assert str(asked.declared_ht) == "300.00"


def test_what_is_not_open_what_is_stale_and_what_does_not_exist(me, asked):
    closed = send(me, asked, "confirm", **{"commande.regimeTVA": "TTC"})
    assert closed.status_code == 422
    assert "pas ouvert à la modification" in closed.text
    assert send(me, asked, "confirm", version=asked.version - 1, **{AMOUNT: "350"}).status_code == 409
    assert send(me, asked, "confirm", version="x").status_code == 400
    for act in ("", "autre", "remove-x", "remove-" + "9" * 40):
        assert send(me, asked, act).status_code in (400, 404), act
    other = factories.avenant(status=RequestStatus.TO_AMEND)
    assert me.get(url(other)).status_code == 404
    assert send(me, other, "confirm").status_code == 404


def test_after_j20_the_page_says_that_it_is_over(login, mine, asked, frozen):
    frozen.move_to(TODAY + dt.timedelta(20))
    me = login(factories.supplier_user(mine.supplier))
    assert me.get(url(asked)).location.endswith(asked.number)
    assert ">Modifier</a>" not in me.get(url(asked, "")).text
    late = send(me, asked, "confirm", **{AMOUNT: "350"})
    assert late.status_code == 422
    assert "est close depuis le 13/12/2026" in late.text
