"""Does the screen of summary tables show, refuse and send what its person may ask?"""

import io

import openpyxl
import pytest
import sqlalchemy as sa

from app.domain.enums import Role
from app.models.audit import AuditEntry
from tests import factories

PAGE = "/gestion/tableaux-de-synthese/"
BY_STATUS = {"lignes": "couloir", "colonnes": "statut", "mesures": ["nombre", "declare"]}


@pytest.fixture
def analyst(login):
    return login(factories.user(Role.ANALYST))


def test_the_page_begins_with_the_choice_alone(analyst):
    factories.avenant()
    text = analyst.get(PAGE).text
    assert "Afficher le tableau" in text
    assert "<table" not in text


@pytest.mark.parametrize("role", [Role.ANALYST, Role.DECIDER])
def test_the_table_is_under_the_menu_exports_of_who_exports(login, role):
    factories.avenant()
    client = login(factories.user(role))
    assert f'href="{PAGE}"' in client.get("/gestion/").text
    text = client.get(PAGE, query_string=BY_STATUS).text
    assert "Nombre de demandes et montant déclaré HT par couloir, statut en colonnes" in text
    assert '<th scope="colgroup" colspan="2"' in text
    assert text.count("1\u202f074,99\u00a0€") == 4


def test_two_dimensions_in_rows_make_groups_of_rows(analyst):
    enrolled = factories.enrolment()
    for phase in ("avance", "solde"):
        factories.avenant(enrolled, phase=phase)
    asked = {"lignes": "couloir", "puis": "type", "colonnes": "", "mesures": "nombre"}
    text = analyst.get(PAGE, query_string=asked).text
    assert '<th scope="rowgroup" rowspan="2">MDV – ' in text
    assert text.count('<th scope="row">') == 2
    assert '<th scope="row" colspan="2">Total</th><td class="sg-num">2</td>' in text


def test_an_unknown_argument_is_a_bad_request(analyst):
    assert analyst.get(f"{PAGE}?couleur=bleu").status_code == 400


def test_no_request_is_said_in_the_table(analyst):
    answer = analyst.get(PAGE, query_string=BY_STATUS | {"type": "solde"})
    assert answer.status_code == 200
    assert "Aucune donnée disponible dans le tableau" in answer.text
    assert "Télécharger" not in answer.text


@pytest.mark.parametrize(
    ("wrong", "control", "message"),
    [
        ({"lignes": "iban"}, "lignes", "Choisissez une valeur de la liste."),
        ({"colonnes": "iban"}, "colonnes", "Choisissez une valeur de la liste."),
        ({"mesures": "iban"}, "mesures", "Choisissez des mesures de la liste."),
        ({"mesures": []}, "mesures", "Choisissez au moins une mesure."),
        ({"colonnes": "couloir"}, "colonnes", "« Couloir » est déjà en lignes : choisissez autre chose ici."),
        ({"puis": "couloir"}, "puis", "« Couloir » est déjà en lignes : choisissez autre chose ici."),
        ({"depot_du": "31/02/2026"}, "depot_du", "Saisissez une date : jj/mm/aaaa."),
        ({"depot_du": "2026-02-01", "depot_au": "2026-01-31"}, "depot_au", "La seconde date précède la première."),
        ({"depot_au": "9999-12-31"}, "depot_au", "Saisissez une date entre 1900 et 2999."),
        ({"couloir": "ZZZ"}, "couloir", "Choisissez un couloir de la liste."),
        ({"type": "x"}, "type", "Choisissez une valeur de la liste."),
    ],
)
@pytest.mark.parametrize("page", ["", "classeur", "csv"])
def test_what_cannot_be_answered_is_said_at_its_field(analyst, page, wrong, control, message):
    asked = BY_STATUS | wrong
    answer = analyst.post(PAGE + page, data=asked) if page else analyst.get(PAGE, query_string=asked)
    assert answer.status_code == 422
    error = answer.text.partition(f'id="{control}-error"')[2].partition("</p>")[0]
    assert message in error
    assert "<table" not in answer.text


def test_the_page_sends_the_table_it_shows(analyst, session):
    avenant = factories.avenant()
    page = analyst.get(PAGE, query_string=BY_STATUS | {"puis": "", "couloir": "MDV"}).text
    assert '<input type="hidden" name="couloir" value="MDV">' in page
    book = analyst.post(PAGE + "classeur", data=BY_STATUS)
    assert book.headers["Content-Disposition"] == 'attachment; filename="tableau-de-synthese-20261123.xlsx"'
    assert "no-store" in book.headers["Cache-Control"]
    sheet = openpyxl.load_workbook(io.BytesIO(book.data))["Tableau"]
    assert [cell.value for cell in sheet[sheet.max_row]] == ["Total", 1, float(avenant.declared_ht)] + [1, 1074.99]
    text = analyst.post(PAGE + "csv", data=BY_STATUS)
    assert text.mimetype == "text/csv"
    assert text.data.decode("utf-8-sig").splitlines()[-1] == "Total;1;1074,99;1;1074,99"
    names = session.scalars(sa.select(AuditEntry.subject).where(AuditEntry.action == "export").order_by(AuditEntry.id))
    assert names.all() == ["tableau-de-synthese-20261123.xlsx", "tableau-de-synthese-20261123.csv"]


def test_what_is_refused_does_not_leave_and_is_not_audited(analyst, session):
    analyst.post(PAGE + "classeur", data=BY_STATUS | {"lignes": "iban"})
    assert session.scalar(sa.select(sa.func.count(AuditEntry.id)).where(AuditEntry.action == "export")) == 0


def test_a_supplier_and_who_does_not_export_are_kept_out(login):
    for person in (factories.supplier_user(), factories.user(Role.OFFICER), factories.user(Role.ADMINISTRATOR)):
        client = login(person)
        assert client.get(PAGE, query_string=BY_STATUS).status_code == 403
        assert client.post(PAGE + "classeur", data=BY_STATUS).status_code == 403
        assert client.post(PAGE + "csv", data=BY_STATUS).status_code == 403
