"""« Demander une pièce », « Demander une modification »: what is ticked, the mail that is read first, the answer."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from app.domain.enums import RequestStatus
from app.models.mails import Mail
from app.models.requests import InformationRequest
from app.services import modifications
from tests import amending
from tests.admin_views.staff.conftest import DEMANDES, act
from tests.conftest import TODAY

AMOUNT, DATE = "commande.montantSegurHT", "commande.dateCommande"


@pytest.fixture
def mdv(session):
    return amending.enrolled("MDV")


@pytest.fixture
def avance(mdv, session):
    made = amending.deposited(mdv, montantSegurHT=300)
    session.commit()
    return made


def count(session, model) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(model))


def test_the_officer_ticks_what_the_document_opens(avance, people, login):
    page = login(people.officer).get(f"{DEMANDES}{avance.number}").text
    for path, label in (
        (AMOUNT, "Montant Ségur HT (300,00)"),
        ("beneficiaires.liberal[].RPPS", "RPPS (10005173140)"),
        ("scenarioInstallation.isPFIToDMP", "Non)"),
    ):
        assert f'value="{path}"' in page
        assert label in page
    for closed in ("beneficiaires.commandePour", "commande.regimeTVA", "beneficiaires.nomMandataire"):
        assert f'value="{closed}"' not in page


def test_the_mail_is_read_before_it_leaves(avance, people, login, session):
    client = login(people.officer)
    asked = {"comment": "Le bon dit 350 €.", "fields": [AMOUNT, DATE], "kinds": "BON_COMMANDE"}
    answer = act(client, avance, "ask_amendment", preview="1", **asked)
    assert answer.status_code == 200
    for said in ("Aperçu du courriel", "Le bon dit 350 €.", "- Montant Ségur HT", "- Bon de commande signé"):
        assert said in answer.text, said
    assert re.search(f'<input checked [^>]*value="{AMOUNT}"', answer.text), "what is ticked stays"
    assert (count(session, Mail), count(session, InformationRequest)) == (0, 0)
    assert avance.status is RequestStatus.IN_PROGRESS

    assert act(client, avance, "ask_amendment", **asked).status_code == 302
    assert (count(session, Mail), avance.status) == (1, RequestStatus.TO_AMEND)
    page = client.get(f"{DEMANDES}{avance.number}").text
    assert "Données à modifier : Date de la commande ; Montant Ségur HT." in page
    assert "La décision est verrouillée" in page


def test_something_is_ticked_and_nothing_else_than_offered(avance, people, login, session):
    client = login(people.officer)
    empty = act(client, avance, "ask_document", comment="Il manque.")
    assert (empty.status_code, "Cochez au moins une pièce." in empty.text) == (422, True)
    empty = act(client, avance, "ask_amendment", comment="Il manque.")
    assert (empty.status_code, "Cochez au moins une donnée ou une pièce." in empty.text) == (422, True)
    closed = act(client, avance, "ask_amendment", comment="Non.", fields="commande.regimeTVA")
    assert (closed.status_code, "ne peut pas être ouverte" in closed.text) == (422, True)
    closed = act(client, avance, "ask_amendment", comment="Non.", fields="commande.regimeTVA", preview="1")
    assert closed.status_code == 422
    assert count(session, InformationRequest) == 0


def test_the_answer_is_read_side_by_side(mdv, avance, people, login, session, frozen):
    amending.ask(avance, AMOUNT, comment="Le bon dit 350 €.")
    frozen.move_to(TODAY + dt.timedelta(1))
    modifications.confirm(avance, {AMOUNT: "350"}, mdv[1], avance.version)
    session.commit()
    client = login(people.officer)
    page = client.get(f"{DEMANDES}{avance.number}").text
    assert "Modifié le 24/11/2026" in page
    assert f'href="{DEMANDES}{avance.number}/historique/2"' in page
    told = client.get(f"{DEMANDES}{avance.number}/historique/2").text
    assert '<td class="sg-break">300,00</td><td class="sg-break"><span class="sg-after">350,00</span>' in told
    assert "Le bon dit 350 €." in told
    for missing in (1, 3, 9999):
        assert client.get(f"{DEMANDES}{avance.number}/historique/{missing}").status_code == 404
    mine = login(mdv[1])
    assert mine.get(f"/segurnums/demandes/{avance.number}/historique/2").status_code == 200
    assert "remplacée par la version 2" in mine.get(f"/segurnums/demandes/{avance.number}/historique").text
    stranger = login(amending.enrolled("MDV")[1])
    assert stranger.get(f"/segurnums/demandes/{avance.number}/historique/2").status_code == 404
