"""Whatever bytes come, the reader answers: it never fails, and agrees with Python on what is JSON."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.enums import Phase
from app.domain.vat import VatRegime
from app.exchange import examination, reading, result
from app.exchange.envelope import Depositor
from app.exchange.line_rules import Circumstances
from app.exchange.result import Answer
from tests import shipped
from tests.exchange.test_examination import TODAY
from tests.json_files import ANS, SAMPLE, SIRET

MODEL = shipped.model_of_every_wave("MDV", Phase.AVANCE)
SCRAPS = [b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"NaN", b"-", b"0", b"1e9", b"null", b"\x00", b"\xc2\x85"]
SCRAPS += [b"\xff", b"\\u0000", b"\\ud800", b"\\u003a", b'"a":1,', b" ", b"\n", "é".encode(), b"true", b"'", b"//"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


def examine(content):
    found = reading.read(content)
    around = Circumstances(TODAY, VatRegime.HT, ["Général"])
    return examination.examine(found, Phase.AVANCE, MODEL, Depositor(SIRET, ANS), around)


def is_json(content):
    try:
        json.loads(content.decode("utf-8-sig"), parse_constant=lambda word: json.loads("refused"))
    except (ValueError, RecursionError):
        return False
    return True


def check(content):
    found = examine(content)
    of_file, of_lines = examination.findings(found)
    json.dumps(examination.as_rows(of_file + of_lines), ensure_ascii=False).encode()
    assert all(one.row > 0 and one.column > 0 and one.message and one.cure for one in of_file + of_lines)
    if not is_json(content):
        assert found.refused
    elif not found.reading.faults:
        assert json.loads(reading.write(found.reading.data)) == json.loads(content.decode("utf-8-sig"))


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_sample_is_refused_or_read(seed):
    chance = random.Random(seed)
    for _ in range(10):
        content = bytearray(SAMPLE.read_bytes())
        for _ in range(chance.randint(1, 3)):
            start = chance.randrange(len(content))
            content[start : start + chance.choice([0, 1, 5, 200])] = chance.choice(SCRAPS)
        check(bytes(content))


@given(st.binary(max_size=200))
@settings(max_examples=150, deadline=None, database=None)
def test_any_bytes_get_an_answer(content):
    check(content)


@given(VALUES)
@settings(max_examples=150, deadline=None, database=None)
def test_any_json_gets_an_answer(value):
    check(json.dumps(value).encode())
    check(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))


@given(st.lists(VALUES, min_size=1, max_size=5))
@settings(max_examples=60, deadline=None, database=None)
def test_any_line_gets_an_answer_and_a_result(lines):
    content = json.dumps({"siret": SIRET, "numeroAns": ANS, "lignesImport": lines}).encode()
    check(content)
    if not reading.read(content).faults:
        answers = [Answer(None, "0301", "refusée")] * len(lines)
        assert json.loads(result.write(content, 7, answers))["impId"] == 7


@given(st.sampled_from(sorted(MODEL.labels)), VALUES)
@settings(max_examples=120, deadline=None, database=None)
def test_any_value_at_any_place_gets_an_answer(path, value):
    data = json.loads(SAMPLE.read_bytes())
    holder, name = data["lignesImport"][3], path
    *above, name = path.replace("[]", ".0").split(".")
    for step in above:
        holder = holder[int(step)] if step.isdecimal() else holder.get(step) if isinstance(holder, dict) else None
        if not isinstance(holder, dict | list) or not holder:
            return
    holder[int(name) if name.isdecimal() else name] = value
    check(json.dumps(data).encode())
