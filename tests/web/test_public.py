"""The public pages: home, help, legal pages."""

import pytest

from tests import factories

PAGES = (
    "",
    "foires-aux-questions",
    "contacter-assistance",
    "enrolement",
    "simulateur-json",
    "documentation-json",
    "documentation-json/codes",
    "calendrier",
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
    assert "24/10/2026 à 11:00" in text
    assert "Ferme dans 300 jours" in text


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
