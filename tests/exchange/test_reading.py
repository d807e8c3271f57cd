"""What strict JSON is, for us: each refused file is told where and why; a sound one keeps what it says."""

import json
from decimal import Decimal

import pytest

from app.domain import limits
from app.exchange import reading
from tests.json_files import SAMPLE, place_of


def refusals(content: bytes) -> list[tuple[str, int, int]]:
    found = reading.read(content)
    return [(fault.rule.code, fault.mark.row, fault.mark.column) for fault in found.faults]


def test_a_sound_file_keeps_its_decimals_and_its_order():
    found = reading.read('{"b": 358.330, "a": [1, -2, 1E+2, "é", null, true]}'.encode())
    assert found.faults == []
    assert found.data == {"b": Decimal("358.330"), "a": [1, -2, Decimal("1E+2"), "é", None, True]}
    assert list(found.data) == ["b", "a"]
    assert b"358.330" in reading.write(found.data)


def test_a_utf8_mark_is_tolerated_and_shifts_no_column():
    assert reading.read(b"\xef\xbb\xbf" + SAMPLE.read_bytes()).data == reading.read(SAMPLE.read_bytes()).data
    assert refusals(b'\xef\xbb\xbf{"a": x}') == [("0103", 1, 7)]


def test_escaped_accents_are_sound():
    assert reading.read(b'{"nom": "H\\u00e9l\\u00e8ne \\ud83d\\ude00 \\/"}').data == {"nom": "Hélène 😀 /"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ("0101", 1, 1)),
        (b" \n ", ("0101", 1, 1)),
        ("{}".encode("utf-16"), ("0102", 1, 1)),
        ('{\n "nom": "Hélène"}'.encode("cp1252"), ("0102", 2, 11)),
        (b"PK\x03\x04", ("0103", 1, 1)),
        (b"<html>", ("0103", 1, 1)),
        (b'{"a": 1,\n "b": }', ("0103", 2, 7)),
        (b'{"a": 1,\n}', ("0103", 2, 1)),
        (b"[1, 2,]", ("0103", 1, 7)),
        (b"[1 2]", ("0103", 1, 4)),
        (b'{"a" 1}', ("0103", 1, 6)),
        (b"{a: 1}", ("0103", 1, 2)),
        (b"{'a': 1}", ("0103", 1, 2)),
        (b'{"a": True}', ("0103", 1, 7)),
        (b'{"a": 01}', ("0103", 1, 7)),
        (b'{"a": +1}', ("0103", 1, 7)),
        (b'{"a": .5}', ("0103", 1, 7)),
        (b'{"a": 1} {"b": 2}', ("0103", 1, 10)),
        (b'{"a": "sans fin}', ("0103", 1, 7)),
        (b'{"a": "tab\tcru"}', ("0103", 1, 7)),
        (b'{"a": "\\x"}', ("0103", 1, 7)),
        (b'{"a": 1 // non\n}', ("0103", 1, 9)),
        (b'{"a": [1', ("0103", 1, 9)),
        (b"]", ("0103", 1, 1)),
        (b'{"a": NaN}', ("0105", 1, 7)),
        (b'{"a": -Infinity}', ("0105", 1, 7)),
        (b'{"a": "\\ud800"}', ("0106", 1, 7)),
        (b'{"a": "x\\u0000"}', ("0106", 1, 7)),
        (b'{"a": "ligne\\n"}', ("0106", 1, 7)),
        ('{"a": "x\u0085"}'.encode(), ("0106", 1, 7)),
        (b'{"a\\u0000": 1}', ("0106", 1, 2)),
        (b'{"a": 1, "a": 2}', ("0104", 1, 10)),
        (b'{"a": 1, "\\u0061": 2}', ("0104", 1, 10)),
        (b'{"a": "\\u003a", "a": 2}', ("0104", 1, 17)),
        (b'{"a": ' + b"9" * 4000 + b"}", ("0108", 1, 7)),
        (b'{"a": ' + b"9" * 5000 + b"}", ("0108", 1, 7)),
        (b'{"a": 1.' + b"9" * 4000 + b"}", ("0108", 1, 7)),
        (b'{"a": 1e99999999999999999999}', ("0108", 1, 7)),
    ],
)
def test_each_refusal_has_its_place(content, expected):
    assert refusals(content) == [expected]


def test_all_doubtful_things_are_told_at_once():
    content = b'{"a": 1,\n "a": NaN,\n "b": {"c": "\\u0001", "c": 2}}'
    assert refusals(content) == [("0104", 2, 2), ("0105", 2, 7), ("0106", 3, 13), ("0104", 3, 23)]


@pytest.mark.parametrize("extra", [1, 400_000])
@pytest.mark.parametrize(("opener", "closer"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_depth_is_bounded_without_recursion(opener, closer, extra):
    depth = limits.JSON_DEPTH
    assert reading.read(opener * depth + b"1" + closer * depth).faults == []
    content = opener * (depth + extra) + b"1" + closer * (depth + extra)
    assert [code for code, *_ in refusals(content)] == ["0107"]


@pytest.mark.parametrize(
    ("value", "each"),
    [(b'{"a":1,"a":2}', 3), (b"0", 1), (b"[]", 1), (b"NaN", 1), (b'{"a":1}', 2), (b'"\\u0000"', 1), (b"[0]", 2)],
)
def test_values_are_bounded_whatever_is_in_them(value, each):
    full = b",".join([value] * (limits.JSON_VALUES // each + 1))
    found = reading.read(b"[" + full + b"]")
    assert [fault.rule.code for fault in found.faults].count("0109") == 1
    assert found.faults[-1].message == "plus de 300 000 valeurs"
    assert not found.readable
    assert len(found.faults) <= limits.JSON_FINDINGS + 1


def test_as_many_values_as_allowed_are_read_and_commas_of_texts_part_nothing():
    content = b"[" + b",".join([b"0"] * (limits.JSON_VALUES - 2)) + b',"' + b"," * 10 + b'"]'
    assert reading.read(content).faults == []
    assert len(reading.read(content).data) == limits.JSON_VALUES - 1


def test_brackets_in_texts_nest_nothing():
    text = "[{" * 50
    assert reading.read(json.dumps({"a": text}).encode()).data == {"a": text}


def test_places_are_those_of_the_text():
    text = SAMPLE.read_text()
    found = reading.read(text.encode())
    mark = found.place(("lignesImport", 3, "commande", "montantSegurHT"))
    assert (mark.row, mark.column) == place_of(text, "1074.99")
    mark = found.place(("lignesImport", 0, "commande", "absente"))
    row, column = place_of(text, '"commande": {')
    assert (mark.row, mark.column) == (row, column + len('"commande": '))
    mark = found.place(("siret",), on_key=True)
    assert (mark.row, mark.column) == place_of(text, '"siret"')
