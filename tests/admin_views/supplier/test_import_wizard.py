"""« Importer des demandes », step 1 (guide « Les écrans du portail », § 4.2): simulate, read, import."""

import csv
import io
import json

import pytest
import sqlalchemy as sa

from app.domain import limits
from app.extensions import db
from app.models.imports import JsonImport, JsonSimulation
from app.models.requests import Avenant
from app.services import ports
from tests import factories
from tests.admin_views.supplier.deposits import (
    NEW,
    a_file,
    deposited,
    fields,
    import_,
    in_one_body,
    lose_session,
    oversized,
    simulate,
)


def count(model):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_the_form_says_what_the_guide_says(client, enrolment):
    page = client.get(NEW).text
    for text in (
        "1. Fichier JSON", "1.1. Simulation", "1.2. Importation", "2. Pièces jointes", "Récapitulatif",
        enrolment.supplier.siret, "Import des demandes d&#39;avance ou de solde".replace("&#39;", "'"),
        "Importer le fichier json", "Type de demande", "Numéro ANS", "Taux de TVA", "Choisissez le fichier",
        "Retour", "Simuler", "Importer", "Etape suivante", "TTC - 8.5%",
        "La réalisation d&#39;une simulation est obligatoire avant d&#39;accéder à l&#39;import de vos demandes.",
        "s&#39;ouvre après la simulation de ce fichier",
    ):  # fmt: skip
        assert text in page, text


def test_only_validated_enrolments_of_json_corridors_are_offered(client, enrolment):
    factories.corridor("SAS")
    other = factories.enrolment(enrolment.supplier, referencing=factories.referencing("SAS", ans_number="pbrSAS0012"))
    foreign = factories.enrolment()
    page = client.get(NEW).text
    assert enrolment.referencing.ans_number in page
    assert other.referencing.ans_number not in page
    assert foreign.referencing.ans_number not in page


def test_nothing_filled_is_answered_at_each_field(client, enrolment):
    answer = client.post(NEW, data={})
    assert answer.status_code == 422
    for text in ("Choisissez un type de demande.", "Choisissez un numéro ANS.", "Choisissez un taux de TVA."):
        assert text in answer.text
    assert 'id="file-error">Choisissez un fichier.' in answer.text


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "est vide."), (limits.JSON_FILE_BYTES + 1, "dépasse 5 Mo."), (7 * limits.MEGABYTE, "dépasse 5 Mo.")],
)
def test_a_file_empty_or_too_big_is_refused_at_its_field(client, enrolment, size, said):
    chosen = {"phase": "avance", "ans_number": enrolment.referencing.ans_number, "vat": "ht"}
    answer = client.post(NEW, **in_one_body(b" " * size, chosen))
    assert answer.status_code == 422
    assert said in answer.text
    assert "file-error" in answer.text
    assert count(JsonSimulation) == 0


def test_a_body_beyond_all_room_is_413_at_the_field(client, enrolment):
    address = simulate(client, enrolment, a_file(enrolment))
    for target in (NEW, f"{address}/importer"):
        answer = oversized(client, target, 60 * limits.MEGABYTE)
        assert answer.status_code == 413
        assert 'id="file-error">Le fichier dépasse 5 Mo : il n&#39;a pas été reçu.' in answer.text


def test_a_strangers_upload_is_not_even_read(client, session):
    assert oversized(client, NEW, 20 * limits.MEGABYTE).location.startswith("/segurnums/connexion")


def test_another_suppliers_number_is_no_choice(client, enrolment):
    foreign = factories.enrolment()
    answer = client.post(NEW, data=fields(foreign, a_file(foreign)))
    assert answer.status_code == 422
    assert count(JsonSimulation) == 0


def test_a_sound_file_shows_its_totals_and_opens_the_import(client, enrolment):
    page = client.get(simulate(client, enrolment, a_file(enrolment))).text
    assert "Aucune erreur" in page
    assert "716,66 €" in page  # declared
    assert "215,00 €" in page  # 30 % of each line, rounded by line
    assert 'id="importer"' in page
    assert "confirmed" not in page


def test_every_finding_is_shown_with_its_place_and_cure(client, enrolment):
    address = simulate(client, enrolment, a_file(enrolment, montantSegurHT=-1))
    page = client.get(address).text
    assert "lignesImport[1].commande.montantSegurHT" in page
    assert "00002" in page
    assert "Comment corriger" in page
    assert "1 demande serait rejetée" in page
    assert "N° éditeur 00002 (numLigne 2)" in client.get(f"{address}?par=ligne").text


def test_the_report_is_a_csv_no_spreadsheet_runs(client, enrolment):
    content = a_file(enrolment)
    content["lignesImport"][1]["beneficiaires"]["liberal"][0]["emailMedecin"] = "=HYPERLINK()"
    answer = client.get(simulate(client, enrolment, content) + "/rapport.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:4] == ["Gravité", "Ligne du fichier", "Colonne", "Chemin"]
    assert "'=HYPERLINK()" in rows[1]
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_fault_of_the_file_closes_the_import(client, enrolment):
    address = simulate(client, enrolment, b'{"numeroAns": ')
    page = client.get(address).text
    assert "le fichier lui-même est en défaut" in page
    assert 'id="importer"' not in page
    assert "corrigez-le, puis simulez-le de nouveau" in page
    assert client.post(f"{address}/importer").status_code == 422
    assert count(JsonImport) == 0


def test_a_tag_with_half_a_character_is_a_fault_like_another(client, enrolment):
    tag = b'"nom\\ud800": 1, '
    content = json.dumps(a_file(enrolment)).encode().replace(b"{", b"{" + tag + tag, 1)
    address = simulate(client, enrolment, content)
    assert "la balise « nomU+D800 » est déjà présente" in client.get(address).text
    assert "nomU+D800" in client.get(f"{address}/rapport.csv").text
    refused = client.post(f"{address}/importer")
    assert refused.status_code == 422
    assert "nomU+D800" in refused.text


def test_a_file_of_which_nothing_would_be_retained_is_not_imported(client, enrolment):
    address = simulate(client, enrolment, a_file(enrolment, 1, montantSegurHT=-1))
    page = client.get(address).text
    assert "toutes seraient rejetées" in page
    assert "Aucune demande de ce fichier ne serait retenue" in page
    assert client.post(f"{address}/importer", data={"confirmed": "y"}).status_code == 422


def test_the_simulated_file_is_imported_without_choosing_it_again(client, enrolment):
    pieces = deposited(client, enrolment)
    assert count(Avenant) == 2
    page = client.get(pieces).text
    for avenant in db.session.scalars(sa.select(Avenant)):
        assert avenant.number in page
    assert "(7 jours)" in page


def test_other_bytes_than_the_simulated_ones_are_refused(client, enrolment):
    address = simulate(client, enrolment, a_file(enrolment))
    answer = client.post(f"{address}/importer", data=fields(enrolment, a_file(enrolment, 1)))
    assert answer.status_code == 422
    assert "pas celui qui a été simulé" in answer.text
    assert count(JsonImport) == 0


def test_the_same_bytes_offered_again_are_accepted(client, enrolment):
    content = a_file(enrolment)
    address = simulate(client, enrolment, content)
    assert client.post(f"{address}/importer", data=fields(enrolment, content)).status_code == 303


def test_choices_changed_since_the_simulation_want_another_one(client, enrolment):
    address = simulate(client, enrolment, a_file(enrolment))
    answer = client.post(f"{address}/importer", data={"phase": "solde"})
    assert answer.status_code == 422
    assert "a changé depuis la simulation" in answer.text


def test_rejected_lines_want_a_word(client, enrolment):
    address = simulate(client, enrolment, a_file(enrolment, montantSegurHT=-1))
    refused = client.post(f"{address}/importer")
    assert refused.status_code == 422
    assert "confirmed-error" in refused.text
    assert count(JsonImport) == 0
    page = client.get(import_(client, address, confirmed="y")).text
    assert "Lignes rejetées (1)" in page
    assert count(Avenant) == 1


def test_a_second_click_leads_to_the_first_import(client, enrolment):
    address = simulate(client, enrolment, a_file(enrolment))
    first = import_(client, address)
    assert import_(client, address) == first
    assert count(JsonImport) == 1
    assert f'href="{first}">Etape suivante' in client.get(address).text


def test_a_file_already_imported_is_not_imported_twice(client, enrolment):
    content = a_file(enrolment)
    first, second = simulate(client, enrolment, content), simulate(client, enrolment, content)
    import_(client, first)
    answer = client.post(f"{second}/importer")
    assert answer.status_code == 409
    assert "import" in answer.text
    assert count(JsonImport) == 1


def test_a_simulation_outlives_the_session(client, login, enrolment):
    address = simulate(client, enrolment, a_file(enrolment))
    lose_session(client)
    assert client.get(address).status_code == 302
    login(factories.supplier_user(enrolment.supplier))
    assert client.get(address).status_code == 200
    assert import_(client, address)


def test_another_supplier_meets_nothing(client, login, enrolment):
    address = simulate(client, enrolment, a_file(enrolment))
    pieces = import_(client, address)
    result = pieces.replace("/pieces", "/resultat")
    login(factories.supplier_user())
    for theirs in (address, f"{address}/rapport.csv", pieces, result):
        assert client.get(theirs).status_code == 404, theirs
    assert client.post(f"{address}/importer").status_code == 404
    for nobodys in ("simulations/999999", "simulations/99999999999999999999", "99999999999/pieces", "0/resultat"):
        assert client.get(f"/segurnums/imports/{nobodys}").status_code == 404


def test_the_list_gives_back_the_completed_file(client, enrolment):
    deposited(client, enrolment)
    page = client.get("/segurnums/imports/").text
    for heading in (
        "Identifiant", "Date d&#39;importation", "Numéro ANS", "Type de demande", "Nom du fichier", "Nbre de demande",
        "Nbre de demandes retenues", "Nbre de demandes rejetées", "Fichier JSON",
    ):  # fmt: skip
        assert heading in page, heading
    made = db.session.scalars(sa.select(JsonImport)).one()
    answer = client.get(f"/segurnums/imports/{made.id}/resultat")
    given = json.loads(answer.data)
    assert given["impId"] == made.id
    numbers = set(db.session.scalars(sa.select(Avenant.number)))
    assert {line["numeroASP"] for line in given["lignesImport"]} == numbers
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_the_list_is_filtered_and_shows_ones_own_only(client, login, enrolment):
    deposited(client, enrolment)
    listing = "/segurnums/imports/"
    ans = enrolment.referencing.ans_number
    assert "1 ligne<" in client.get(f"{listing}?numero_ans={ans}&type=avance").text
    assert "0 ligne<" in client.get(f"{listing}?type=solde").text
    refused = client.get(f"{listing}?depot_du=2026-11-01")
    assert refused.status_code == 400
    assert "Renseignez les deux dates, ou aucune." in refused.text
    assert client.get(f"{listing}?numero_ans=%00").status_code < 500
    login(factories.supplier_user())
    assert "0 ligne<" in client.get(listing).text


def test_a_file_the_store_lost_is_an_outage_not_a_bug(client, enrolment):
    deposited(client, enrolment)
    made = db.session.scalars(sa.select(JsonImport)).one()
    ports.get().store.delete(made.storage_key)
    assert client.get(f"/segurnums/imports/{made.id}/resultat").status_code == 503
