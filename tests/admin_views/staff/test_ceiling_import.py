"""« Plafonds » of a corridor by CSV: sent, looked at, applied as a draft; for administrators, where a table is."""

import io
import json
import re

import pytest
import sqlalchemy as sa

from app.corridors import documents
from app.domain.enums import Role
from app.extensions import db
from app.models.corridors import CorridorDraft
from app.services import ceiling_import, corridor_versions
from tests import factories

HERE = "/gestion/couloirs/HOP/plafonds"


@pytest.fixture
def administrator(client, login):
    factories.corridor("HOP")
    factories.corridor("MDV")
    db.session.commit()
    return login(factories.user(Role.ADMINISTRATOR))


def send(client, content):
    return client.post(HERE, data={"file": (io.BytesIO(content), "plafonds.csv")})


def test_the_current_table_is_downloaded_changed_and_applied_as_a_draft(client, administrator):
    text = client.get(f"{HERE}.csv").text
    assert "Télécharger la table actuelle" in client.get(HERE).text
    heading, first, *rest = text.splitlines()
    changed = "\r\n".join([heading, *rest, "690781810;" + ";".join("1" * heading.count(";"))])
    answer = send(client, changed.encode())
    assert answer.status_code == 303
    page = client.get(answer.location)
    for said in ("Nouveau (1)", "Supprimé (1)", first.split(";")[0], "Appliquer : ouvrir un brouillon"):
        assert said in page.text, said
    state = re.search(r'name="state" value="([0-9a-f]{64})"', page.text)[1]
    done = client.post(f"{answer.location}/appliquer", data={"state": state})
    draft = db.session.scalars(sa.select(CorridorDraft)).one()
    assert done.location == f"/gestion/couloirs/brouillons/{draft.id}"
    assert "un second administrateur le publie" in client.get(done.location).text
    assert 'href="/gestion/couloirs/HOP/plafonds"' in client.get("/gestion/couloirs/HOP").text
    assert "/plafonds" not in client.get("/gestion/couloirs/MDV").text
    assert "690781810" in next(iter(draft.document["amount"]["ceilings"].values()))
    assert client.post(f"{answer.location}/appliquer", data={"state": state}).status_code == 409


def test_a_bad_file_is_refused_at_its_field(client, administrator):
    answer = send(client, b"pmsi;DPI\n1;2")
    assert answer.status_code == 422
    assert 'id="file-error" role="alert"' in answer.text


def test_only_a_corridor_with_a_table_has_the_screen(client, administrator):
    for address in ("/gestion/couloirs/MDV/plafonds", "/gestion/couloirs/ZZZ/plafonds", "/gestion/couloirs/x/plafonds"):
        assert client.get(address).status_code == 404
        assert client.get(f"{address}.csv").status_code == 404
    assert client.get(f"{HERE}/999").status_code == 404


def test_a_file_of_another_corridor_is_not_found_here(client, administrator):
    address = send(client, ceiling_import.current("HOP").encode()).location
    assert client.get(address).status_code == 200
    assert client.get(address.replace("HOP", "MDV")).status_code == 404


def test_a_preview_whose_columns_are_gone_asks_for_a_new_file(client, administrator):
    address = send(client, ceiling_import.current("HOP").encode()).location
    renamed = ("DPI", "DPX")
    spec = corridor_versions.spec_of(corridor_versions.in_force("HOP"))
    text = json.dumps(documents.canonical(spec)).replace(*(f'"{kind}"' for kind in renamed))
    corridor_versions.publish(documents.parse(json.loads(text)))
    db.session.commit()
    for answer in (client.get(address), client.post(f"{address}/appliquer", data={"state": "0" * 64})):
        assert answer.status_code == 422
        assert "ne se lit plus" in answer.text
        assert "Voir l&#39;aperçu" in answer.text or "Voir l'aperçu" in answer.text
    assert client.get(f"{address}/apercu.csv").location == address


def test_the_files_applied_name_who_applied_them_and_who_sent_them(client, administrator, login):
    heading, first, *rest = ceiling_import.current("HOP").splitlines()
    address = send(client, "\r\n".join([heading, *rest]).encode()).location
    other = factories.user(Role.ADMINISTRATOR)
    db.session.commit()
    client = login(other)
    state = re.search(r'name="state" value="([0-9a-f]{64})"', client.get(address).text)[1]
    assert client.post(f"{address}/appliquer", data={"state": state}).status_code == 303
    shown = client.get(HERE).text
    assert f"<td>{other} ({other.username})<br>" in shown
    assert "envoyé par " in shown
