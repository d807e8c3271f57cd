"""Someone without account simulates a file, mends it in the page and takes it away: in a browser, then on a phone."""

import json
import re

import pytest

import config

SAMPLE = config.ROOT / "tests" / "samples" / "mdv-avance-10.json"
PAGE = "/segurnum/simulateur-json"
WAS = '"emailMedecin": "cabinet01.1@exemple.fr"'
pytestmark = pytest.mark.browser


@pytest.fixture
def wrong(tmp_path):
    """The sample with two errors: an amount that is a text, an address without domain."""
    path = tmp_path / "deux-erreurs.json"
    text = SAMPLE.read_text()
    assert WAS in text
    path.write_text(text.replace("358.33", '"beaucoup"', 1).replace(WAS, '"emailMedecin": "medecin"', 1))
    return path


def choose(visitor, path):
    visitor.go(PAGE)
    page = visitor.page
    page.get_by_label("Couloir et logiciel").select_option("MDV-1-LGC")
    page.get_by_label("Type de demande").select_option("avance")
    page.get_by_label("Taux de TVA").select_option("ht")
    page.get_by_label("Choisissez le fichier").set_input_files(path)


@pytest.mark.parametrize("width", [1360, 390])
def test_two_errors_are_mended_in_the_page(visit, wrong, width):
    visitor = visit(width=width)
    page = visitor.page
    visitor.go("/segurnum/")
    visitor.click("Simuler mon fichier json")
    assert page.url.endswith(PAGE)
    choose(visitor, wrong)
    visitor.click("Simuler")
    assert "Résultat de la simulation : deux-erreurs.json" in visitor.text
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.get_by_label(re.compile("Nouvelle valeur, .*montantSegurHT")).fill("358.33")
    page.get_by_label(re.compile("Nouvelle valeur, .*emailMedecin")).fill("medecin@exemple.fr")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Corriger et simuler de nouveau").last.click()
    page.get_by_text("avant, 2 erreurs et 0 avertissement ; maintenant, 0 erreur").wait_for()
    visitor.check()
    answered = [name for name in sent.value.post_data.split("&") if name.startswith("v.")]
    assert len(answered) == 2
    assert "Aucune erreur" in visitor.text
    assert page.evaluate("document.activeElement.textContent").startswith("Depuis la simulation précédente")

    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger le fichier corrigé").click()
    mended = download.value.path().read_text()
    expected = wrong.read_text().replace('"beaucoup"', "358.33").replace('"medecin"', '"medecin@exemple.fr"')
    assert mended == expected


def test_the_eye_stays_on_the_error_that_is_left(visit, wrong):
    visitor = visit()
    choose(visitor, wrong)
    visitor.click("Simuler")
    field = visitor.page.get_by_label(re.compile("Nouvelle valeur, .*montantSegurHT"))
    field.fill("-3")
    field.press("Enter")
    visitor.page.get_by_text("avant, 2 erreurs et 0 avertissement ; maintenant, 2 erreurs").wait_for()
    visitor.check()
    assert "montantSegurHT" in visitor.page.evaluate("document.activeElement.closest('.sg-mend').dataset.place")


# A page that leaves cannot be asked: it writes down itself the bars it shows.
WITNESS = """() => new MutationObserver(() => {
  const box = document.querySelector('.sg-progress:not([hidden])');
  const said = box && box.querySelector('[role=progressbar] + [aria-live=polite]');
  if (said) sessionStorage.setItem('seen', sessionStorage.getItem('seen') + said.textContent);
}).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })"""


@pytest.mark.parametrize("heavy", [False, True], ids=["as a form", "in the background"])
def test_a_bar_shows_when_the_answer_takes_more_than_a_second(visit, tmp_path, heavy):
    visitor = visit()
    path = tmp_path / "lent.json"
    path.write_text(json.dumps(json.loads(SAMPLE.read_text()), indent=200 if heavy else 1))
    assert (path.stat().st_size > 262_144) is heavy
    choose(visitor, path)
    page, held = visitor.page, []
    page.evaluate(WITNESS)
    page.route(f"**{PAGE}", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    page.get_by_role("button", name="Simuler", exact=True).click(no_wait_after=True)
    page.wait_for_timeout(1_500)
    held[0].continue_()
    page.get_by_text("Aucune erreur").wait_for()
    assert "Contrôle du fichier…" in page.evaluate("sessionStorage.getItem('seen')")
    assert page.get_by_role("progressbar").count() == 0
    visitor.check()


def test_a_fault_of_syntax_is_mended_as_text(visit, tmp_path):
    path = tmp_path / "virgule.json"
    path.write_text(SAMPLE.read_text().replace('"typeAction": "C",', '"typeAction": "C"', 1))
    visitor = visit(width=390)
    choose(visitor, path)
    visitor.click("Simuler")
    assert re.search(r"\^ colonne \d+", visitor.text)
    area = visitor.page.get_by_label(re.compile("Texte corrigé"))
    area.fill(area.input_value().replace('"C"', '"C",'))
    visitor.page.get_by_role("button", name="Corriger et simuler de nouveau").last.click()
    visitor.page.get_by_text("maintenant, 0 erreur").wait_for()
    visitor.check()
