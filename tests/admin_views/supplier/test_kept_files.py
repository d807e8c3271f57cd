"""The workbench of an import: what is expected, the files to sort, the names to download, the countdown."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain import limits
from app.extensions import db
from app.models.documents import Document, ExpectedDocument
from app.models.kept_files import KeptFile
from app.models.requests import Avenant
from tests import factories, files
from tests.admin_views.supplier.deposits import INCOMPLETE, bundle, deposited, oversized, piece
from tests.conftest import TODAY

OTHER = files.pdf() + b"\n% une autre"


@pytest.fixture
def page(client, enrolment):
    """The workbench of an import of two requests, after a ZIP that held two strangers."""
    address = deposited(client, enrolment)
    client.post(address.replace("/pieces", "/zip"), data=bundle(inconnu_2=files.pdf(), texte=b"rien"))
    return address


def kept():
    return {one.name: one.id for one in db.session.scalars(sa.select(KeptFile))}


def expected():
    return list(db.session.scalars(sa.select(ExpectedDocument.id).order_by(ExpectedDocument.id)))


def statuses():
    return [status.value for status in db.session.scalars(sa.select(Avenant.status).order_by(Avenant.editor_number))]


def test_the_workbench_says_what_is_received_expected_and_to_sort(client, page):
    text = client.get(page).text
    assert "verrouillage le 30/11/2026 à 00:00 (heure de Paris)" in text
    assert "<strong>0</strong> pièce reçue sur 2, <strong>2</strong> encore attendues" in text
    assert "Fichiers à classer (2)" in text
    assert "inconnu-2.pdf" in text
    suggestions = text.split('label="Suggestions"')[1]
    assert suggestions.index("N° éditeur 00002") < suggestions.index("N° éditeur 00001")


def test_a_file_is_given_its_piece_by_the_form(client, page):
    known = kept()
    answer = client.post(
        f"{page}/a-classer",
        data={f"place-{known['inconnu-2.pdf']}": f"{expected()[1]}:0", f"place-{known['texte.pdf']}": "ecarter"},
    )
    assert answer.status_code == 303
    text = client.get(answer.location).text
    assert "1 fichier classé, 1 fichier écarté." in text
    assert "Demandes complètes, « En cours »" in text
    assert statuses() == ["incomplete", "in_progress"]
    assert kept() == {}
    assert "Fichiers à classer" not in text


def test_a_choice_refused_is_said_at_its_file_and_kept(client, page):
    place = f"place-{kept()['texte.pdf']}"
    answer = client.post(f"{page}/a-classer", data={place: f"{expected()[0]}:0"})
    assert answer.status_code == 422
    assert f'id="{place}-error" role="alert">Ce fichier ne peut pas devenir une pièce' in answer.text
    assert "Aucun fichier n&#39;a été classé" in answer.text
    assert statuses() == ["incomplete", "incomplete"]


@pytest.mark.parametrize(
    "data",
    [{}, {"place-1": ""}, {"place-x": "1:0"}, {"place-1": "abc"}, {"place-99999999999": "1:0"}, {"place-1": "1:٢"}],
)
def test_a_form_that_the_page_never_made_is_422(client, page, data):
    answer = client.post(f"{page}/a-classer", data=data)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_a_file_is_replaced_by_another(client, page):
    place = f"{page}/a-classer/{kept()['texte.pdf']}/remplacer"
    assert client.post(place, data={}).status_code == 422
    assert client.post(place, data=piece("x.pdf", b"faux")).status_code == 422
    assert oversized(client, place, 60 * limits.MEGABYTE).status_code == 413
    assert client.post(place, data=piece("bdc-00001.pdf")).status_code == 303
    assert statuses() == ["in_progress", "incomplete"]
    assert client.post(place, data=piece("bdc-00001.pdf")).status_code == 422


def test_all_are_discarded_once_confirmed(client, page):
    assert client.post(f"{page}/a-classer/ecarter").status_code == 422
    assert len(kept()) == 2
    assert client.post(f"{page}/a-classer/ecarter", data={"confirmation": "oui"}).status_code == 303
    assert kept() == {}


def test_a_kept_file_is_read_back_as_plain_bytes(client, page):
    answer = client.get(f"{page}/a-classer/{kept()['texte.pdf']}")
    assert (answer.data, answer.mimetype) == (b"rien", "application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"{page}/a-classer/999999").status_code == 404


def test_another_supplier_finds_none_of_it(client, login, page):
    known = kept()["texte.pdf"]
    login(factories.supplier_user())
    assert client.get(f"{page}/attendues.csv").status_code == 404
    assert client.get(f"{page}/a-classer/{known}").status_code == 404
    for address, data in (("", {f"place-{known}": "ecarter"}), ("/ecarter", {"confirmation": "oui"})):
        assert client.post(f"{page}/a-classer{address}", data=data).status_code == 404
    assert client.post(f"{page}/a-classer/{known}/remplacer", data=piece()).status_code == 404
    assert len(kept()) == 2


def test_the_filter_shows_what_is_still_expected(client, page):
    client.post(f"{page}/{expected()[0]}", data=piece())
    every, waiting = client.get(page).text, client.get(f"{page}?voir=attendues").text
    assert "N° éditeur 00001 – FIN" in every
    assert "N° éditeur 00001 – FIN" not in waiting
    assert "N° éditeur 00002 – FIN" in waiting
    assert "Encore attendues (1)" in waiting


def test_the_names_still_expected_are_downloaded(client, page):
    client.post(f"{page}/{expected()[0]}", data=piece())
    number = db.session.scalar(sa.select(Avenant.number).where(Avenant.editor_number == "00002"))
    assert client.get(f"{page}/attendues.csv").text == (
        "\ufeffN° éditeur;Numéro demande;Type de pièce;Nom du fichier attendu;État;Date d'expiration\r\n"
        f"00002;{number};Bon de commande signé;bdc-00002.pdf;Attendue;30/11/2026\r\n"
    )


def test_what_is_already_received_is_told_at_the_next_zip(client, page):
    address = page.replace("/pieces", "/zip")
    client.post(address, data=bundle(bdc_00001=files.pdf()))
    again = client.post(address, data=bundle(bdc_00001=files.pdf(), bdc_00002=files.pdf()))
    assert "1 pièce jointe sur 2 fichiers. 1 déjà reçu, à l&#39;identique." in again.text.replace("l'i", "l&#39;i")
    other = client.post(address, data=bundle(bdc_00001=OTHER))
    assert "« bdc-00001.pdf » est différent" in other.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Document)) == 2


def test_the_countdown_follows_the_days(client, login, enrolment, page, frozen):
    said = {1: "il reste 6 jours", 5: "il reste 2 jours", 6: "dernier jour"}
    for days, words in said.items():
        frozen.move_to(TODAY + dt.timedelta(days), dt.time(23, 59))
        login(factories.supplier_user(enrolment.supplier))
        assert words in client.get(page).text.lower()
        listing = client.get(INCOMPLETE).text
        assert f"30/11/2026 ({words})" in listing
        assert f"La première le sera le 30/11/2026 à 00:00 (heure de Paris), {words}" in listing
        assert f"verrouillée le 30/11/2026 à 00:00 (heure de Paris), {words}" in client.get("/segurnums/").text


def test_the_page_of_one_request_leads_to_the_files_to_sort(client, page):
    number = db.session.scalar(sa.select(Avenant.number).limit(1))
    text = client.get(f"{INCOMPLETE}{number}/pieces").text
    assert "2 fichiers de l'import attendent d'être classés" in text
    assert f'href="{page}#a-classer"' in text


def test_files_to_sort_come_by_pages(client, page):
    entries = {f"inconnu_x{rank:02d}": files.pdf() + str(rank).encode() for rank in range(limits.KEPT_PAGE)}
    client.post(page.replace("/pieces", "/zip"), data=bundle(**entries))
    assert client.get(page).text.count('name="place-') == limits.KEPT_PAGE
    assert client.get(f"{page}?page=2").text.count('name="place-') == 2
    for odd in ("0", "99", "-1", "x", "9" * 30):
        assert client.get(f"{page}?page={odd}").status_code == 200
