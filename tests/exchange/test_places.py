"""The places found by skipping are those of the text read from end to end."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exchange import scanner
from app.exchange.faults import Mark
from app.exchange.places import Places, Rows
from tests.exchange.test_any_bytes import VALUES
from tests.json_files import SAMPLE


def check(text):
    scan, places = scanner.scan(text), Places(text, json.loads(text) if text.strip() else None)
    for path in reversed(list(scan.values)):
        assert places.place(path) == scan.place(path)
        assert places.place(path, on_key=True) == scan.place(path, on_key=True)
        for absent in ("absente", 999, "RPPS"):
            assert places.place((*path, absent)) == scan.place((*path, absent))


@pytest.mark.parametrize(
    "layout", [{"indent": 2}, {"indent": None}, {"indent": "\t"}, {"separators": (" ,\r\n", " : ")}]
)
def test_every_place_of_the_sample(layout):
    check(json.dumps(json.loads(SAMPLE.read_bytes()), **layout))


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
@settings(max_examples=150, deadline=None, database=None)
def test_every_place_of_any_json(value, indent, ascii_only):
    check(json.dumps(value, indent=indent, ensure_ascii=ascii_only))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n ",
        ' {"lignesImport": [1, {"a": 2}]}',
        '{"x": "\\"lignesImport\\": [7", "lignesImport": [1, {"a": 2}]}',
        '{"x": {"lignesImport": [9, {"a": 1}]}, "lignesImport": [1, {"a": 2}]}',
        '{"siret": "é😀", "n": -1.5e3, "t": true, "lignesImport": ["é", {"a": "😀", "b": [[], 3]}]}',
        '{"lignes\\u0049mport": [1, {"a": 2}], "siret": 1}',
        '{"lignesImport": {"a": [1]}, "siret": 1}',
        '{"lignesImport": [{"a": "b", "b": 1, "c": [{"d": 2}, {"d": 3}, {}, 4]}, {"x": {"b": 1}, "b": 2}, {"b": "b"}]}',
        '{"lignesImport": [{"\\u0062": 1, "a": "b"}, {"é": "é", "b": [{"d": {"e": 1}}, {"d": {"e": 2}}]}, {"b": 3}]}',
        '{"a\\"b": 1, "é": {"c\\\\": 2}, "": 3}',
    ],
)
def test_odd_heads_and_tags(text):
    check(text)


@given(st.text("a\né", max_size=60), st.integers(1, 8))
@settings(max_examples=100, deadline=None, database=None)
def test_rows_and_columns_count_characters(piece, times):
    text = piece * times * 300
    rows = Rows(text)
    for offset in sorted({0, len(text) // 3, len(text) // 2, len(text)}, reverse=True):
        before = text[:offset]
        assert rows.mark(offset) == Mark(before.count("\n") + 1, offset - before.rfind("\n"))
