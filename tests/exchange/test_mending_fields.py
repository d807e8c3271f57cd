"""What each finding's field holds at first, and what an answer becomes in the file."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import RuleBroken
from app.exchange import examination, literals, mending, mending_fields
from app.exchange.expectations import Control
from tests.exchange.test_examination import A_DOCTOR, examine
from tests.json_files import SAMPLE, changed, line, put, sample, written


def findings(content):
    of_file, of_lines = examination.findings(examine(content))
    return examination.as_rows(of_file + of_lines)


def only(content):
    fields = list(mending_fields.offered(content, findings(content)).values())
    assert len(fields) == 1, fields
    return fields[0]


@pytest.mark.parametrize(
    ("path", "wrong", "shown", "proposed"),
    [
        ("commande.montantSegurHT", "358,33", "358.33", True),
        ("commande.montantSegurHT", "1 358,33 €", "1358.33", True),
        ("commande.montantSegurHT", -1, "-1", False),
        ("commande.montantSegurHT", "abc", "", False),
        ("commande.regimeTVA", "ht", "HT", True),
        ("commande.regimeTVA", "TTC", "HT", True),
        ("commande.dateCommande", "3/10/2021", "2021-10-03", True),
        ("commande.dateCommande", "2021.10", "", False),
        ("commande.dateCommande", "24/11/2026", "2026-11-24", False),
        ("beneficiaires.isMandataire", "Non", "false", True),
        ("beneficiaires.isMandataire", 0, "false", True),
        ("beneficiaires.isMandataire", "peut-être", "", False),
        ("numLigne", "1", "1", True),
        ("numLigne", 12, "1", True),
        (A_DOCTOR + "RPPS", 10260181598, "10260181598", True),
        (A_DOCTOR + "nomMedecin", "x" * 5_000, "", False),
        (A_DOCTOR + "nomMedecin", "é" * 300, "é" * 300, False),
        ("typeAction", ..., "C", True),
        ("numeroASP", "FINMDV000001", "", True),
    ],
)
def test_a_field_holds_what_the_file_says_or_a_proposal(path, wrong, shown, proposed):
    field = only(changed(put(path, wrong)))
    assert (field.initial, field.proposed) == (shown, proposed)


@pytest.mark.parametrize(
    ("control", "said", "literal"),
    [
        (Control.TEXT, 'a"b', '"a\\"b"'),
        (Control.INTEGER, " 1 200 ", "1200"),
        (Control.AMOUNT, "1 358,30", "1358.30"),
        (Control.DATE, "2021-10-03", '"03/10/2021"'),
        (Control.DATE, "3 octobre", '"3 octobre"'),
        (Control.BOOLEAN, "true", "true"),
        (Control.CHOICE, "HT", '"HT"'),
    ],
)
def test_an_answer_becomes_json(control, said, literal):
    assert literals.written(control, said, ("true", "false", "HT")) == literal


@pytest.mark.parametrize(
    ("control", "said"),
    [(Control.INTEGER, "1.5"), (Control.INTEGER, "٣"), (Control.AMOUNT, "1e9"), (Control.AMOUNT, "--1"),
     (Control.BOOLEAN, "vrai"), (Control.CHOICE, "ht")],
)  # fmt: skip
def test_an_answer_that_cannot_be_says_why(control, said):
    with pytest.raises(ValueError, match="^(Mettez|Choisissez)"):
        literals.written(control, said, ("true", "false", "HT"))


def mended(content, **answers):
    fields = mending_fields.offered(content, findings(content))
    made, refused = mending_fields.edits(fields, answers)
    assert refused == {}
    return mending.mended(content, made)


def test_a_tag_is_renamed_to_the_one_it_stands_for_or_removed():
    def misspelt(data):
        order = line(0)(data)["commande"]
        order["regimetva"] = order.pop("regimeTVA")

    content = changed(misspelt)
    fields = mending_fields.offered(content, findings(content))
    tag = next(field for field in fields.values() if field.control is Control.TAG)
    assert tag.initial == "regimeTVA"
    assert json.loads(mended(content, **{f"v.{tag.key}": "regimeTVA"})) == sample()
    gone = json.loads(mended(content, **{f"r.{tag.key}": "1"}))
    assert "regimetva" not in gone["lignesImport"][0]["commande"]


def test_a_tag_already_there_is_not_proposed():
    tag = only(changed(put("commande.regimetva", "HT")))
    assert (tag.initial, tag.proposed) == ("regimetva", False)


def test_an_element_is_added_only_when_its_box_is_ticked():
    content = changed(put("piecesJustificatives", []))
    field = only(content)
    assert mended(content, **{f"v.{field.key}": field.initial.replace("\n", "\r\n")}) == content
    piece = {"nomFichier": "bdc.pdf", "formatFichier": "PDF", "typeFichier": "BON_COMMANDE"}
    after = json.loads(mended(content, **{f"v.{field.key}": json.dumps(piece), f"a.{field.key}": "1"}))
    assert after["lignesImport"][0]["piecesJustificatives"] == [piece]


def test_a_request_may_leave_the_file():
    doctor = sample()["lignesImport"][0]["beneficiaires"]["liberal"][0]["RPPS"]
    content = changed(put(A_DOCTOR + "RPPS", doctor, rank=5))
    field = only(content)
    kept = json.loads(mended(content, **{f"r.{field.key}": "1"}))["lignesImport"]
    assert [one["numLigne"] for one in kept] == [1, 2, 3, 4, 5, 7, 8, 9, 10]


def test_what_is_no_json_is_refused_at_its_field():
    content = changed(put("commande", ...))
    field = only(content)
    _, refused = mending_fields.edits({field.key: field}, {f"v.{field.key}": '{"a": ', f"a.{field.key}": "1"})
    assert refused[field.key].startswith("Ce n'est pas du JSON")


def test_an_answer_to_another_report_is_refused():
    with pytest.raises(RuleBroken, match="n'existe plus"):
        mending_fields.edits({}, {"v.000000000000": "1"})


PATHS = [
    "commande.dateCommande",
    "commande.montantSegurHT",
    A_DOCTOR + "nomMedecin",
    "numLigne",
    "typeAction",
    "commande",
]
ANYTHING = st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.lists(st.integers(), max_size=2)


@given(st.lists(st.tuples(st.sampled_from(PATHS), st.integers(0, 9), ANYTHING), max_size=6), st.text(max_size=20))
@settings(max_examples=30, deadline=None, database=None)
def test_any_answer_to_any_report_is_refused_or_makes_a_file_that_reads(wrongs, answer):
    data = sample()
    for path, rank, wrong in wrongs:
        above = data["lignesImport"][rank]
        if "." not in path or isinstance(above.get("commande"), dict):
            put(path, wrong, rank)(data)
    content = written(data)
    fields = mending_fields.offered(content, findings(content))
    typed = {key for key, field in fields.items() if field.control is not Control.SOURCE}  # that one may break anything
    made, _ = mending_fields.edits(fields, {f"v.{key}": answer for key in typed})
    json.loads(mending.mended(content, made))
    assert mending.mended(SAMPLE.read_bytes(), []) == SAMPLE.read_bytes()
