"""What a line is asked by its wave and its phase, and what is controlled in its lists: scenario per establishment,
one entry per element, identifiers and how to reach people."""

import copy
import datetime as dt

import pytest

from app.corridors import documents
from app.domain.enums import Phase
from app.exchange import codes, examination, example_file, line_model, reading
from app.exchange.envelope import Depositor
from app.exchange.line_rules import Circumstances
from tests.corridors.test_coherence import SOUND, changed
from tests.json_files import ANS, SIRET, put, written

FIRST, SECOND = "120780291", "020018552"


def example(raw=SOUND, phase=Phase.AVANCE, wave=1):
    """The line of the example, with two establishments and their scenario."""
    spec = documents.parse(raw).narrowed(wave)
    data = example_file.example(spec, phase, ANS, SIRET, "HT", dt.date(2026, 11, 2))
    line = data["lignesImport"][0]
    line["beneficiaires"]["liste"] = [{"nom": "A", "FINESS": FIRST}, {"nom": "B", "FINESS": SECOND}]
    line["scenarioInstallation"] = [{"FINESSGeo": SECOND, "maitre": True}, {"FINESSGeo": FIRST, "maitre": False}]
    return data


def examined(data, raw=SOUND, phase=Phase.AVANCE, wave=1, profiles=("Général",)):
    model = line_model.model_of(str(hash(str(raw))), documents.parse(raw), phase, wave)
    around = Circumstances(dt.date(2026, 11, 23), None, profiles)
    return examination.examine(reading.read(written(data)), phase, model, Depositor(SIRET, ANS), around)


def findings(*args, **kwargs):
    of_file, of_lines = examination.findings(examined(*args, **kwargs))
    return of_file + of_lines


def told(*args, **kwargs):
    return [(one.code, one.path.removeprefix("lignesImport[0].")) for one in findings(*args, **kwargs)]


def test_the_example_is_clean_in_each_phase_and_wave():
    for phase in Phase:
        for wave in (1, 2):
            assert told(example(phase=phase, wave=wave), phase=phase, wave=wave) == []


class TestPairing:
    def test_an_establishment_without_its_scenario(self):
        data = example()
        del data["lignesImport"][0]["scenarioInstallation"][0]
        (found,) = findings(data)
        assert (found.code, found.path) == (codes.PAIRING.code, "lignesImport[0].scenarioInstallation")
        assert found.message == "« Scénario » : il manque l'entrée de 020018552, déclaré dans « Établissements »"

    def test_no_scenario_at_all_is_told_for_each_establishment(self):
        data = example()
        data["lignesImport"][0]["scenarioInstallation"] = None
        assert told(data) == [("0411", "scenarioInstallation")] * 2

    def test_a_scenario_of_another_establishment(self):
        data = example()
        put("scenarioInstallation.0.FINESSGeo", "120780481")(data)
        assert told(data) == [("0411", "scenarioInstallation"), ("0411", "scenarioInstallation[0].FINESSGeo")]
        assert any("120780481 n'est pas parmi « Établissements »" in one.message for one in findings(data))

    def test_two_scenarios_of_one_establishment(self):
        data = example()
        entries = data["lignesImport"][0]["scenarioInstallation"]
        entries.append(copy.deepcopy(entries[0]))
        (found,) = findings(data)
        assert found.path == "lignesImport[0].scenarioInstallation[2].FINESSGeo"
        assert "a déjà une entrée" in found.message

    def test_an_identifier_of_the_wrong_shape_is_told_where_it_is(self):
        data = example()
        put("scenarioInstallation.0.FINESSGeo", 20018552)(data)
        assert ("0303", "scenarioInstallation[0].FINESSGeo") in told(data)

    def test_it_is_asked_of_every_line(self):
        """The lines differ: those told sound at a glance are sound, the others are refused each for itself."""
        data = example()
        sound = data["lignesImport"][0]
        data["lignesImport"] = []
        for rank in range(6):
            line = copy.deepcopy(sound) | {"numLigne": rank + 1, "numeroEditeur": str(rank)}
            line["piecesJustificatives"][0]["nomFichier"] = f"bon-{rank}.pdf"
            if rank in (1, 4):
                line["scenarioInstallation"].pop()
            data["lignesImport"].append(line)
        # The same establishments in each line: doubles, which are another fault.
        pairs = {(one.line_number, one.code) for one in findings(data) if one.code == "0411"}
        assert pairs == {(2, "0411"), (5, "0411")}


class TestScenarioOfAList:
    def test_each_entry_is_controlled_with_the_profiles(self):
        data = example()
        assert told(data, profiles=()) == [("0407", "scenarioInstallation[0].maitre")]
        put("scenarioInstallation.1.maitre", True)(data)
        assert told(data, profiles=()) == [
            ("0407", "scenarioInstallation[0].maitre"),
            ("0407", "scenarioInstallation[1].maitre"),
        ]

    def test_it_is_not_when_the_profiles_are_not_known(self):
        assert told(example(), profiles=None) == []


class TestWavesAndPhases:
    def test_a_field_of_another_wave_is_unknown(self):
        data = example(wave=2)
        put("vague2", "oui")(data)
        assert told(data, wave=2) == []
        assert told(data, wave=1) == [("0901", "vague2")]

    def test_a_code_of_the_solde_is_asked_there_only(self):
        raw = changed(("fields.8.required", True))
        data = example(raw, Phase.SOLDE)
        assert data["lignesImport"][0]["auSolde"] == "Cas 1"
        assert told(data, raw, Phase.SOLDE) == []
        put("auSolde", "Cas 3")(data)
        assert told(data, raw, Phase.SOLDE) == [("0304", "auSolde")]
        put("auSolde", ...)(data)
        assert told(data, raw, Phase.SOLDE) == [("0301", "auSolde")]
        assert told(example(raw), raw) == []

    def test_a_list_of_one_phase_only(self):
        asked = ("lists.1.phases", ["solde"]), ("fields.5.phases", ["solde"]), ("fields.6.phases", ["solde"])
        raw = changed(*asked)
        assert ("0901", "scenarioInstallation") in told(example(raw), raw)
        assert told(example(raw, Phase.SOLDE), raw, Phase.SOLDE) == []
        data = example(raw)
        del data["lignesImport"][0]["scenarioInstallation"]
        assert told(data, raw) == []

    def test_a_list_has_its_most(self):
        raw = changed(("lists.0.max_items", 1))
        (found,) = findings(example(raw), raw)
        assert (found.code, found.path) == ("0313", "lignesImport[0].beneficiaires.liste")
        assert "au plus 1" in found.message


CONTACT = [
    ("fields.…", {"path": "beneficiaires.liste[].email", "label": "Email", "kind": "email"}),
    ("fields.…", {"path": "beneficiaires.liste[].tel", "label": "Téléphone", "kind": "phone"}),
]
REACHED = changed(*CONTACT)


class TestReachingPeople:
    @pytest.mark.parametrize(
        ("value", "words"),
        [
            ("helene.exemple.fr", "porte un « @ » et un seul"),
            ("a@b@exemple.fr", "porte un « @ » et un seul"),
            ("a b@exemple.fr", "n'a pas d'espace"),
            ("a@exemple", "le domaine de l'adresse électronique est incomplet"),
            ("a..b@exemple.fr", "ce n'est pas une adresse électronique"),
            ("a@-exemple.fr", "ce n'est pas une adresse électronique"),
        ],
    )
    def test_an_email_that_is_none_says_why(self, value, words):
        data = example(REACHED)
        put("beneficiaires.liste.0.email", value)(data)
        (found,) = findings(data, REACHED)
        assert (found.code, found.path) == ("0310", "lignesImport[0].beneficiaires.liste[0].email")
        assert words in found.message

    @pytest.mark.parametrize(
        "value", ["a@b.fr", "a.b-c+d@sous.exemple.fr", "hélène@exemple.fr", "x" * 60 + "@exemple.fr", "A_B@EXEMPLE.FR"]
    )
    def test_an_email_that_may_be(self, value):
        data = example(REACHED)
        put("beneficiaires.liste.0.email", value)(data)
        assert told(data, REACHED) == []

    @pytest.mark.parametrize(
        ("value", "words"),
        [
            ("06332211", "compte 10 chiffres"),
            ("٠٦٣٣٢٢١١٦٦", "s'écrit en chiffres"),
            ("０６３３２２１１６６", "s'écrit en chiffres"),
            ("0633ABCDEF", "s'écrit en chiffres"),
            ("+999 12", "du pays indiqué"),
            ("06 33 22 11 66\u200b", "s'écrit en chiffres"),
        ],
    )
    def test_a_phone_that_is_none_says_why(self, value, words):
        data = example(REACHED)
        put("beneficiaires.liste.0.tel", value)(data)
        (found,) = findings(data, REACHED)
        assert (found.code, found.path) == ("0311", "lignesImport[0].beneficiaires.liste[0].tel")
        assert words in found.message

    @pytest.mark.parametrize(
        "value", ["0633221166", "0326212121", "06 33 22 11 66", "06.33.22.11.66", "+33633221166", "+32 2 123 45 67"]
    )
    def test_a_phone_that_may_be(self, value):
        data = example(REACHED)
        put("beneficiaires.liste.0.tel", value)(data)
        assert told(data, REACHED) == []


class TestRppsKey:
    OFFICIAL = "10003461033"  # a number of test of the ANS, whose key is wrong
    LINKED = [("beneficiaries.0.identifier", "RPPS"), ("beneficiaries.0.identifier_kind", "rpps")]

    def of(self, *, strict):
        rpps = {"path": "beneficiaires.liste[].RPPS", "label": "RPPS", "kind": "rpps", "required": True}
        raw = changed(("fields.…", rpps | {"strict": strict}), *self.LINKED)
        data = example(raw)
        for rank, number in enumerate((self.OFFICIAL, "10005173140")):
            put(f"beneficiaires.liste.{rank}.RPPS", number)(data)
        return findings(data, raw)

    def test_a_wrong_key_is_a_remark_by_default(self):
        (found,) = self.of(strict=False)
        assert (found.code, found.level, found.path) == (
            "0902",
            codes.WARNING,
            "lignesImport[0].beneficiaires.liste[0].RPPS",
        )

    def test_it_blocks_where_the_document_says_strict(self):
        (found,) = self.of(strict=True)
        assert (found.code, found.level) == ("0309", codes.ERROR)
        assert "la clé de ce n° RPPS est fausse" in found.message
