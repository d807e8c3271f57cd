"""« Importer les référencements ANS »: send, look, apply; what changed meanwhile is shown again."""

import io
import re

import pytest
import sqlalchemy as sa

from app.domain import limits
from app.domain.enums import Role
from app.extensions import db
from app.models.referencings import Referencing
from tests import factories
from tests.admin_views.supplier.deposits import in_one_body
from tests.services.test_referencing_import import line, written

HERE = "/gestion/referencements/import"


@pytest.fixture
def officer(client, login):
    factories.corridor("MDV")
    db.session.commit()
    return login(factories.user(Role.OFFICER))


def send(client, content, name="liste.csv"):
    return client.post(f"{HERE}/", data={"file": (io.BytesIO(content), name)})


def state_of(page):
    return re.search(r'name="state" value="([0-9a-f]{64})"', page.text)[1]


def test_a_list_is_sent_looked_at_and_applied(client, officer):
    factories.referencing(ans_number="connu0001", software="ANCIEN")
    db.session.commit()
    answer = send(client, written(line("connu0001", software="NOUVEAU <b>"), line("neuf00001"), line("mal")))
    assert answer.status_code == 303
    page = client.get(answer.location)
    for text in (
        "lu en UTF-8",
        "<del>ANCIEN</del> → <ins>NOUVEAU &lt;b&gt;</ins>",
        "un numéro ANS compte",
        "Refusé (1)",
    ):
        assert text in page.text.replace("n&#39;", "n'"), text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Referencing)) == 1
    done = client.post(f"{answer.location}/appliquer", data={"state": state_of(page)})
    assert done.location == "/gestion/referencements/"
    listing = client.get(done.location).text
    assert "1 nouveau(x), 1 modifié(s)" in listing
    assert "Importer un CSV" in listing
    assert client.get(answer.location).location == HERE
    assert "liste.csv" in client.get(f"{HERE}/").text


def test_windows_is_told_and_the_report_downloaded(client, officer):
    answer = send(client, written(line(software="ÉTÉ")).decode().encode("cp1252"))
    assert "lu en Windows-1252 : vérifiez les accents" in client.get(answer.location).text
    report = client.get(f"{answer.location}/apercu.csv")
    assert "Nom du logiciel;;ÉTÉ" in report.text
    assert client.get(f"{HERE}/modele.csv").text.startswith("\ufeffN° ANS;SIRET de l'éditeur;")
    assert client.get(f"{HERE}/actuels.csv").status_code == 200


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "est vide"),
        (b"PK\x03\x04\x00", "pas un CSV"),
        (b"a;b\n1;2", "pas celle attendue"),
        (written('"jamais fermé'), "jamais fermé"),
    ],
)
def test_a_bad_file_is_refused_at_its_field(client, officer, content, said):
    answer = send(client, content)
    assert answer.status_code == 422
    assert said in re.search(r'id="file-error" role="alert">([^<]*)', answer.text)[1].replace("&#39;", "'")


def test_a_file_too_big_is_refused_at_its_field(client, officer):
    answer = client.post(f"{HERE}/", **in_one_body(b"x" * (limits.CSV_BYTES + 1), {}))
    assert answer.status_code == 422
    assert "dépasse 5 Mo" in answer.text


def test_no_file_is_said(client, officer):
    assert "Choisissez un fichier." in client.post(f"{HERE}/").text


def test_a_change_since_the_preview_is_shown_again(client, officer):
    known = factories.referencing(ans_number="connu0001")
    db.session.commit()
    address = send(client, written(line("connu0001"))).location
    state = state_of(client.get(address))
    known.software = "ENTRE-TEMPS"
    db.session.commit()
    answer = client.post(f"{address}/appliquer", data={"state": state})
    assert answer.status_code == 409
    assert "ont changé depuis l&#39;aperçu" in answer.text.replace("l'a", "l&#39;a")
    assert "<del>ENTRE-TEMPS</del>" in answer.text
    assert client.post(f"{address}/appliquer").status_code == 409
    assert client.post(f"{address}/appliquer", data={"state": state_of(answer)}).status_code == 303
    assert client.post(f"{address}/appliquer", data={"state": state_of(answer)}).status_code == 409


def test_an_address_that_is_none_is_not_found(client, officer):
    for address in ("999", "99999999999", "x"):
        assert client.get(f"{HERE}/{address}").status_code == 404
    assert client.post(f"{HERE}/999/appliquer", data={"state": "x"}).status_code == 404
