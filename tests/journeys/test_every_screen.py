"""Every screen, as each person sees it on a phone: axe-core clean, nothing wider than the screen, no script error."""

import pytest

from tests import files
from tests.exchange import archives

pytestmark = pytest.mark.browser

PUBLIC = (
    "/segurnum/",
    "/segurnum/enrolement",
    "/segurnum/simulateur-json",
    "/segurnum/documentation-json",
    "/segurnum/documentation-json/HOP",
    "/segurnum/documentation-json/MDV",
    "/segurnum/documentation-json/SAS",
    "/segurnum/documentation-json/codes",
    "/segurnum/calendrier",
    "/segurnum/calendrier?couloir=MDV",
    "/segurnum/foires-aux-questions",
    "/segurnum/contacter-assistance",
    "/segurnum/plan-du-site",
    "/segurnum/accessibilite",
    "/segurnum/mentions-legales",
    "/segurnum/cgu",
    "/segurnum/donnees-personnelles",
    "/segurnums/connexion",
    "/segurnums/identifiant-oublie",
)
SUPPLIER = (
    "/segurnums/echeances/",
    "/segurnums/",
    "/segurnums/imports/",
    "/segurnums/imports/nouveau",
    "/segurnums/demandes/",
    "/segurnums/demandes-incompletes/",
    "/segurnums/enrolements/",
    "/segurnums/exports/demandes",
    "/segurnums/exports/beneficiaires",
    "/segurnums/compte/coordonnees-bancaires/",
    "/segurnums/compte/coordonnees-bancaires/nouvelle",
    "/segurnums/compte/personnes",
    "/segurnums/compte/utilisateurs",
    "/segurnums/compte/securite/",
    "/segurnums/enrolements/complementaire",
    "/segurnums/messages/",
)
OFFICER = (
    "/gestion/",
    "/gestion/demandes/",
    "/gestion/demandes/?statut=superseded",
    "/gestion/motifs-de-rejet/",
    "/gestion/motifs-de-rejet/1",
    "/gestion/enrolements/",
    "/gestion/coordonnees-bancaires/",
    "/gestion/changements-de-personnes/",
    "/gestion/modeles-de-documents/",
    "/gestion/modeles-de-documents/3",
    "/gestion/assistance/",
    "/gestion/mon-compte/",
    "/gestion/fournisseurs/",
    "/gestion/personnes/",
    "/gestion/referencements/",
    "/gestion/referencements/import/",
    "/gestion/couloirs/",
    "/gestion/courriels/",
    "/gestion/modeles-de-courriels/",
    "/gestion/modeles-de-courriels/enrolment_piece_asked",
)
DECIDER = ("/gestion/decisions/", "/gestion/decisions/nouvelle", "/gestion/enveloppes/", "/gestion/audit/")
AUTHORISER = (
    "/gestion/paiements/",
    "/gestion/recouvrements/",
    "/gestion/paiements/nouveau",
    "/gestion/enveloppes/a-approuver",
)
ANALYST = (
    "/gestion/exports/",
    "/gestion/exports/beneficiaires",
    "/gestion/tableaux-de-synthese/",
    "/gestion/tableaux-de-synthese/?lignes=couloir&puis=statut&colonnes=mois_depot&mesures=nombre&mesures=paye",
)
ADMINISTRATOR = (
    "/gestion/comptes/",
    "/gestion/taches/",
    "/gestion/simulations/",
    "/gestion/couloirs/HOP/plafonds",
    "/gestion/couloirs/",
    "/gestion/couloirs/HOP",
    "/gestion/couloirs/HOP/comparer",
    "/gestion/couloirs/HOP/echeance",
    "/gestion/couloirs/HOP/vague",
    "/gestion/couloirs/HOP/plafond",
    "/gestion/couloirs/brouillons/",
    "/gestion/couloirs/brouillons/nouveau",
)
HIDDEN = """[...document.querySelectorAll(".sg-table-scroll")]
  .filter(table => table.scrollWidth > table.clientWidth).map(table => table.ariaLabel)"""


@pytest.mark.parametrize(
    ("username", "pages"),
    [
        (None, PUBLIC),
        ("fournisseur-a", SUPPLIER),
        ("fournisseur-b", ("/segurnums/modeles-de-documents/", "/segurnums/modeles-de-documents/2")),
        ("fournisseur-s", ("/segurnums/", "/segurnums/enrolements/")),
        ("gestionnaire1", OFFICER),
        ("decideur", DECIDER),
        ("ordonnateur", AUTHORISER),
        ("analyste", ANALYST),
        ("administrateur1", ADMINISTRATOR),
    ],
)
def test_screens_fit_a_phone_and_are_accessible(visit, username, pages):
    visitor = visit(username, width=390)
    for path in pages:
        visitor.go(path)
        assert visitor.page.locator("h1").count() == 1, path
        width = visitor.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, f"{path} is {width} px wide"


def test_a_request_fits_a_phone_on_both_sides(visit):
    for username, listing in (("fournisseur-a", "/segurnums/demandes/"), ("gestionnaire1", "/gestion/demandes/")):
        visitor = visit(username, width=390)
        visitor.go(listing)
        visitor.page.get_by_role("link", name="Consulter").first.click()
        visitor.page.wait_for_load_state()
        visitor.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        visitor.check()
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("username", ["fournisseur-b", "fournisseur-c", "fournisseur-e"])
def test_the_solde_of_each_kind_of_corridor_fits_a_phone_and_an_office_screen(visit, username):
    """Ticks, a table per establishment, numbers: every accordion open."""
    for width in (390, 1360):
        visitor = visit(username, width=width)
        visitor.go("/segurnums/demandes/?type=solde")
        visitor.page.get_by_role("link", name="Consulter").last.click()
        visitor.page.wait_for_load_state()
        visitor.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        visitor.check()
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
    assert visitor.page.evaluate(HIDDEN) == []


def test_a_scenario_of_24_establishments_turns_its_pages_where_it_is_read(visit):
    visitor = visit("fournisseur-c")
    visitor.go("/segurnums/demandes/FINMS1000063M0")
    visitor.page.get_by_text("Scénario d'installation", exact=True).first.click()
    scenario = visitor.page.locator("#scenarioInstallation")
    assert scenario.locator("tbody tr").count() == 20
    scenario.get_by_role("link", name="Suivant").click()
    visitor.page.wait_for_load_state()
    visitor.check()
    scenario = visitor.page.locator("#scenarioInstallation")
    assert scenario.get_by_text("Page 2 sur 2").is_visible()
    assert scenario.locator("tbody tr").count() == 4


@pytest.mark.parametrize(
    ("username", "listing"), [("fournisseur-a", "/segurnums/demandes/"), ("gestionnaire1", "/gestion/demandes/")]
)
def test_no_column_hides_at_the_width_of_an_office_screen(visit, username, listing):
    visitor = visit(username)
    visitor.go(listing)
    assert visitor.page.evaluate(HIDDEN) == []


def test_the_payment_notice_is_in_sight_at_the_width_of_an_office_screen(visit):
    visitor = visit("fournisseur-a")
    visitor.go("/segurnums/demandes/FINMDV000001M0")
    visitor.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert visitor.page.evaluate(HIDDEN) == []


def test_the_files_of_a_zip_are_sorted_on_a_phone_and_at_the_office(visit, tmp_path):
    """A file that nobody expected waits, is given its piece, and its request is complete."""
    archive = tmp_path / "pieces.zip"
    archive.write_bytes(
        archives.zipped({"scan du 12.pdf": files.pdf(), "notes.txt": b"rien", "autre.pdf": files.pdf()})
    )
    for width, file in ((390, "notes.txt"), (1360, "scan du 12.pdf")):
        visitor = visit("fournisseur-b", width=width)
        visitor.go("/segurnums/demandes-incompletes/")
        visitor.page.get_by_role("link", name="+ Ajouter").first.click()
        visitor.page.wait_for_load_state()
        visitor.check()
        visitor.page.locator("aside a", has_text="n°").click()
        visitor.page.wait_for_load_state()
        if width == 390:
            visitor.page.set_input_files("#zip", archive)
            visitor.page.get_by_role("button", name="Déposer le zip").click()
            visitor.page.wait_for_selector("#rapport-zip")
        visitor.check()
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
        choice = visitor.page.get_by_label(file)
        first_place = choice.locator("option").nth(1).get_attribute("value")
        choice.first.select_option("ecarter" if file == "notes.txt" else first_place)
        visitor.click("Enregistrer mes choix")
        assert f"1 fichier {'écarté' if file == 'notes.txt' else 'classé'}" in visitor.text
    assert "« En cours »" in visitor.text


def test_a_list_of_referencings_is_previewed_on_a_phone(visit, tmp_path):
    visitor = visit("gestionnaire1", width=390)
    visitor.go("/gestion/referencements/import/")
    current = visitor.page.request.get(f"{visitor.portal.url}/gestion/referencements/import/actuels.csv").text()
    heading, first, *_ = current.splitlines()
    changed = first.replace(first.split(";")[2], "UN AUTRE NOM")
    sent = tmp_path / "liste.csv"
    sent.write_text("\n".join([heading, changed, "faux" + ";" * 9]), encoding="utf-8")
    visitor.page.set_input_files("#file", sent)
    visitor.click("Voir l'aperçu")
    assert "UN AUTRE NOM" in visitor.text
    assert "Refusé (1)" in visitor.text
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_every_page_of_a_draft_fits_a_phone_and_is_accessible(visit):
    visitor = visit("administrateur1", width=390)
    visitor.go("/gestion/couloirs/HOP")
    visitor.click("Modifier ce couloir")
    draft = visitor.page.url.removeprefix(visitor.portal.url)
    sections = [link.get_attribute("href") for link in visitor.page.locator(".sg-sections a").all()]
    assert len(sections) > 15
    more = ("contenu/fenetres/0", "contenu/champs/0", "contenu/champs/nouveau", "contenu/exclusives/0", "plafonds")
    for path in (*sections, *(f"{draft}/{one}" for one in more), f"{draft}/contenu/montants?regle=linear"):
        visitor.go(path)
        assert visitor.page.locator("h1").count() == 1, path
        width = visitor.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, f"{path} is {width} px wide"
