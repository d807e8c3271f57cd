"""What is leapt over by one match is what would have been read token by token: the same faults, at the same places."""

import contextlib
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import limits
from app.exchange import scanner
from app.exchange.scanner import Scan, Scanner, Unreadable
from tests.exchange.test_any_bytes import SCRAPS, VALUES
from tests.json_files import SAMPLE


def step_by_step(text):
    found = Scan(text)
    with contextlib.suppress(Unreadable):
        Scanner(found).run()
    return found.faults


def check(text):
    assert scanner.scan(text).faults == step_by_step(text)


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
@settings(max_examples=200, deadline=None, database=None, derandomize=True)
def test_any_json(value, ascii_only, indent):
    check(json.dumps(value, ensure_ascii=ascii_only, indent=indent))


@pytest.mark.parametrize("seed", range(10))
def test_damaged_texts(seed):
    chance = random.Random(seed)
    sample = SAMPLE.read_bytes()[:3000]
    for _ in range(20):
        content = bytearray(sample)
        for _ in range(chance.randint(1, 4)):
            start = chance.randrange(len(content))
            content[start : start + chance.choice([0, 1, 5, 200])] = chance.choice(SCRAPS)
        check(bytes(content).decode(errors="replace"))


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "b": 2, "a": 3, "c": "\\u0000", "c": 4, "d": NaN}',
        "[1, -0, 0.5, 1e5, 01]",
        "[1, 2, ]",
        '{"a": 1, }',
        '{"a": 1 "b": 2}',
        "[[], {}, [ ], {\n}, [1], {]",
        "[" * limits.JSON_DEPTH + "1, [], 2",
        "[" * (limits.JSON_DEPTH - 1) + "1, [], {}, [[]]",
        '{"a": [1, 2, {"b": null, "b": [true, NaN]}], "a": "é"}',
        "[" + "9" * 41 + ", 1." + "9" * 41 + ", 1e9999, truex, 1]",
    ],
)
def test_what_ends_a_leap(text):
    check(text)


@pytest.mark.parametrize("odd", ['"a": NaN, "a": "\\ud800"', '"a": {}, "\\u0000": [1]', '"a": [NaN, "\\u0000", [], 1]'])
def test_beyond_what_a_report_shows(monkeypatch, odd):
    monkeypatch.setattr(limits, "JSON_FINDINGS", 10)
    monkeypatch.setattr(limits, "JSON_VALUES", 300)
    for end in ("", ", x", ", " + ", ".join([odd] * 300)):
        check("[" + ", ".join(["{" + odd + "}"] * 30) + end + "]")
        check("{" + ", ".join([odd] * 30) + end + "}")
