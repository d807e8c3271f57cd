"""The line a fault of syntax is at, shown with a caret."""

import pytest

from app.domain.errors import RuleBroken
from app.exchange.faults import Mark
from app.exchange.snippets import around


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_caret_stands_under_the_column(end):
    text = end.join(["{", '  "a": 1', '  "b": 2', "}"])
    assert around(text, Mark(3, 3)).split("\n") == ['2 |   "a": 1', '3 |   "b": 2', "  |   ^ colonne 3"]


def test_the_first_line_has_none_before():
    assert around("{'a': 1}", Mark(1, 2)).split("\n") == ["1 | {'a': 1}", "  |  ^ colonne 2"]


def test_a_very_long_line_is_cut_around_the_place():
    first, caret = around("x" * 5_000 + "!" + "y" * 5_000, Mark(1, 5_001)).split("\n")
    assert len(first) < 140
    assert first[caret.index("^")] == "!"


def test_the_end_of_the_file_has_its_place():
    assert around('{"a": 1', Mark(1, 8)).endswith("^ colonne 8")


def test_a_place_that_is_not_there_is_refused():
    with pytest.raises(RuleBroken):
        around("{}", Mark(4, 1))
