"""The documentation of the format: it says everything a corridor asks, costs little, and follows what is published."""

import datetime as dt
import json
from decimal import Decimal

import pytest

from app.domain.enums import DepositMode, Phase
from app.exchange import codes, line_model
from app.services import clock, corridor_versions, format_documentation, format_files
from tests import factories, shipped

PAGE = "/segurnum/documentation-json"


def rows(code: str, phase: Phase):
    page = format_documentation.page(code)
    part = next(part for part in page.parts if part.phase is phase)
    return {row.path: row for block in part.blocks for row in block.rows}


class TestIndex:
    def test_it_leads_to_each_corridor_and_says_what_is_open(self, client):
        factories.corridor("MDV")
        factories.corridor("SAS")
        text = client.get(PAGE).text
        assert f'href="{PAGE}/MDV"' in text
        assert f'href="{PAGE}/SAS"' in text
        assert "Dépôt par formulaire" in text
        assert "ferme dans 300 jours" in text

    def test_his_own_corridor_comes_first_to_a_supplier(self, login):
        factories.corridor("HOP")
        enrolment = factories.enrolment()
        text = login(factories.supplier_user(enrolment.supplier)).get(PAGE).text
        assert text.index(f'href="{PAGE}/MDV"') < text.index(f'href="{PAGE}/HOP"')
        assert text.count("Votre couloir") == 1

    def test_it_shows_a_file_the_portal_gave_back(self, client):
        factories.corridor("MDV")
        text = client.get(PAGE).text
        assert "&#34;impId&#34;: 6782" in text
        assert "FINMDV005046M0" in text
        assert codes.RETAINED_LABEL in text

    def test_without_any_corridor_it_says_so(self, client):
        assert "Aucun couloir n'est publié" in client.get(PAGE).text


class TestCorridor:
    @pytest.mark.parametrize("code", list(shipped.SPECS))
    def test_each_field_list_and_piece_is_on_its_page(self, client, code):
        version = factories.corridor(code)
        spec = corridor_versions.spec_of(version)
        text = client.get(f"{PAGE}/{code}").text
        by_file = spec.deposit is DepositMode.JSON
        for asked in (*spec.fields, *(spec.lists if by_file else ())):
            assert (f"<code>{asked.path}</code>" in text) if by_file else (asked.label in text), asked
        for piece in spec.documents:
            assert piece.label in text.replace("&#39;", "'")

    def test_it_says_the_values_a_tag_accepts_and_when_it_must_be_there(self, session):
        factories.corridor("MDV")
        found = rows("MDV", Phase.AVANCE)
        assert found["commande.regimeTVA"].expected == "un code : HT ou TTC"
        assert found["typeAction"].expected == "un code : C"
        assert found["beneficiaires.commandePour"].expected == "un code : LIBERAL ou STRUCTURE"
        assert found["piecesJustificatives[].typeFichier"].expected == "un code : BON_COMMANDE"
        assert found["numLigne"].expected.startswith("un nombre entier")
        assert found["beneficiaires.isMandataire"].example == "false"
        assert found["beneficiaires.isMandataire"].obligation == "obligatoire"
        assert found["beneficiaires.nomMandataire"].obligation == "obligatoire si beneficiaires.isMandataire vaut true"
        assert found["beneficiaires.liberal"].obligation == (
            "1 élément au moins si beneficiaires.commandePour vaut « LIBERAL »"
        )
        assert found["beneficiaires.liberal[].RPPS"].obligation == "obligatoire dans chaque élément"
        assert found["beneficiaires.liberal[].RPPS"].example == '"10005173140"'
        assert found["numeroASP"].obligation == "laisser null"
        assert "[A-Z]{2,5}_[0-9]{1,3}" in found["scenarioInstallation.operateurMessagerie"].hint

    def test_it_says_how_many_elements_a_list_may_have(self, session):
        factories.corridor("PHA")
        assert rows("PHA", Phase.AVANCE)["beneficiaires.officines"].obligation == "1 élément"
        spec = factories.open_spec("PHA")
        asked = spec.field("beneficiaires.chiffreAffairesRembourse")
        chiffres = asked.model_copy(update={"path": "beneficiaires.chiffres[]"})
        of_chiffres = {"path": "beneficiaires.chiffres", "min_items": 0, "max_items": 4}
        lists = tuple(spec.lists[0].model_copy(update=of) for of in ({"max_items": 3}, of_chiffres))
        corridor_versions.publish(spec.model_copy(update={"lists": lists, "fields": (*spec.fields, chiffres)}))
        found = rows("PHA", Phase.AVANCE)
        assert found["beneficiaires.officines"].obligation == "1 élément au moins, 3 au plus"
        assert found["beneficiaires.chiffres"].obligation == "facultatif, 4 au plus"

    @pytest.mark.parametrize("code", ["RAD", "BIO", "PHA"])
    def test_a_corridor_without_scenario_does_not_speak_of_one(self, client, code):
        factories.corridor(code)
        assert not [path for path in rows(code, Phase.AVANCE) if path.startswith("scenarioInstallation")]
        assert "une valeur conforme à la documentation" not in client.get(f"{PAGE}/{code}").text

    def test_a_list_stands_just_before_the_tags_of_its_elements(self, session):
        factories.corridor("MDV")
        paths = list(rows("MDV", Phase.AVANCE))
        assert paths.index("beneficiaires.liberal[].nomMedecin") == paths.index("beneficiaires.liberal") + 1

    def test_a_table_of_answers_per_establishment_has_its_own_block_and_its_profiles(self, session):
        factories.corridor("MS1")
        part = format_documentation.page("MS1").parts[0]
        blocks = {block.title: [row.path for row in block.rows] for block in part.blocks}
        assert blocks["Le scénario d'installation"][0] == "scenarioInstallation"
        assert "administrateursTechniques" not in blocks["La demande"]
        given = {(answer.path, answer.given): answer.profile for answer in part.scenario}
        assert given["scenarioInstallation[].profilMetier", "« PH »"] == "Spécifique PH"
        assert part.pairings

    def test_a_tag_of_the_solde_is_not_in_the_avance(self, session):
        factories.corridor("MDV")
        avance, solde = rows("MDV", Phase.AVANCE), rows("MDV", Phase.SOLDE)
        assert "commande.montantSegurHTFacture" in solde.keys() - avance.keys()
        assert "commande.montantSegurHT" in avance
        assert solde["numeroASP"].obligation == "obligatoire"

    def test_waves_that_ask_the_same_are_described_once_and_others_apart(self, session):
        spec = factories.open_spec("MDV")
        second = spec.software[0].model_copy(update={"wave": 2, "dsr": "DSR-MDV-LGC-Va2"})
        piece = spec.documents[1].model_copy(update={"code": "ATTESTATION", "label": "Attestation", "waves": (2,)})
        windows = (*spec.windows, *(one.model_copy(update={"wave": 2}) for one in spec.windows))
        more = {"software": (*spec.software, second), "documents": (*spec.documents, piece), "windows": windows}
        corridor_versions.publish(spec.model_copy(update=more))
        titles = [part.title for part in format_documentation.page("MDV").parts]
        assert titles == ["Demande d'avance, vagues 1 et 2", "Demande de solde, vague 1", "Demande de solde, vague 2"]

    def test_it_says_the_rules_between_answers_and_the_profiles(self, client):
        factories.corridor("MDV")
        text = client.get(f"{PAGE}/MDV").text
        assert "<code>isDirectToDMP</code> ou <code>isPFIToDMP</code>" in text
        assert "référencé pour le profil « Spécifique PFI »" in text

    def test_it_says_how_the_amount_is_computed(self, client):
        factories.corridor("MDV")
        text = client.get(f"{PAGE}/MDV").text
        assert "358,33\u00a0€ par bénéficiaire" in text
        assert "30 % de l'engagement" in text.replace("&#39;", "'")

    def test_a_corridor_by_form_has_no_file(self, client):
        factories.corridor("SAS")
        text = client.get(f"{PAGE}/SAS").text
        assert "se dépose par formulaire" in text
        assert "Procès-verbal de mise en service" in text
        assert client.get(f"{PAGE}/SAS/avance/exemple.json").status_code == 404

    def test_what_changed_is_told_with_its_date(self, client, frozen):
        first = factories.open_spec("MDV")
        corridor_versions.publish(first)
        frozen.move_to(dt.date(2026, 12, 1))
        later = first.windows[1].model_copy(update={"closes_at": dt.datetime(2027, 12, 15, 12, tzinfo=clock.PARIS)})
        corridor_versions.publish(first.model_copy(update={"windows": (first.windows[0], later)}))
        text = client.get(f"{PAGE}/MDV").text
        assert "Version 2, publiée le 01/12/2026" in text
        assert "Solde, vague 1, clôture : avant « 19/09/2027 à 11:00 », désormais « 15/12/2027 à 12:00 »" in text

    def test_a_supplier_is_offered_the_example_with_his_own_numbers(self, login):
        enrolment = factories.enrolment()
        client = login(factories.supplier_user(enrolment.supplier))
        address = f"/segurnums/demandes-incompletes/modeles/{enrolment.referencing.ans_number}/avance.json"
        assert f'href="{address}"' in client.get(f"{PAGE}/MDV").text
        assert client.get(address).json["siret"] == enrolment.supplier.siret

    def test_small_letters_lead_to_the_page(self, client):
        factories.corridor("MDV")
        assert client.get(f"{PAGE}/mdv").location == f"{PAGE}/MDV"

    @pytest.mark.parametrize("code", ["XXX", "TROPLONG", "%00", "%C3%A9%C3%A9%C3%A9", "..", "a'b"])
    def test_an_unknown_corridor_is_not_found(self, client, code):
        assert client.get(f"{PAGE}/{code}", follow_redirects=True).status_code == 404


class TestCodes:
    def test_each_code_has_its_anchor_its_meaning_and_its_cure(self, client):
        text = client.get(f"{PAGE}/codes").text.replace("&#39;", "'")
        for rule in codes.every():
            assert f'id="code-{rule.code}"' in text
            assert rule.name in text
            assert rule.cure in text


class TestFiles:
    @pytest.mark.parametrize("phase", Phase)
    def test_the_example_obeys_the_model_and_the_blank_has_its_tags(self, client, phase):
        version = factories.corridor("MDV")
        for folder in (f"{PAGE}/MDV/{phase.value}", format_files.folder("MDV", phase, 1)):
            lines = json.loads(client.get(f"{folder}/exemple.json").data, parse_float=Decimal)["lignesImport"]
            model = line_model.model_of(version.digest, corridor_versions.spec_of(version), phase, 1)
            assert list(model.errors(lines)) == []
            schema = client.get(f"{folder}/schema.json").json
            assert schema["$id"] == f"http://localhost{format_files.folder('MDV', phase, 1)}/schema.json"
            blank = client.get(f"{folder}/vierge.json").json
            assert set(blank["lignesImport"][0]) == set(lines[0])
            assert blank["siret"] is None

    @pytest.mark.parametrize(
        "path", ["XXX/avance", "MDV/autre", "%00/avance", "mdv'/avance", "TROPLONG/solde", "MDV/vague-2/avance",
                 "MDV/vague-99999999999/avance", "MDV/vague--1/avance", "MDV/vague-x/avance"],
    )  # fmt: skip
    def test_an_unknown_corridor_phase_or_wave_is_not_found(self, client, path):
        factories.corridor("MDV")
        for name in ("schema", "exemple", "vierge"):
            assert client.get(f"{PAGE}/{path}/{name}.json").status_code == 404


class TestCost:
    @pytest.mark.parametrize("page", ["", "/MDV", "/codes", "/MDV/avance/schema.json"])
    def test_a_page_that_did_not_change_is_not_sent_again(self, client, page):
        factories.corridor("MDV")
        first = client.get(PAGE + page)
        again = client.get(PAGE + page, headers={"If-None-Match": first.headers["ETag"]})
        assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
        assert first.headers["Cache-Control"] == "no-cache"
        assert "Content-Security-Policy" not in again.headers  # the page kept keeps the nonce it came with
        assert "Cookie" in first.headers["Vary"]

    def test_a_new_version_is_seen_at_once(self, client):
        spec = factories.open_spec("MDV")
        corridor_versions.publish(spec)
        first = client.get(f"{PAGE}/MDV")
        renamed = spec.fields[0].model_copy(update={"label": "Un libellé nouveau"})
        corridor_versions.publish(spec.model_copy(update={"fields": (renamed, *spec.fields[1:])}))
        again = client.get(f"{PAGE}/MDV", headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 200
        assert "Un libellé nouveau" in again.text

    def test_the_next_day_tells_the_days_left_anew(self, client, frozen):
        factories.corridor("MDV")
        first = client.get(f"{PAGE}/MDV")
        frozen.move_to(dt.date(2026, 11, 24))
        again = client.get(f"{PAGE}/MDV", headers={"If-None-Match": first.headers["ETag"]})
        assert "Ferme dans 299 jours" in again.text

    def test_the_page_of_someone_logged_in_is_never_kept(self, login):
        factories.corridor("MDV")
        answer = login(factories.supplier_user()).get(f"{PAGE}/MDV")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers


def test_a_draft_is_described_as_its_page_would(session):
    spec = corridor_versions.spec_of(factories.corridor("MS1"))
    published, draft = format_documentation.page("MS1"), format_documentation.of_draft(spec)
    assert (draft.parts, draft.ceilings) == (published.parts, published.ceilings)
    assert draft.editions == ()
