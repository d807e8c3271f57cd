"""The places found by skipping are those of the text read from end to end."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exchange.faults import Mark, Path
from app.exchange.places import Places
from app.exchange.rows import Rows
from app.exchange.scanner import Scan, Scanner
from tests.exchange.test_any_bytes import VALUES
from tests.json_files import SAMPLE


class EndToEnd(Scanner):
    """Notes where each value and each tag begins; the last one, for a tag met twice."""

    def __init__(self, text: str) -> None:
        super().__init__(Scan(text))
        self.values: dict[Path, int] = {}
        self.tags: dict[Path, int] = {}
        if text.strip():
            self.run()

    def key(self, said: str) -> None:
        super().key(said)
        self.tags[self.path()] = self.at

    def value(self, kind: str, said: str) -> None:
        path, at = self.path(), self.at
        for below in [one for one in self.values if one[: len(path)] == path]:  # what another of this name held
            del self.values[below]
        super().value(kind, said)
        self.values[path] = at

    def place(self, path: Path, *, on_key: bool = False) -> Mark:
        """Where a path is; the nearest enclosing object when it is absent."""
        if on_key and path in self.tags:
            return self.found.mark(self.tags[path])
        while path and path not in self.values:
            path = path[:-1]
        return self.found.mark(self.values.get(path, 0))


def check(text, *, twice=False):
    whole, places = EndToEnd(text), Places(text, json.loads(text) if text.strip() else None, twice=twice)
    for path in reversed(list(whole.values)):
        assert places.place(path) == whole.place(path)
        assert places.place(path, on_key=True) == whole.place(path, on_key=True)
        for absent in ("absente", 999, "RPPS"):
            assert places.place((*path, absent)) == whole.place((*path, absent))


@pytest.mark.parametrize(
    "layout", [{"indent": 2}, {"indent": None}, {"indent": "\t"}, {"separators": (" ,\r\n", " : ")}]
)
@pytest.mark.parametrize("twice", [False, True])
def test_every_place_of_the_sample(layout, twice):
    check(json.dumps(json.loads(SAMPLE.read_bytes()), **layout), twice=twice)


def test_a_tag_met_twice_is_where_its_last_value_is():
    check(
        '{"a": {"b": 1, "c": [1]}, "lignesImport": [{"a": 1, "b": [{"c": 2}], "a": {"d": 3}}, 4], "a": 5}', twice=True
    )
    check('{"lignesImport": [1, {"a": 2}], "\\u006cignesImport": [{"é": 1, "b": "}", "b": "{\\"["}]}', twice=True)


def test_a_long_object_is_opened_member_by_member():
    line = {f"x{rank}": {"é": [rank], "b": {}} for rank in range(1500)}
    text = json.dumps({"lignesImport": [1, line]}, ensure_ascii=False)
    whole, places = EndToEnd(text), Places(text, json.loads(text))
    for tag in ("x1499", "x0", "x700", "x1499", "absente"):
        for path in (("lignesImport", 1, tag), ("lignesImport", 1, tag, "é", 0), ("lignesImport", 1, tag, "b")):
            assert places.place(path) == whole.place(path)
            assert places.place(path, on_key=True) == whole.place(path, on_key=True)


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


@pytest.mark.parametrize(
    "text",
    [
        '{"lignesImport": [{"n": 1, "a": "{"}, { "n": 2, "a": [{"b": 1}, {"b": "é"}]}], "after": {"a": 1, "b": 2}}',
        '{"before": {"n": 1}, "lignesImport": [{"n": 1, "a": 3}, {"a": 4, "n": 2}]}',
        '{"lignesImport": [{"n": 1, "a": "n"}, {"n": "é", "a": "n"}]}',
        '{"lignesImport": [{"n": 1, "a": {"n": 2}}, {"\\u006e": 3, "a": 4}]}',
        '{"lignesImport": [{"n": 1, "a": {"n": 2}}, {}, {"n": 2, "a": 3}]}',
        '{"lignesImport": [{"a": {"n": 2}, "n": 1}, {"n": 2, "a": 3}, "n", ["n"], 5]}',
        '{"lignesImport": [{":": "", "a": "b"}, {":": "c", "b": ":"}]}',
        '{"lignesImport": [{"": "", "a": "b"}, {"": "c", "b": ""}]}',
        '{"lignesImport": [{"n": [1], "a": "%s"}, {"n": 2, "a": [{"b": 3}]}]}' % ("long " * 4000),
    ],
)
def test_lines_that_begin_with_the_same_tag_or_nearly(text):
    check(text)


@given(st.text("a\né", max_size=60), st.integers(1, 8))
@settings(max_examples=100, deadline=None, database=None)
def test_rows_and_columns_count_characters(piece, times):
    text = piece * times * 300
    rows = Rows(text)
    for offset in sorted({0, len(text) // 3, len(text) // 2, len(text)}, reverse=True):
        before = text[:offset]
        assert rows.mark(offset) == Mark(before.count("\n") + 1, offset - before.rfind("\n"))
