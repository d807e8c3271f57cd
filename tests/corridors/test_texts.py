"""Does a document, or a table of ceilings, come back the same from the text people keep and send?"""

import pytest

from app.corridors import ceilings, documents, texts
from app.domain.errors import RuleBroken
from tests.shipped import SPECS


@pytest.mark.parametrize("spec", SPECS.values(), ids=lambda one: one.code)
@pytest.mark.parametrize("form", texts.WRITERS)
def test_a_shipped_document_comes_back_the_same(spec, form):
    written = texts.WRITERS[form](documents.canonical(spec))
    assert documents.parse(texts.read(written.encode(), f"essai.{form}")) == spec


def test_the_shipped_files_themselves_are_read():
    for path in documents.SHIPPED.glob("*.toml"):
        if "csv" not in path.read_text(encoding="utf-8"):
            assert documents.parse(texts.read(path.read_bytes(), path.name)) == documents.load(path)


def test_strings_of_any_kind_survive_toml():
    document = {"notes": ['« "guillemets" »', "ligne\nsuivante", "\x7f", "\\", "é", ""], "a.b": {"clé à part": 1}}
    assert texts.read(texts.as_toml(document).encode(), "essai.toml") == document


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"{", "a.json", "ligne 1, colonne 2"),
        (b"code = ", "a.toml", "TOML mal formé à la fin"),
        (b"a = 1\nb c", "a.toml", "TOML mal formé, ligne 2, colonne 3"),
        (b'{"a": {"b": 1, "b": 2}}', "a.json", "« b » figure deux fois"),
        (b"[1]", "a.json", "une table"),
        (b"\xff", "a.json", "UTF-8"),
        (b'{"a": NaN}', "a.json", "NaN"),
        (b'{"a": "\\ud800"}', "a.json", "UTF-8"),
        (b'{"a": "\\u0000"}', "a.json", "nul"),
        (b'{"a": ' + b"[" * 100_000, "a.json", "profond"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a.json", "démesuré"),
        (b"a = " + b"9" * 5000, "a.toml", "démesuré"),
    ],
)
def test_a_text_that_is_no_document_is_refused_at_the_file(content, name, words):
    with pytest.raises(RuleBroken, match=words) as refusal:
        texts.read(content, name)
    assert refusal.value.field == "file"


TABLE = {"DPI": {"120780291": "41900.00", "120780481": "18750.50"}, "PFI": {"120780291": "10475.00"}}


def test_a_table_of_ceilings_comes_back_the_same():
    assert ceilings.read(ceilings.written(TABLE)) == TABLE


def test_a_table_is_read_as_a_spreadsheet_writes_it():
    text = "\ufeffpmsi;DPI;PFI\r\n# note\r\n120780291;41 900,00;10475\r\n120780481;18750,5;\r\n"
    assert ceilings.read(text) == TABLE


@pytest.mark.parametrize(
    "text",
    [
        "identifiant\tDPI\tPFI\r\n120780291\t41900,00\t10475,00\r\n120780481\t18750,50\t",
        'identifiant,DPI,PFI\n120780291,"41900,00",10475\n120780481,18750.50,\n',
        "sep=;\r\n# note, with commas\r\nidentifiant;DPI;PFI\r\n120780291;41900;10475\r\n120780481;18750,5;\r\n",
    ],
    ids=["tabs", "commas", "sep="],
)
def test_a_table_is_read_whatever_separates_its_cells(text):
    assert ceilings.read(text) == TABLE


def test_a_comma_that_both_separates_and_begins_the_cents_is_refused_at_its_line():
    with pytest.raises(ValueError, match="ligne 3 : 2 colonnes attendues, 3 lues"):
        ceilings.read("sep=,\nidentifiant,DPI\n120780291,41900,00\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "vide"),
        ("pmsi\n", "première ligne"),
        ("pmsi;DPI;DPI\n", "première ligne"),
        ("pmsi;DPI\n1;2;3\n", "ligne 2 : 2 colonnes"),
        ("pmsi;DPI\n1;2\n1;3\n", "ligne 3 : « 1 » est déjà"),
        ("pmsi;DPI\n1;beaucoup\n", "ligne 2, colonne DPI"),
        ("pmsi;DPI\n1;-5\n", "n'est pas un montant"),
        ("pmsi;DPI\n;5\n", "l'identifiant est vide"),
        ('pmsi;DPI\n"1;5\n', "CSV"),
    ],
)
def test_a_bad_table_is_refused_with_its_line(text, words):
    with pytest.raises(ValueError, match=words):
        ceilings.read(text)
