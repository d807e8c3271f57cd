"""Which patterns may a document ask values to follow? Those the engine reads, and that cost little anywhere."""

import pytest

from app.corridors import patterns


@pytest.mark.parametrize(
    "pattern", ["[A-Z]{2,5}_[0-9]{1,3}", r"\p{L}+", "(a|b)+", "((ab+))?", "[]+]x+", r"\(+\)+", "(?:a+){1}", "(?P<n>a)b"]
)
def test_a_cheap_pattern_is_accepted(pattern):
    assert patterns.fault(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    ["(a*)*b", "(?:a{1,3}){2}", "((a+)b)*", "([^]]+){2,}", "a{2000}", r"(a)\1", "(?i)a", "a)(b", "a{", "x" * 201],
)
def test_a_pattern_that_is_dangerous_or_no_pattern_is_refused(pattern):
    assert patterns.fault(pattern)
