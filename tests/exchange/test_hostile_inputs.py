"""Every family of bad input, in every corridor deposited by file: each is told with line, column, field and French
text, at a place that is in the file; nothing raises."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.enums import Phase
from app.domain.vat import VatRegime
from app.exchange import codes, examination, example_file, reading
from app.exchange.envelope import Depositor
from app.exchange.line_rules import Circumstances
from tests import shipped
from tests.conftest import TODAY
from tests.exchange.test_any_bytes import VALUES
from tests.json_files import ANS, SIRET

FRENCH = re.compile(r"[a-zà-ÿœ]{2}", re.IGNORECASE)
AROUND = Circumstances(TODAY, VatRegime.HT)
WITHOUT_TEXT = (codes.EMPTY.code, codes.NOT_UTF8.code)


def example(name):
    """The example file of a corridor, as data."""
    model = shipped.model(name)
    made = example_file.example(model.spec, model.phase, ANS, SIRET, "HT", TODAY)
    return made


def findings(name, content):
    """Every finding, each checked against the text of the file."""
    model = shipped.model(name)
    examined = examination.examine(reading.read(content), model.phase, model, Depositor(SIRET, ANS), AROUND)
    of_file, of_lines = examination.findings(examined)
    json.dumps(examination.as_rows(of_file + of_lines), ensure_ascii=False).encode()
    rows = re.split(r"\r\n|\n|\r", examined.reading.text)
    for one in of_file + of_lines:
        assert FRENCH.search(one.message), one
        assert one.cure, one
        assert one.expected, one
        if one.code not in WITHOUT_TEXT:
            assert 1 <= one.row <= len(rows), one
            assert 1 <= one.column <= len(rows[one.row - 1]) + 1, one
    blocking = [one for one in of_file + of_lines if one.level == codes.ERROR]
    assert bool(blocking) == (examined.refused or any(line.rejected for line in examined.lines)), blocking
    return of_file + of_lines


def errors(name, content):
    return [one for one in findings(name, content) if one.level == codes.ERROR]


def written(data, **how):
    return json.dumps(data, ensure_ascii=False, **how).encode()


def leaves(value, path=()):
    """Every value of a line that holds nothing else, with its path."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from leaves(below, (*path, key))
    elif isinstance(value, list):
        for rank, below in enumerate(value):
            yield from leaves(below, (*path, rank))
    else:
        yield path, value


def put(line, path, value):
    for step in path[:-1]:
        line = line[step]
    line[path[-1]] = value


each = pytest.mark.parametrize("name", shipped.FILES)


@each
def test_the_example_is_sound(name):
    assert errors(name, written(example(name), indent=2)) == []


@each
def test_cut_after_any_token(name):
    text = written(example(name), indent=1).decode()
    ends = [token.end() for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', text)]
    for end in ends[:-1]:
        found = errors(name, text[:end].encode())
        assert [one.code for one in found] == [codes.SYNTAX.code]
        rows = text[:end].split("\n")
        assert (found[0].row, found[0].column) == (len(rows), len(rows[-1]) + 1)


AMOUNTS = [
    ("NaN", codes.NOT_A_NUMBER),
    ("Infinity", codes.NOT_A_NUMBER),
    ("-Infinity", codes.NOT_A_NUMBER),
    ("1e99999", codes.BAD_AMOUNT),
    ("-1E+999999999999", codes.BAD_AMOUNT),
    ("1E-99999", codes.BAD_AMOUNT),
    ("1e-999999999999", codes.BAD_AMOUNT),
    ("1e99999999999999999999999", codes.LONG_NUMBER),
    ("9" * 4000, codes.LONG_NUMBER),
    ("0." + "1" * 4000, codes.LONG_NUMBER),
    ("true", codes.BAD_AMOUNT),
    ('"100.00"', codes.BAD_AMOUNT),
    ('"١٠٠"', codes.BAD_AMOUNT),
    ("-1", codes.BAD_AMOUNT),
    ("1.005", codes.BAD_AMOUNT),
    ("1e9", codes.BAD_AMOUNT),
    ("[]", codes.BAD_AMOUNT),
    ("{}", codes.BAD_AMOUNT),
    ("01", codes.SYNTAX),
    ("+1", codes.SYNTAX),
    (".5", codes.SYNTAX),
    ("0x10", codes.SYNTAX),
    ("1_000", codes.SYNTAX),
    ("١٠٠", codes.SYNTAX),
    ("None", codes.SYNTAX),
]


@each
def test_amounts_that_are_none(name):
    data, mark = example(name), "7654321.01"
    tag = "montantSegurHT" if shipped.model(name).phase is Phase.AVANCE else "montantSegurHTFacture"
    data["lignesImport"][0]["commande"][tag] = float(mark)
    text = written(data, indent=2).decode()
    at = text.index(mark)
    rows = text[:at].split("\n")
    for said, code in AMOUNTS:
        found = errors(name, text.replace(mark, said).encode())
        told = [(one.code, one.row, one.column) for one in found]
        assert (code.code, len(rows), len(rows[-1]) + 1) in told, said[:40]


TEXTS = [
    ("\\ud800", codes.BAD_CHARACTER),
    ("\\udfff\\ud800", codes.BAD_CHARACTER),
    ("\\u0000", codes.BAD_CHARACTER),
    ("\\n", codes.BAD_CHARACTER),
    ("\x7f", codes.BAD_CHARACTER),
    ("\u0085", codes.BAD_CHARACTER),
    ("\x00", codes.SYNTAX),
    ("\t", codes.SYNTAX),
    ("\n", codes.SYNTAX),
    ("\\x41", codes.SYNTAX),
    ("\\u12", codes.SYNTAX),
    ('" "', codes.SYNTAX),
]


@each
def test_texts_that_are_none(name):
    data, mark = example(name), "MARQUE-DU-TEST"
    data["lignesImport"][0]["piecesJustificatives"][0]["nomFichier"] = mark
    text = written(data, indent=2).decode()
    row = text[: text.index(mark)].count("\n") + 1
    for said, code in TEXTS:
        found = errors(name, text.replace(mark, said).encode())
        assert (code.code, row) in [(one.code, one.row) for one in found], said


@each
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "cp1252"])
def test_another_encoding_is_refused_with_a_word(name, encoding):
    text = json.dumps(example(name) | {"é": "à"}, ensure_ascii=False)
    found = errors(name, text.encode(encoding))
    assert [one.code for one in found] == [codes.NOT_UTF8.code]
    assert "UTF" in found[0].message


@each
def test_a_mark_of_utf8_is_tolerated(name):
    assert errors(name, b"\xef\xbb\xbf" + written(example(name))) == []


@each
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_end_of_row_is_counted(name, end):
    data = example(name)
    data["lignesImport"][0]["typeAction"] = "ZZZ"
    text = written(data, indent=2).decode()
    row = text[: text.index("ZZZ")].count("\n") + 1
    found = errors(name, text.replace("\n", end).encode())
    assert (codes.UNKNOWN_CODE.code, row) in [(one.code, one.row) for one in found]


@each
def test_a_tag_met_twice_anywhere(name):
    text = written(example(name), indent=2).decode()
    tags = [found.start() for found in re.finditer(r'"[^"]*": ', text)]
    for at in tags:
        tag = re.match(r'"[^"]*"', text[at:])[0]
        doubled = text[:at] + f"{tag}: null,\n" + text[at:]
        row = doubled[: at + len(tag) + 8].count("\n") + 1
        assert (codes.DUPLICATE_KEY.code, row) in [(one.code, one.row) for one in errors(name, doubled.encode())], tag


@each
@pytest.mark.parametrize("depth", [19, 20, 400, 100_000])
def test_depth(name, depth):
    data = example(name)
    data["lignesImport"][0]["typeAction"] = "MARQUE"
    text = written(data).decode().replace('"MARQUE"', "[" * depth + "]" * depth)
    assert errors(name, text.encode())


NAUGHTY = [
    "",
    " ",
    "\u00a0",
    "\u200b",
    "\ufeff",
    "\u202eexe.fdp",
    "\u2066x\u2069",
    "é",
    "e\u0301",
    "Z\u0351\u036b\u0343\u036a",
    "😀",
    "👨‍👩‍👧‍👦",
    "ﷺ",
    "Ω≈ç√∫",
    "表ポあA鷗",
    "田中",
    "\uffff",
    "\U0010ffff",
    "=1+1",
    "+33",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("http://x")',
    "\u0009=1",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "${7*7}",
    "%s%n",
    "%00",
    "../../etc/passwd",
    "'; DROP TABLE avenant; --",
    "1' OR '1'='1",
    "NULL",
    "null",
    "undefined",
    "NaN",
    "true",
    "0",
    "١٢٣٤٥٦٧٨٩",
    "1e5",
    "CON.pdf",
    ".pdf",
    "a/b.pdf",
    "a\\b.pdf",
    "a" * 5000 + ".pdf",
    "x" * 300_000,
    "\u0301" * 500,
    "İ",
    "ß",
    "ﬀ",
]


@each
def test_every_naughty_text_in_every_field(name):
    """In all the fields one after the other: what is found stands at this field, or nothing is."""
    sound = written(example(name))
    for path, value in list(leaves(json.loads(sound)["lignesImport"][0])):
        if value is None or isinstance(value, bool):
            continue
        for said in NAUGHTY:
            if len(said) > 10_000 and len(path) > 1:
                continue
            data = json.loads(sound)
            put(data["lignesImport"][0], path, said)
            found = findings(name, written(data, indent=2))
            if isinstance(value, int | float):
                assert any(one.level == codes.ERROR for one in found), (path, said[:40])


@given(st.sampled_from(list(shipped.FILES)), st.data())
@settings(max_examples=1000, deadline=None, database=None, derandomize=True)
def test_a_thousand_wrong_files_of_the_schema(name, data):
    made = example(name)
    line = made["lignesImport"][0]
    for _ in range(data.draw(st.integers(1, 4))):
        known = list(leaves(line))
        path = data.draw(st.sampled_from(known))[0]
        keep = data.draw(st.integers(1, len(path)))
        put(line, path[:keep], data.draw(st.sampled_from(NAUGHTY[:45]) | VALUES))
        if not isinstance(line, dict):
            break
    indent = data.draw(st.sampled_from([None, 1]))
    findings(name, json.dumps(made, ensure_ascii=data.draw(st.booleans()), indent=indent).encode("utf-8", "replace"))
