"""The simulator without account: every control that needs no look-up, nothing kept but a count."""

import base64
import io
import json
import re
import zlib

import pytest
import sqlalchemy as sa

from app.domain import limits
from app.domain.enums import Phase, Role
from app.domain.vat import VatRegime
from app.exchange import example_file
from app.extensions import db
from app.models.imports import JsonImport, JsonSimulation
from app.models.simulation_counts import SimulationCount
from app.services import clock, ports, public_simulations
from tests import factories, shipped, sixty_errors
from tests.admin_views.supplier.deposits import in_one_body, oversized
from tests.json_files import SAMPLE, changed, put, sample, solde_line, written
from tests.pages import forms

PAGE = "/segurnum/simulateur-json"
MDV = {"software": "MDV-1-LGC", "phase": "avance", "vat": "ht"}


@pytest.fixture
def public(client):
    factories.corridor("MDV")
    db.session.commit()  # and the line of the audit trail is written
    return client


def simulate(client, content, **chosen):
    return client.post(PAGE, data=MDV | chosen | {"file": (io.BytesIO(content), "demandes.json")})


def stored():
    return {key for key, _ in ports.get().store.keys("")}


def counted():
    days = db.session.scalars(sa.select(SimulationCount).order_by(SimulationCount.day))
    return [(one.day, one.corridor_code, one.count) for one in days]


def test_it_offers_the_software_of_the_corridors_deposited_by_file(public):
    factories.corridor("SAS")
    page = public.get(PAGE)
    assert page.status_code == 200
    assert "DSR-MDV-LGC-Va1" in page.text
    assert "SAS" not in page.text
    assert "Rien n'est conservé" in page.text


def test_a_sound_file_shows_what_it_would_be_worth(public):
    page = simulate(public, SAMPLE.read_bytes())
    assert page.status_code == 200
    for said in ("5733,28 €", "1720,00 €", "DSR-MDV-LGC-Va1", "Aucune erreur", "estimation"):
        assert said in page.text, said


def test_every_error_is_told_and_mended_through_the_form_alone(public):
    content, planted = sixty_errors.planted()
    # Nobody is enrolled here: neither the regime's rate nor the profiles are known.
    planted = [one for one in planted if one.code != "0407"]
    page = simulate(public, content)
    for one in planted:
        assert f"Ligne {one.row}, colonne {one.column}" in page.text
        assert one.path in page.text
    form = forms(page.text)["corriger"]
    sent = form.sent | {form.name(one.path): one.answer for one in planted if one.answer}
    after = public.post(PAGE, data=sent)
    assert after.status_code == 200
    assert "avant, 57 erreurs et 3 avertissements ; maintenant, 0 erreur et 0 avertissement" in after.text
    assert counted() == [(clock.today(), "MDV", 2)]
    given = public.post(PAGE, data=forms(after.text)["corriger"].sent | {"geste": "fichier"})
    assert given.headers["Content-Disposition"] == "attachment; filename=demandes-corrige.json"
    assert len(given.json["lignesImport"]) == 200
    assert "Aucune erreur" in simulate(public, given.data).text


def test_nothing_is_kept_but_a_count_and_nobody_is_looked_up(public):
    tables, before = set(), stored()

    def watch(connection, cursor, statement, *rest):
        tables.update(re.findall(r'(?:FROM|JOIN|INTO|UPDATE)\s+"?(\w+)', statement, re.IGNORECASE))

    sa.event.listen(sa.Engine, "before_cursor_execute", watch)
    try:
        page = simulate(public, changed(put("commande.regimeTVA", "ht")))
        form = forms(page.text)["corriger"]
        public.post(PAGE, data=form.sent)
        for asked in ({"geste": "csv"}, {"geste": "json"}, {"geste": "fichier"}, {"vue": "par=ligne"}):
            assert public.post(PAGE, data=form.sent | asked).status_code == 200
        public.get(PAGE)
        simulate(public, b"{")
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", watch)
    assert tables - {"SET"} <= {"corridor", "corridor_version", "simulation_count"}
    assert {"corridor_version", "simulation_count"} <= tables
    assert stored() == before
    for model in (JsonSimulation, JsonImport):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(model)) == 0
    with public.session_transaction() as cookie:
        assert len(json.dumps(dict(cookie))) < 200


def test_the_simulations_of_a_day_are_counted_by_corridor(public, frozen):
    for _ in range(2):
        simulate(public, SAMPLE.read_bytes())
    first = clock.today()
    frozen.move_to(first.replace(day=24))
    simulate(public, b"[]")
    simulate(public, b"{}", software="")
    assert counted() == [(first, "MDV", 2), (first.replace(day=24), "MDV", 1)]


def test_the_count_is_shown_to_administrators(public, login):
    simulate(public, SAMPLE.read_bytes())
    page = login(factories.user(Role.ADMINISTRATOR)).get("/gestion/simulations/").text
    assert "23/11/2026" in page
    assert "MDV" in page


def test_a_solde_is_simulated_without_its_dossier_and_says_so(public):
    line = solde_line("FINMDV000001M0", 1, sample()["lignesImport"][0], 358.33)
    page = simulate(public, written(sample() | {"lignesImport": [line]}), phase="solde").text
    assert "les dossiers ne sont pas consultés" in page
    assert "Aucune erreur" in page
    assert "250,83 €" in page


def test_the_report_is_seen_another_way_without_being_mended(public):
    form = forms(simulate(public, changed(put("commande.regimeTVA", "ht"))).text)["corriger"]
    page = public.post(PAGE, data=form.sent | {"vue": "par=ligne"}).text
    assert "N° éditeur 00001 (numLigne 1)" in page
    assert forms(page)["corriger"].sent["packed"] == form.sent["packed"]
    assert counted()[0][2] == 1


def test_the_report_and_the_annotated_file_are_downloaded(public):
    form = forms(simulate(public, changed(put("commande.montantSegurHT", -1))).text)["corriger"]
    csv = public.post(PAGE, data=form.sent | {"geste": "csv"})
    assert csv.data.startswith(b"\xef\xbb\xbf")
    assert "lignesImport[0].commande.montantSegurHT" in csv.text
    given = public.post(PAGE, data=form.sent | {"geste": "json"}).json
    assert given["lignesImport"][0]["codeTraitement"] == "0308"
    assert given["lignesImport"][1]["codeTraitement"] == "0000"


@pytest.mark.parametrize(
    "chosen", [{"software": "XXX-1-LGC"}, {"phase": "autre"}, {"vat": ""}, {"software": "MDV-9-LGC"}]
)
def test_what_is_not_offered_is_refused_at_its_field(public, chosen):
    assert simulate(public, SAMPLE.read_bytes(), **chosen).status_code == 422
    assert counted() == []


def test_nothing_chosen_is_told_at_each_field(public):
    answer = public.post(PAGE, data={})
    assert answer.status_code == 422
    for said in ("Choisissez un couloir.", "Choisissez un type de demande.", "Choisissez un taux de TVA."):
        assert said in answer.text
    assert 'id="file-error">Choisissez un fichier.' in answer.text


def test_a_file_too_big_is_refused_at_its_field(public):
    answer = public.post(PAGE, **in_one_body(b" " * (limits.JSON_FILE_BYTES + 1), MDV))
    assert (answer.status_code, "dépasse 5 Mo" in answer.text) == (422, True)
    beyond = oversized(public, PAGE, 20 * limits.MEGABYTE)
    assert (beyond.status_code, "dépasse 5 Mo" in beyond.text) == (413, True)


BOMB = base64.urlsafe_b64encode(zlib.compress(b" " * 50_000_000)).decode()


@pytest.mark.parametrize("packed", ["x", "é", "====", BOMB, base64.b64encode(b"rien").decode(), "A" * 100])
def test_a_packed_file_that_is_none_of_ours_is_refused(public, packed):
    answer = public.post(PAGE, data=MDV | {"packed": packed, "name": "../../etc/passwd"})
    assert answer.status_code == 422
    assert "choisissez-le de nouveau" in answer.text


def test_a_file_that_cannot_travel_is_simulated_but_not_mended(public, monkeypatch):
    monkeypatch.setattr(limits, "PACKED_FILE", 10)
    page = simulate(public, changed(put("commande.montantSegurHT", -1))).text
    assert "trop volumineux pour être corrigé" in page
    assert "Corriger et simuler de nouveau" not in page
    assert "lignesImport[0].commande.montantSegurHT" in page


def test_an_address_that_asks_too_often_waits(public):
    codes = [simulate(public, b"{}").status_code for _ in range(21)]
    assert codes == [200] * 20 + [429]
    refused = simulate(public, b"{}")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert "Trop de tentatives" in refused.text
    assert public.get(PAGE).status_code == 200


def test_the_home_leads_to_it(public):
    assert re.search(rf'href="{PAGE}">Simuler mon fichier json<', public.get("/segurnum/").text)


def test_a_finding_leads_to_its_code_in_the_documentation(public):
    content, planted = sixty_errors.planted()
    text = simulate(public, content).text
    codes_page = public.get("/segurnum/documentation-json/codes").text
    linked = re.findall(r'href="/segurnum/documentation-json/codes#(code-[0-9]{4})"', text)
    assert linked
    assert all(f'id="{anchor}"' in codes_page for anchor in linked)


def test_the_example_of_every_kind_of_software_simulates_clean(session):
    for code in shipped.SPECS:
        factories.corridor(code)
    offers = public_simulations.offered()
    assert {one.spec.code for one in offers} == shipped.BY_FILE.keys()
    for offer in offers:
        wave = offer.software.wave
        for phase in Phase:
            if not offer.windows(phase):
                continue
            model = example_file.example(
                offer.spec.narrowed(wave), phase, "abc123def4", "26010003700068", "HT", clock.today()
            )
            report = public_simulations.report(written(model), offer, phase, VatRegime.HT)
            assert (report["errors"], report["retained"]) == (0, 1), (offer.key, phase, report["findings"])
