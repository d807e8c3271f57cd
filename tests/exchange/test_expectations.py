"""What each finding says it expected, and the control that mends it."""

import json

import pytest

from app.exchange import codes, examination
from app.exchange.expectations import Control
from tests.exchange.test_examination import A_DOCTOR, examine
from tests.json_files import SAMPLE, changed, line, put


def only(content, **kwargs):
    of_file, of_lines = examination.findings(examine(content, **kwargs))
    (found,) = of_file + of_lines
    return found


@pytest.mark.parametrize(
    ("change", "said", "control"),
    [
        (put("typeAction", "M"), "C", Control.CHOICE),
        (put("numeroEditeur", True), "un texte ou un entier de 20 caractères au plus", Control.TEXT),
        (put("commande.dateCommande", "hier"), "une date jj/mm/aaaa", Control.DATE),
        (put("commande.dateCommande", "24/11/2026"), "une date jusqu'au 23/11/2026", Control.DATE),
        (put("commande.regimeTVA", "ht"), "HT ou TTC", Control.CHOICE),
        (put("commande.regimeTVA", "TTC"), "HT", Control.CHOICE),
        (put("beneficiaires.isMandataire", "oui"), "true ou false, sans guillemets", Control.BOOLEAN),
        (put(A_DOCTOR + "RPPS", "12"), "un n° RPPS de 11 chiffres, entre guillemets", Control.TEXT),
        (put(A_DOCTOR + "nomMedecin", "x" * 201), "un texte de 1 à 200 caractères", Control.TEXT),
        (put("numLigne", 30), "1", Control.INTEGER),
        (put("numeroASP", "FINMDV000001"), "null", Control.NULL),
        (lambda data: data.update(siret="26010003700068"), "38042372300028", Control.TEXT),
        (lambda data: data.update(numeroAns="aafy63256"), "mlp525off1", Control.TEXT),
    ],
)
def test_a_finding_says_what_was_expected_and_how_it_is_mended(change, said, control):
    found = only(changed(change))
    assert (found.expected, found.mend) == (said, control)


def test_an_unknown_tag_is_held_against_those_of_its_object():
    def misspelt(data):
        order = line(0)(data)["commande"]
        order["datecommande"] = order["dateCommande"]

    found = only(changed(misspelt))
    assert (found.code, found.expected, found.mend) == ("0901", "peut-être « dateCommande »", Control.TAG)
    assert json.loads(found.proposal) == "dateCommande"
    other = only(changed(put("commande.xyz", 1)))
    assert other.expected == "une balise connue : dateCommande, regimeTVA, montantSegurHT, " + (
        "montantSegurHTFacture, dateFacture, numeroFacture"
    )


def test_a_missing_object_is_proposed_with_its_tags():
    found = only(changed(put("commande", ...)))
    assert found.mend == Control.JSON
    assert json.loads(found.proposal)["dateCommande"] is None
    piece = only(changed(put("piecesJustificatives", [])))
    assert (piece.mend, json.loads(piece.proposal)["typeFichier"]) == (Control.ITEM, "BON_COMMANDE")


def test_every_code_is_listed_once_in_its_order():
    listed = codes.every()
    assert [rule.code for rule in listed] == sorted({rule.code for rule in listed})
    assert codes.SYNTAX in listed
    assert codes.MORE_FINDINGS in listed


def test_a_sound_file_expects_nothing():
    assert examination.findings(examine(SAMPLE.read_bytes())) == ([], [])
