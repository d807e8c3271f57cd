"""A file under every control that needs no database: all its faults in one pass, each with its place and its cure."""

import datetime as dt

import pytest

from app.domain import limits
from app.domain.enums import DepositMode, Phase
from app.domain.vat import VatRegime
from app.exchange import codes, examination, reading
from app.exchange.envelope import Depositor
from app.exchange.line_rules import Circumstances
from tests import shipped
from tests.json_files import ANS, SAMPLE, SIRET, changed, line, place_of, put, sample, solde_line, written
from tests.shipped import SPECS

TODAY = dt.date(2026, 11, 23)
A_DOCTOR = "beneficiaires.liberal.0."


def examine(content, phase=Phase.AVANCE, code="MDV", profiles=("Général",), vat=VatRegime.HT):
    model = shipped.model_of_every_wave(code, phase)
    around = Circumstances(TODAY, vat, profiles)
    return examination.examine(reading.read(content), phase, model, Depositor(SIRET, ANS), around)


def refused(found):
    """What blocks: code and path."""
    of_file, of_lines = examination.findings(found)
    return [(one.code, one.path) for one in of_file + of_lines if one.level == codes.ERROR]


def warned(found):
    of_file, of_lines = examination.findings(found)
    return [(one.code, one.path) for one in of_file + of_lines if one.level == codes.WARNING]


def test_the_sample_is_clean():
    found = examine(SAMPLE.read_bytes())
    assert examination.findings(found) == ([], [])
    assert len(found.retained) == 10
    fourth = found.lines[3].content
    assert [(one.position, one.identifier_kind) for one in fourth.beneficiaries] == [
        (1, "rpps"),
        (2, "rpps"),
        (3, "rpps"),
    ]
    assert (fourth.order_date, str(fourth.declared_ht)) == (dt.date(2021, 10, 9), "1074.99")


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        (put("numLigne", 0), "0303|0306", "lignesImport[0].numLigne"),
        (put("numLigne", "1"), "0303", "lignesImport[0].numLigne"),
        (put("numLigne", True), "0303", "lignesImport[0].numLigne"),
        (put("numLigne", ...), "0301", "lignesImport[0].numLigne"),
        (put("typeAction", "M"), "0304", "lignesImport[0].typeAction"),
        (put("typeAction", None), "0302", "lignesImport[0].typeAction"),
        (put("numeroEditeur", ""), "0302", "lignesImport[0].numeroEditeur"),
        (put("numeroEditeur", None), "0302", "lignesImport[0].numeroEditeur"),
        (put("numeroEditeur", "x" * 21), "0306", "lignesImport[0].numeroEditeur"),
        (put("numeroEditeur", True), "0306", "lignesImport[0].numeroEditeur"),
        (put("commande", ...), "0301", "lignesImport[0].commande"),
        (put("commande", []), "0303", "lignesImport[0].commande"),
        (put("commande.dateCommande", "31/02/2021"), "0307", "lignesImport[0].commande.dateCommande"),
        (put("commande.dateCommande", "2021-10-03T00:00"), "0307", "lignesImport[0].commande.dateCommande"),
        (put("commande.dateCommande", "٠٣/١٠/٢٠٢١"), "0307", "lignesImport[0].commande.dateCommande"),
        (put("commande.dateCommande", "24/11/2026"), "0403", "lignesImport[0].commande.dateCommande"),
        (put("commande.regimeTVA", "TTC"), "0404", "lignesImport[0].commande.regimeTVA"),
        (put("commande.regimeTVA", "ht"), "0304", "lignesImport[0].commande.regimeTVA"),
        (put("commande.montantSegurHT", 0), "0308", "lignesImport[0].commande.montantSegurHT"),
        (put("commande.montantSegurHT", -358.33), "0308", "lignesImport[0].commande.montantSegurHT"),
        (put("commande.montantSegurHT", 358.333), "0308", "lignesImport[0].commande.montantSegurHT"),
        (put("commande.montantSegurHT", "358.33"), "0308", "lignesImport[0].commande.montantSegurHT"),
        (put("commande.montantSegurHT", True), "0308", "lignesImport[0].commande.montantSegurHT"),
        (put("commande.montantSegurHT", 10**15), "0308", "lignesImport[0].commande.montantSegurHT"),
        (put("commande.montantSegurHT", None), "0302", "lignesImport[0].commande.montantSegurHT"),
        (put("numeroASP", "FINMDV000001"), "0314", "lignesImport[0].numeroASP"),
        (put("beneficiaires.commandePour", "AUTRE"), "0304", "lignesImport[0].beneficiaires.commandePour"),
        (put("beneficiaires.isMandataire", "false"), "0303", "lignesImport[0].beneficiaires.isMandataire"),
        (put("beneficiaires.isMandataire", 0), "0303", "lignesImport[0].beneficiaires.isMandataire"),
        (put("beneficiaires.liberal", []), "0312", "lignesImport[0].beneficiaires.liberal"),
        (put(A_DOCTOR + "RPPS", "1026018159"), "0309", "lignesImport[0].beneficiaires.liberal[0].RPPS"),
        (put(A_DOCTOR + "RPPS", "0" * 11), "0309", "lignesImport[0].beneficiaires.liberal[0].RPPS"),
        (put(A_DOCTOR + "RPPS", 10260181598), "0303", "lignesImport[0].beneficiaires.liberal[0].RPPS"),
        (put(A_DOCTOR + "RPPS", "١٠٢٦٠١٨١٥٩٨"), "0309", "lignesImport[0].beneficiaires.liberal[0].RPPS"),
        (put(A_DOCTOR + "nomMedecin", "  "), "0302", "lignesImport[0].beneficiaires.liberal[0].nomMedecin"),
        (put(A_DOCTOR + "nomMedecin", "x" * 201), "0305", "lignesImport[0].beneficiaires.liberal[0].nomMedecin"),
        (put(A_DOCTOR + "emailMedecin", "medecin"), "0310", "lignesImport[0].beneficiaires.liberal[0].emailMedecin"),
        (put(A_DOCTOR + "telephoneMedecin", "12"), "0311", "lignesImport[0].beneficiaires.liberal[0].telephoneMedecin"),
        (put("piecesJustificatives", []), "0312", "lignesImport[0].piecesJustificatives"),
        (put("piecesJustificatives", ...), "0301", "lignesImport[0].piecesJustificatives"),
        (put("piecesJustificatives.0.typeFichier", "FACTURE"), "0304|0408", "…"),
        (put("piecesJustificatives.0.formatFichier", "EXE"), "0304", "…"),
        (put("piecesJustificatives.0.nomFichier", "bdc.exe"), "0409", "…"),
        (put("piecesJustificatives.0.nomFichier", "bdc.png"), "0409", "…"),
        (put("piecesJustificatives.0.nomFichier", "../bdc.pdf"), "0409", "…"),
        (put("scenarioInstallation", ...), "0301", "lignesImport[0].scenarioInstallation"),
        (put("scenarioInstallation.operateurMessagerie", "APICEM"), "0306", "…"),
        (put("scenarioInstallation.isCentreDeSante", True), "0407", "…"),
        (put("scenarioInstallation.isPFIToDMP", True), "0406|0407", "…"),
    ],
)
def test_a_fault_of_a_line_rejects_that_line_only(change, code, path):
    found = examine(changed(change))
    assert not found.refused
    assert [line.rank for line in found.lines if line.rejected] == [0]
    for given, place in refused(found):
        assert given in code.split("|")
        assert path == "…" or place == path


@pytest.mark.parametrize("number", ["00000000001", "01026018159", "99999999999"])
def test_a_rpps_begins_with_any_digit(number):
    found = examine(changed(put(A_DOCTOR + "RPPS", number)))
    assert refused(found) == []


def test_what_a_condition_asks_is_asked():
    mandated = examine(changed(put("beneficiaires.isMandataire", True)))
    assert [code for code, _ in refused(mandated)] == ["0405"] * 3
    structure = examine(changed(put("beneficiaires.commandePour", "STRUCTURE")))
    assert [code for code, _ in refused(structure)] == ["0405"] * 4 + ["0312"]
    assert examine(changed(put("beneficiaires.structure", ...))).retained


def test_a_structure_is_known_by_its_finess():
    def for_a_structure(data):
        people = line(0)(data)["beneficiaires"]
        people |= {"commandePour": "STRUCTURE", "liberal": []}
        people["structure"] = {
            "nomResponsable": "CENTRE DE SANTE",
            "emailResponsable": "centre@exemple.fr",
            "telephoneResponsable": "+33 3 26 21 21 21",
            "FINESSJuridique": "120780291",
            "FINESSGeo": ["120780481", "020018552"],
        }

    found = examine(changed(for_a_structure))
    assert refused(found) == []
    people = found.lines[0].content.beneficiaries
    assert [(one.position, one.identifier_kind, one.identifier, one.name) for one in people] == [
        (1, "finess", "120780481", "CENTRE DE SANTE"),
        (2, "finess", "020018552", "CENTRE DE SANTE"),
    ]
    wrong = put("beneficiaires.structure.FINESSGeo", ["120780482"])
    assert refused(examine(changed(for_a_structure, wrong))) == [
        ("0309", "lignesImport[0].beneficiaires.structure.FINESSGeo[0]")
    ]


def test_unusual_writings_are_accepted():
    content = changed(
        put("numeroEditeur", 12345),
        put("commande.dateCommande", "2021-10-03"),
        put("commande.montantSegurHT", 358),
        put(A_DOCTOR + "emailMedecin", "hélène@exemple.fr"),
        put(A_DOCTOR + "telephoneMedecin", "03 26 21 21 21"),
        put("piecesJustificatives.0.formatFichier", "pdf"),
    )
    found = examine(content)
    assert examination.findings(found) == ([], [])
    assert found.lines[0].editor_number == "12345"


def test_remarks_reject_nothing():
    def more(data):
        data["version"] = 3
        data["SIRET"] = data.pop("siret")
        line(0)(data)["commentaire"] = {"a": [1]}
        line(0)(data)["codeTraitement"] = "0000"
        line(1)(data)["numLigne"] = 30

    found = examine(changed(more, put(A_DOCTOR + "RPPS", "10003461033")))
    assert len(found.retained) == 10
    assert not found.refused
    assert sorted(warned(found)) == [
        ("0901", "lignesImport[0].commentaire"),
        ("0901", "version"),
        ("0902", "lignesImport[0].beneficiaires.liberal[0].RPPS"),
        ("0903", "lignesImport[1].numLigne"),
        ("0904", "lignesImport[0].codeTraitement"),
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda data: data.update(siret="38042372300029"), "0204"),
        (lambda data: data.update(siret="79256844600019"), "0204"),
        (lambda data: data.update(siret=38042372300028), "0204"),
        (lambda data: data.pop("siret"), "0202"),
        (lambda data: data.update(SIRET="79256844600019"), "0104"),
        (lambda data: data.update(numeroAns="aafy63256"), "0205"),
        (lambda data: data.update(numeroAns=12), "0205"),
        (lambda data: data.pop("numeroAns"), "0202"),
        (lambda data: data.pop("lignesImport"), "0202"),
        (lambda data: data.update(lignesImport={}), "0202"),
        (lambda data: data.update(lignesImport=[]), "0203"),
        (lambda data: data.update(lignesImport=data["lignesImport"] * 20 + data["lignesImport"][:1]), "0203"),
    ],
)
def test_a_fault_of_the_envelope_refuses_the_file(change, code):
    found = examine(changed(change))
    assert found.refused
    assert code in [given for given, _ in refused(found)]


@pytest.mark.parametrize("content", [b"[]", b'"texte"', b"1", b"null", b"true"])
def test_a_file_is_an_object(content):
    assert [code for code, _ in refused(examine(content))] == ["0201"]


@pytest.mark.parametrize("strange", [None, 1, "x", "", " ", [], {}, [[]], True])
def test_a_line_of_any_shape_is_refused_alone(strange):
    found = examine(changed(lambda data: data["lignesImport"].__setitem__(2, strange)))
    assert [line.rank for line in found.lines if line.rejected] == [2]


@pytest.mark.parametrize(
    "path", ["commande", "beneficiaires", "scenarioInstallation", "piecesJustificatives", "piecesJustificatives.0"]
)
@pytest.mark.parametrize("blank", ["", " "])
def test_a_blank_text_is_no_object_and_no_list(path, blank):
    found = examine(changed(put(path, blank)))
    place = f"lignesImport[0].{path.replace('.0', '[0]')}"
    assert ("0302", place) in refused(found)
    assert found.lines[0].content is None


def test_a_number_twice_rejects_the_later_line_and_names_the_first():
    found = examine(changed(put("numeroEditeur", "00001", rank=4), put("numLigne", 2, rank=5)))
    assert refused(found) == [("0402", "lignesImport[4].numeroEditeur"), ("0401", "lignesImport[5].numLigne")]
    assert "la ligne 1 (n° éditeur 00001)" in found.lines[4].faults[0].message


def test_a_beneficiary_twice_rejects_the_later_line():
    doctor = sample()["lignesImport"][0]["beneficiaires"]["liberal"][0]["RPPS"]
    found = examine(changed(put(A_DOCTOR + "RPPS", doctor, rank=5)))
    assert refused(found) == [("0410", "lignesImport[5].beneficiaires.liberal[0].RPPS")]


def test_the_type_of_the_file_is_recognised():
    solde = [solde_line("FINMDV000001", 1, sample()["lignesImport"][0], 358.33)]
    content = changed(lambda data: data.update(lignesImport=solde))
    assert refused(examine(content)) == [("0206", "lignesImport")]
    assert refused(examine(content, Phase.SOLDE)) == []
    assert refused(examine(SAMPLE.read_bytes(), Phase.SOLDE)) == [("0206", "lignesImport")]


def test_a_solde_tells_its_invoice():
    def solde(data):
        data["lignesImport"] = [solde_line("FINMDV000001", 1, data["lignesImport"][0], 358.33)]

    found = examine(changed(solde), Phase.SOLDE).lines[0].content
    assert (str(found.declared_ht), found.invoice_number, found.invoice_date) == ("358.33", "F-1", dt.date(2021, 11, 2))
    for tag in ("dateFacture", "numeroFacture"):
        without = examine(changed(solde, put(f"commande.{tag}", ...)), Phase.SOLDE)
        assert refused(without) == [("0301", f"lignesImport[0].commande.{tag}")]
    alone = examine(changed(solde, put("piecesJustificatives.1", ...)), Phase.SOLDE)
    assert [code for code, _ in refused(alone)] == ["0408"]


def test_every_fault_of_every_line_is_told_at_its_place():
    text = changed(
        put("commande.montantSegurHT", 12.345),
        put(A_DOCTOR + "RPPS", "123"),
        put("typeAction", ..., rank=1),
        put("commande.dateCommande", "hier", rank=2),
        put("inconnu", 1, rank=3),
    ).decode()
    _, found = examination.findings(examine(text.encode()))
    by_code = {one.code: (one.row, one.column) for one in found}
    opening = place_of(text, '"numLigne": 2')
    assert by_code == {
        "0308": place_of(text, "12.345"),
        "0309": place_of(text, '"123"'),
        "0301": (opening[0] - 1, opening[1] - 2),
        "0307": place_of(text, '"hier"'),
        "0901": place_of(text, '"inconnu"'),
    }
    assert [one.row for one in found] == sorted(one.row for one in found)
    first = found[0]
    assert (first.line_number, first.editor_number, first.value) == (1, "00001", "12.345")
    assert all(one.message and one.cure and one.rule for one in found)


def test_a_report_is_bounded():
    def noisy(data):
        for one in data["lignesImport"]:
            one |= {f"inconnu{n}": n for n in range(500)}

    _, found = examination.findings(examine(changed(noisy)))
    assert len(found) == limits.JSON_FINDINGS + 1
    assert "et 3000 autres" in next(one.message for one in found if one.code == "0908")


def test_codes_fit_their_field_and_are_said_once():
    rules = [rule for rule in vars(codes).values() if isinstance(rule, codes.Rule)]
    assert len({rule.code for rule in rules}) == len(rules)
    assert all(len(rule.code) == 4 and rule.name and rule.cure for rule in rules)


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("code", sorted(SPECS))
def test_every_corridor_has_its_model_and_its_schema(code, phase):
    schema = shipped.model_of_every_wave(code, phase).json_schema()
    assert schema["type"] == "array"
    if SPECS[code].deposit is DepositMode.JSON:  # a form has tags of its own, and no file
        assert examine(written({"lignesImport": [{}]}), phase, code).lines[0].rejected


def test_a_hostile_file_gets_a_bounded_report():
    doubled = b'{"siret": 1' + b', "a": 1' * 5_000 + b"}"
    of_file, _ = examination.findings(examine(doubled))
    assert len(of_file) <= limits.JSON_FINDINGS + 10
    crowd = [{"RPPS": f"{rank:011d}"} for rank in range(5_000)]
    found = examine(changed(put("beneficiaires.liberal", crowd)))
    assert len(found.lines[0].people) == limits.JSON_LIST_ITEMS
    assert ("0313", "lignesImport[0].beneficiaires.liberal") in refused(found)


HALF_TAGS = [
    (b"{", b'{"nom\\ud800": 1, '),
    (b"{", b'{"nom\\udc00": 1, "nom\\udc00": 2, '),
    (b"{", b'{"' + b"\\ud800" * 200 + b'": {"nom\\ud800": "\\ud800"}, '),
    (b'"siret"', b'"siret\\ud800"'),
    (b'"numLigne"', b'"num\\udfffLigne"'),
    (b'"RPPS"', b'"RPPS\\ud800"'),
    (b'"lignesImport"', b'"lignes\\ud83d": [[{"\\ude00": "a\\u0000"}]], "lignesImport"'),
    (b'"lignesImport"', b'"lignes\\ud83d": [[{"\\ude00": NaN, "b": x}]], "lignesImport"'),
]


@pytest.mark.parametrize(("said", "instead"), HALF_TAGS)
def test_a_tag_with_half_a_character_is_told_in_texts_that_can_be_written(said, instead):
    found = examine(SAMPLE.read_bytes().replace(said, instead, 1))
    of_file, of_lines = examination.findings(found)
    texts = [text for one in of_file + of_lines for text in one if isinstance(text, str)]
    texts += [fault.message for fault in found.file_faults]
    assert all(text.encode().decode() == text for text in texts)
    assert any(one.code == "0106" and "U+D" in one.path for one in of_file)


def test_a_tag_with_half_a_character_is_no_double_of_the_one_it_is_shown_as():
    found = examine(b'{"nom\\ud800": 1, "nomU+D800": 2}')
    assert [(fault.rule.code, fault.path) for fault in found.file_faults] == [("0106", ("nomU+D800",))]


def test_what_is_no_line_is_named_by_its_place():
    found = examine(written(sample() | {"lignesImport": [1, "a"]}))
    said = [(one.path, one.message) for one in examination.findings(found)[1]]
    assert said == [
        (path, f"« {path} » : un objet {{ … }} est attendu") for path in ("lignesImport[0]", "lignesImport[1]")
    ]
