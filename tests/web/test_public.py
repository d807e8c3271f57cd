"""The public pages: home, help, documentation of the format, legal pages."""

import json
from decimal import Decimal

import pytest

from app.domain.enums import Phase
from app.exchange import line_model
from app.services import corridor_versions, format_documentation
from tests import factories

PAGES = (
    "",
    "foires-aux-questions",
    "contacter-assistance",
    "enrolement",
    "simulateur-json",
    "documentation-json",
    "plan-du-site",
    "accessibilite",
    "mentions-legales",
    "cgu",
    "donnees-personnelles",
)


@pytest.mark.parametrize("page", PAGES)
def test_every_public_page_answers_a_stranger_with_one_title(client, page):
    answer = client.get(f"/segurnum/{page}")
    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1


def test_the_root_leads_to_the_home(client):
    assert client.get("/").location == "/segurnum/"


def test_the_home_has_the_guides_blocks(client):
    text = client.get("/segurnum/").text
    for words in (
        "Demande d'enrôlement",
        "Se connecter",
        "Vous n'avez pas de compte ?",
        "Effectuer ma demande d'enrôlement",
        "Vous n'êtes pas encore référencé ?",
        "Simuler mon fichier json",
        "Besoin d'aide ?",
        "Consulter les questions fréquentes",
        "Contacter l'assistance",
        "Qu'est-ce que le Ségur du numérique en santé ?",
        "Qu'est-ce que le financement à l'équipement numérique des acteurs de l'offre de soins ?",
        "Dans quels délais faut-il faire les demandes de paiement ?",
        "Quels sont les liens utiles ?",
        "legifrance.gouv.fr",
        "©SEGURNUM 2026",
    ):
        assert words in text


def test_the_windows_of_the_corridors_in_force_are_on_the_home(client):
    factories.corridor("MDV")
    text = client.get("/segurnum/").text
    assert "Médecine de ville" in text
    assert "24/10/2026 à" in text


def test_no_public_page_links_to_nowhere(client):
    factories.corridor("MDV")
    links = set()
    for page in PAGES:
        text = client.get(f"/segurnum/{page}").text
        links |= {part.split('"')[0].split("#")[0] for part in text.split('href="/segurnum/')[1:]}
    for link in sorted(links):
        assert client.get(f"/segurnum/{link}").status_code == 200, link


def test_the_site_map_shows_his_own_pages_to_a_supplier(login):
    text = login(factories.supplier_user()).get("/segurnum/plan-du-site").text
    assert "Votre espace" in text
    assert "/segurnums/enrolements/" in text


def test_accessibility_is_not_claimed_before_an_audit(client):
    assert "<strong>non conforme</strong>" in client.get("/segurnum/accessibilite").text


@pytest.mark.parametrize("page", ["contacter-assistance", "enrolement", "simulateur-json"])
def test_what_is_not_open_says_so(client, page):
    assert "pas encore ouvert" in client.get(f"/segurnum/{page}").text


class TestDocumentation:
    def test_it_documents_every_field_of_each_phase(self, client):
        factories.corridor("MDV")
        text = client.get("/segurnum/documentation-json").text
        for field in factories.open_spec("MDV").fields:
            assert f"<code>{field.path}</code>" in text
        assert "obligatoire si beneficiaires.isMandataire vaut true" in text
        assert "LIBERAL, STRUCTURE" in text
        assert "BON_COMMANDE" in text

    def test_it_says_the_values_a_tag_accepts(self, session):
        factories.corridor("MDV")
        (documented,) = [one for one in format_documentation.published() if one.spec.code == "MDV"]
        rows = {row.path: row for row in documented.phases[0].fields}
        assert rows["commande.regimeTVA"].values == "HT, TTC"
        assert rows["typeAction"].values == "C"
        assert rows["beneficiaires.commandePour"].values == "LIBERAL, STRUCTURE"
        assert rows["piecesJustificatives[].typeFichier"].values == "BON_COMMANDE"
        assert rows["numLigne"].kind == "nombre entier"
        assert rows["beneficiaires.isMandataire"].example == "false"

    def test_a_tag_of_the_solde_is_not_in_the_avance(self, session):
        factories.corridor("MDV")
        (documented,) = [one for one in format_documentation.published() if one.spec.code == "MDV"]
        avance, solde = ({row.path for row in phase.fields} for phase in documented.phases)
        assert "commande.montantSegurHTFacture" in solde - avance
        assert "commande.montantSegurHT" in avance

    def test_a_corridor_by_form_has_no_file(self, client):
        factories.corridor("SAS")
        assert "se dépose par formulaire" in client.get("/segurnum/documentation-json").text
        assert client.get("/segurnum/documentation-json/SAS/avance/exemple.json").status_code == 404

    @pytest.mark.parametrize("phase", Phase)
    def test_the_example_obeys_the_model_and_the_schema_is_json(self, client, phase):
        version = factories.corridor("MDV")
        folder = f"/segurnum/documentation-json/MDV/{phase.value}"
        lines = json.loads(client.get(f"{folder}/exemple.json").data, parse_float=Decimal)["lignesImport"]
        model = line_model.model_of(version.digest, corridor_versions.spec_of(version), phase, 1)
        assert list(model.errors(lines)) == []
        assert json.loads(client.get(f"{folder}/schema.json").data)["type"] == "array"
        blank = json.loads(client.get(f"{folder}/vierge.json").data)
        assert set(blank["lignesImport"][0]) == set(lines[0])
        assert blank["siret"] is None

    @pytest.mark.parametrize("path", ["XXX/avance", "MDV/autre", "%00/avance", "mdv'/avance", "TROPLONG/solde"])
    def test_an_unknown_corridor_or_phase_is_not_found(self, client, path):
        factories.corridor("MDV")
        for name in ("schema", "exemple", "vierge"):
            assert client.get(f"/segurnum/documentation-json/{path}/{name}.json").status_code == 404
