"""A letter is one accessible, archivable PDF whose text is what was given, whatever was given."""

import datetime as dt
import io
import re
import subprocess

import pikepdf
import pytest

from app.adapters import pdf

MADE_AT = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
ADVICE = {
    "number": "FINMDV000001M0", "phase": "Avance", "supplier": "EDITEUR 1", "siret": "38042372300028",
    "address": "9 rue de la Paix 51100 REIMS", "dsr": "DSR-MDV", "reference": "VIR-1", "order": "OP-2026-1",
    "ordered_on": "20/11/2026", "paid_on": "23/11/2026", "holder": "EDITEUR 1", "iban": "FR76 •••• 4623",
    "bic": "CEPAFRPP313", "amount": "322,50\u00a0€", "amounts": [["VERSE001", "322,50\u00a0€"]],
}  # fmt: skip


def text_of(content: bytes) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True
    ).stdout.decode()


def test_it_is_pdf_a_2a_and_pdf_ua_1_with_title_language_and_tags():
    document = pikepdf.open(io.BytesIO(pdf.render("payment_advice", ADVICE, MADE_AT)))
    with document.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Avis de paiement – demande FINMDV000001M0"
    assert str(document.Root.Lang) in ("fr", "fr-FR")
    assert document.Root.MarkInfo.Marked
    tags = {
        str(element.S) for element in document.objects if isinstance(element, pikepdf.Dictionary) and "/S" in element
    }
    assert {"/H1", "/H2", "/Table", "/TH", "/TD"} <= tags


def test_every_font_is_embedded():
    document = pikepdf.open(io.BytesIO(pdf.render("payment_advice", ADVICE, MADE_AT)))
    described = [
        thing
        for thing in document.objects
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor"
    ]
    assert described
    assert all("/FontFile3" in one or "/FontFile2" in one for one in described)


def test_it_says_what_it_was_given():
    said = text_of(pdf.render("payment_advice", ADVICE, MADE_AT))
    for word in ("VIR-1", "23/11/2026", "322,50", "FR76 •••• 4623"):
        assert word in said


@pytest.mark.parametrize(
    "name",
    ['#panic("x")', "*gras* _x_ $1$", "A & B <c> \\ \" '", "@note [lien]", "// rien", '") #panic("', "\\u{41} \\n"],
)
def test_nothing_given_is_read_as_markup(name):
    assert name in text_of(pdf.render("payment_advice", ADVICE | {"supplier": name}, MADE_AT))


def test_a_sign_the_font_lacks_does_not_refuse_the_letter():
    said = text_of(pdf.render("payment_advice", ADVICE | {"supplier": "SOCIÉTÉ 😀 株"}, MADE_AT))
    assert "SOCIÉTÉ ? ?" in said
    assert "FR76 •••• 4623" in said


def test_the_same_letter_has_the_same_bytes():
    assert pdf.render("payment_advice", ADVICE, MADE_AT) == pdf.render("payment_advice", ADVICE, MADE_AT)


@pytest.mark.parametrize(("supplier", "several"), [("EDITEUR 1", False), ("EDITEUR " * 400, True)])
def test_each_page_says_its_rank_and_how_many_there_are(supplier, several):
    content = pdf.render("payment_advice", ADVICE | {"supplier": supplier}, MADE_AT)
    pages = len(pikepdf.open(io.BytesIO(content)).pages)
    assert (pages > 1) is several
    said = re.findall(r"page (\d+) / (\d+)", text_of(content))
    assert said == [(str(rank), str(pages)) for rank in range(1, pages + 1)]
