"""A file is mended at the places asked and nowhere else."""

import itertools
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import RuleBroken
from app.exchange.faults import Mark
from app.exchange.mending import Action, Edit, excerpt, mended
from app.exchange.spans import Spans
from tests.json_files import SAMPLE, place_of

TEXT = """{
  "numeroAns": "abc123",
  "lignesImport": [
    { "numLigne": 1, "vide": {}, "rien": null },
    { "numLigne": 2, "nom": "é😀", "liste": [1, 2, 3] }
  ]
}
"""


def at(needle, text=TEXT, nth=1):
    return Mark(*place_of(text, needle, nth))


def after(*edits, text=TEXT):
    return mended(text.encode(), edits).decode()


def test_no_edit_no_change():
    assert after() == TEXT


@pytest.mark.parametrize(
    ("edit", "before", "now"),
    [
        (Edit(at('"abc123"'), Action.REPLACE, '"x"'), '"abc123"', '"x"'),
        (Edit(at('"é😀"'), Action.REPLACE, "null"), '"é😀"', "null"),
        (Edit(at("[1, 2"), Action.REPLACE, "[]"), "[1, 2, 3]", "[]"),
        (Edit(at('"nom"'), Action.RENAME, 'n"om'), '"nom"', '"n\\"om"'),
        (Edit(at('"nom"'), Action.REMOVE), ' "nom": "é😀",', ""),
        (Edit(at('"é😀"'), Action.REMOVE), ' "nom": "é😀",', ""),
        (Edit(at('"numLigne"'), Action.REMOVE), '"numLigne": 1, ', ""),
        (Edit(at('"rien"'), Action.REMOVE), ', "rien": null', ""),
        (Edit(at('{ "numLigne": 1'), Action.REMOVE), '{ "numLigne": 1, "vide": {}, "rien": null },\n    ', ""),
        (Edit(at('{ "numLigne": 2'), Action.ADD, "7", ("neuf",)), "3] }", '3], "neuf": 7 }'),
        (Edit(at("{}"), Action.ADD, "7", ("neuf",)), "{}", '{"neuf": 7}'),
        (Edit(at("null"), Action.ADD, "7", ("a", "b")), "null", '{"a": {"b": 7}}'),
        (Edit(at("[1, 2"), Action.APPEND, "4"), "3]", "3, 4]"),
        (Edit(at("null"), Action.APPEND, "4"), "null", "[4]"),
    ],
)
def test_one_place_changes_and_nothing_else(edit, before, now):
    assert TEXT.count(before) == 1
    assert after(edit) == TEXT.replace(before, now)


def test_tags_added_together_are_written_together():
    nothing, second = at("null"), at('{ "numLigne": 2')
    found = after(
        Edit(nothing, Action.ADD, "1", ("a", "b")),
        Edit(second, Action.ADD, "3", ("y",)),
        Edit(nothing, Action.ADD, "2", ("a", "c")),
        Edit(second, Action.ADD, "4", ("z",)),
    )
    assert '"rien": {"a": {"b": 1, "c": 2}} }' in found
    assert '"liste": [1, 2, 3], "y": 3, "z": 4 }' in found


def test_neighbours_are_removed_together_with_their_commas():
    elements = [Edit(at(said), Action.REMOVE) for said in ("1, 2", "2, 3", "3]")]
    for count in (1, 2, 3):
        for chosen in itertools.permutations(elements, count):
            kept = json.loads(after(*chosen))["lignesImport"][1]["liste"]
            assert kept == [n for n, edit in zip((1, 2, 3), elements, strict=True) if edit not in chosen]


def test_what_is_removed_takes_what_was_asked_inside_it():
    line = Edit(at('{ "numLigne": 2'), Action.REMOVE)
    inside = [Edit(at('"é😀"'), Action.REPLACE, "1"), Edit(at('"liste"'), Action.REMOVE)]
    assert after(line, *inside) == after(line)


def test_a_tag_met_twice_is_mended_where_it_stands():
    text = '{"a": 1, "a": 2}'
    assert after(Edit(Mark(1, 10), Action.REMOVE), text=text) == '{"a": 1}'
    assert after(Edit(Mark(1, 2), Action.REMOVE), text=text) == '{"a": 2}'
    assert after(Edit(Mark(1, 10), Action.RENAME, "b"), text=text) == '{"a": 1, "b": 2}'


def test_the_bom_and_the_ends_of_lines_stay():
    text = TEXT.replace("\n", "\r\n")
    content = b"\xef\xbb\xbf" + text.encode()
    edit = Edit(Mark(2, 16), Action.REPLACE, '"beaucoup plus long"')
    assert mended(content, [edit]) == content.replace(b'"abc123"', b'"beaucoup plus long"')


@pytest.mark.parametrize(
    ("text", "place", "said", "now"),
    [
        ('{\n "a": 1\n "b": 2\n}', Mark(3, 2), ' "a": 1,\n "b": 2', '{\n "a": 1,\n "b": 2\n}'),
        ('{\r\n "a": 1\r\n "b": 2\r\n}', Mark(3, 2), ' "a": 1,\r\n "b": 2', '{\r\n "a": 1,\r\n "b": 2\r\n}'),
        ("{'a': 1}", Mark(1, 2), '{"a": 1}', '{"a": 1}'),
        ('{"a": 1', Mark(1, 8), '{"a": 1}', '{"a": 1}'),
    ],
)
def test_the_text_of_a_line_is_mended_where_it_is_no_json(text, place, said, now):
    assert after(Edit(place, Action.SOURCE, said), text=text) == now


def test_what_is_typed_again_takes_what_was_asked_inside_it():
    typed = Edit(at('"vide"'), Action.SOURCE, '  "lignesImport": [\n    { "numLigne": 7 },')
    assert after(typed, Edit(at("null"), Action.REPLACE, "1")) == after(typed)


def test_the_text_shown_of_a_very_long_line_is_bounded():
    text = '{"a": ' + "1" * 10_000 + "x"
    start, end = excerpt(text, Mark(1, 9_000))
    assert end - start <= 400
    assert start < 9_000 < end


@pytest.mark.parametrize(
    "edit",
    [
        Edit(Mark(99, 1), Action.REPLACE, "1"),
        Edit(Mark(2, 999), Action.REPLACE, "1"),
        Edit(Mark(0, 1), Action.SOURCE, "1"),
        Edit(Mark(2, 3), Action.REPLACE, "1"),
        Edit(Mark(2, 16), Action.RENAME, "x"),
        Edit(Mark(2, 5), Action.REMOVE),
    ],
)
def test_a_place_that_is_not_in_the_file_is_refused_in_french(edit):
    with pytest.raises(RuleBroken, match="L'endroit à corriger n'existe plus : ligne"):
        after(edit)


def test_edits_that_disagree_are_refused():
    place = at('"abc123"')
    one, other = Edit(place, Action.REPLACE, "1"), Edit(place, Action.REPLACE, "2")
    assert after(one, one) == after(one)
    for edits in (
        (one, other),
        (Edit(at("[1, 2"), Action.REPLACE, "[]"), Edit(at("2, 3"), Action.REPLACE, "5")),
        (Edit(at("null"), Action.ADD, "1", ("a",)), Edit(at("null"), Action.ADD, "2", ("a",))),
        (Edit(at("null"), Action.ADD, "1", ("a",)), Edit(at("null"), Action.ADD, "2", ("a", "b"))),
        (Edit(at("null"), Action.ADD, "1", ("a",)), Edit(at("null"), Action.APPEND, "2")),
    ):
        with pytest.raises(RuleBroken, match="se contredisent"):
            after(*edits)
    with pytest.raises(RuleBroken, match="UTF-8"):
        mended(b'{"a": "\xff"}', [one])


SAMPLE_TEXT = SAMPLE.read_text()
LEAVES = [span for span in Spans(SAMPLE_TEXT).by_start.values() if not span.members and span.parent]


def mark_of(span):
    return Mark(SAMPLE_TEXT.count("\n", 0, span.start) + 1, span.start - SAMPLE_TEXT.rfind("\n", 0, span.start))


@given(st.lists(st.tuples(st.sampled_from(LEAVES), st.text()), max_size=30, unique_by=lambda one: one[0].start))
@settings(max_examples=60, deadline=None, database=None)
def test_any_values_become_any_texts_and_every_other_byte_stays(chosen):
    said = {span.start: json.dumps(value) for span, value in chosen}
    edits = [Edit(mark_of(span), Action.REPLACE, said[span.start]) for span, _ in chosen]
    expected, last = "", 0
    for span in sorted((span for span, _ in chosen), key=lambda one: one.start):
        expected += SAMPLE_TEXT[last : span.start] + said[span.start]
        last = span.end
    found = mended(SAMPLE.read_bytes(), edits)
    assert found == (expected + SAMPLE_TEXT[last:]).encode()
    random.Random(len(edits)).shuffle(edits)
    assert mended(SAMPLE.read_bytes(), edits) == found


@given(st.data())
@settings(max_examples=60, deadline=None, database=None)
def test_any_removals_and_additions_make_the_same_data_as_on_the_data_itself(data):
    values = st.recursive(
        st.none() | st.integers(0, 9),
        lambda below: st.lists(below, max_size=4) | st.dictionaries(st.sampled_from("abcd"), below),
        max_leaves=12,
    )
    said = data.draw(st.dictionaries(st.sampled_from("xyz"), values, min_size=1))
    text = json.dumps(said, indent=data.draw(st.sampled_from([None, 1])))
    spans = [span for span in Spans(text).by_start.values() if span.parent]
    gone = data.draw(st.lists(st.sampled_from(spans), unique_by=id))
    hosts = [span for span in Spans(text).by_start.values() if text[span.start] == "{"]
    more = data.draw(st.lists(st.sampled_from(hosts), unique_by=id))

    def mark(span):
        return Mark(text.count("\n", 0, span.start) + 1, span.start - text.rfind("\n", 0, span.start))

    edits = [Edit(mark(span), Action.REMOVE) for span in gone]
    edits += [Edit(mark(span), Action.ADD, "true", ("neuf",)) for span in more]
    paths, hosted = {span.path for span in gone}, {span.path for span in more}

    def pruned(value, path=()):
        if isinstance(value, dict):
            kept = {key: pruned(below, (*path, key)) for key, below in value.items() if (*path, key) not in paths}
            return kept | ({"neuf": True} if path in hosted else {})
        if isinstance(value, list):
            return [pruned(below, (*path, rank)) for rank, below in enumerate(value) if (*path, rank) not in paths]
        return value

    assert json.loads(mended(text.encode(), edits)) == pruned(said)
