"""What is a CSV is read, each line at its number; what is none is refused with the place, and never a traceback."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import limits
from app.domain.errors import RuleBroken
from app.services import csv_reading

HEADINGS = {"name": "Nom", "city": "Localité"}


def rows(content: bytes):
    return [(row.line, dict(row.cells), row.fault) for row in csv_reading.read(content, HEADINGS).rows]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_either_separator_and_either_encoding(separator, encoding, end):
    text = end.join(
        [f"Localité{separator}NOM", f"Orléans{separator}Zoé", "", f'"a{end}b"{separator}c', f"d{separator}e"]
    )
    sheet = csv_reading.read(text.encode(encoding), HEADINGS)
    assert sheet.encoding == ("Windows-1252" if encoding == "cp1252" else "UTF-8")
    assert [(row.line, row.cells["city"], row.cells["name"]) for row in sheet.rows] == [
        (2, "Orléans", "Zoé"),
        (4, f"a{end}b", "c"),
        (6, "d", "e"),
    ]


@pytest.mark.parametrize(("head", "separator"), [("sep=;", ";"), ('"sep=,"', ","), ("SEP=\t", "\t")])
def test_a_line_that_says_the_separator_is_followed_and_counted(head, separator):
    text = f"{head}\r\nNom{separator}Localité\r\nZoé{separator}Ham"
    assert [(line, cells["name"]) for line, cells, _ in rows(text.encode())] == [(3, "Zoé")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "vide"),
        (b" \r\n\n", "vide"),
        ("Nom;Localité\nA;B".encode("utf-16"), "UTF-16"),
        (b"Nom;Localit\xc3\xa9\nA\x00;B", "pas un CSV.*ligne 2"),
        (b"PK\x03\x04\x14\x00", "pas un CSV"),
        (b"%PDF-1.7\nA;B", "pas un CSV"),
        (b"Nom;Localit\xe9\nA\x81;B", "ni en UTF-8 ni en Windows-1252.*ligne 2"),
        (b"Nom;Ville\nA;B", "colonnes inconnues : Ville ; colonnes absentes : Localité"),
        ("Nom;Localité;Nom\nA;B;C".encode(), "« Nom » figure deux fois"),
        ("Nom;Localité\n".encode(), "aucune ligne"),
        ('Nom;Localité\nA;B\n"C;D\nE;F\n'.encode(), "à partir de la ligne 3 : un guillemet ouvert n'est jamais fermé"),
        ('Nom;Localité\nA;B\n"C"x;D\n'.encode(), "à partir de la ligne 3 : guillemets mal placés"),
        (('Nom;Localité\n"' + "x" * 200_000).encode(), "à partir de la ligne 2"),
        (("Nom;Localité\n" + "A;B\n" * (limits.CSV_ROWS + 1)).encode(), "plus de 20000 lignes"),
    ],
)
def test_what_is_no_csv_is_refused_with_the_place(content, said):
    with pytest.raises(RuleBroken, match=said) as refusal:
        csv_reading.read(content, HEADINGS)
    assert refusal.value.field == "file"


def test_a_line_of_another_length_keeps_its_place():
    content = "Nom;Localité;;\nA;B;;\nC\nD;E;F\n;;;\nG;H\n".encode()
    assert rows(content) == [
        (2, {"name": "A", "city": "B"}, ""),
        (3, {"name": "C"}, "1 cases au lieu de 2"),
        (4, {"name": "D", "city": "E"}, "3 cases au lieu de 2"),
        (6, {"name": "G", "city": "H"}, ""),
    ]


@pytest.mark.parametrize("text", ["=1+1", " +2", "-3", "@x", "\ufeff=1", "＝1"])
def test_a_formula_is_told(text):
    assert csv_reading.cell_fault(text, 100)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content):
    with suppress(RuleBroken):
        assert csv_reading.read("Nom;Localité\n".encode() + content, HEADINGS).rows
