"""What is read in a form drawn from a corridor's document, and what is refused, field by field?"""

import pytest

from app.corridors.spec import Exclusive, FieldSpec
from app.domain.enums import Phase
from app.exchange import form_answers
from app.exchange.form_answers import Read
from tests.shipped import SPECS

MSS, SAS = SPECS["MSS"], SPECS["SAS"]
TEN = dict.fromkeys((one.path for one in MSS.fields), "10")


def field(kind, **more):
    return FieldSpec(path="a", label="A", kind=kind, **more)


def test_six_mailbox_counts_are_kept_as_a_line_with_its_counts():
    found = form_answers.read(MSS, Phase.AVANCE, TEN)
    assert found.faults == {}
    numbers = dict.fromkeys(TEN, 10)
    assert found.declared == numbers | {"counts": numbers}


@pytest.mark.parametrize(
    "typed",
    [
        "-1",
        "+1",
        "1.5",
        "1,5",
        "1e3",
        "0x10",
        "١٢",
        "１２",
        "²",
        "dix",
        "1 000",
        "1000001",
        "9" * 400,
        "1\x0012",
        "<b>",
    ],
)
def test_what_is_no_count_is_refused_at_its_field_alone(typed):
    found = form_answers.read(MSS, Phase.AVANCE, TEN | {"personnelle": typed})
    assert set(found.faults) == {"personnelle"}


@pytest.mark.parametrize("typed", ["", "   "])
def test_every_count_left_empty_is_named(typed):
    found = form_answers.read(MSS, Phase.AVANCE, dict.fromkeys(TEN, typed))
    assert found.faults == dict.fromkeys(TEN, "Ce champ est obligatoire.")


@pytest.mark.parametrize(("typed", "value"), [("0", 0), (" 12 ", 12), ("007", 7), ("1000000", 1_000_000)])
def test_a_count_is_a_whole_number(typed, value):
    assert form_answers.read_one(field("integer"), typed) == Read(value)


@pytest.mark.parametrize(
    ("one", "typed", "value"),
    [
        (field("text"), "  e\u0301té ", "été"),
        (field("text"), "a\r\nb", "a\nb"),
        (field("code", values=("x", "y")), "y", "y"),
        (field("boolean"), "true", True),
        (field("boolean"), "false", False),
        (field("amount"), "1 074,9", "1074.90"),
        (field("date"), "2026-11-23", "23/11/2026"),
        (field("date"), "23/11/2026", "23/11/2026"),
        (field("email"), "a@exemple.fr", "a@exemple.fr"),
        (field("phone"), "03 26 21 21 21", "03 26 21 21 21"),
        (field("siret"), "26010003700068", "26010003700068"),
    ],
)
def test_each_kind_of_answer_is_kept_as_a_file_would_say_it(one, typed, value):
    assert form_answers.read_one(one, typed) == Read(value)


@pytest.mark.parametrize(
    ("one", "typed"),
    [
        (field("text", max_length=3), "abcd"),
        (field("text", pattern="[A-Z]{2}"), "ab"),
        (field("text"), "a\u202eb"),
        (field("code", values=("x", "y")), "z"),
        (field("boolean"), "peut-être"),
        (field("amount"), "-3"),
        (field("amount"), "0"),
        (field("amount"), "1,234"),
        (field("date"), "31/02/2026"),
        (field("date"), "٠١/٠١/٢٠٢٦"),
        (field("email"), "a@"),
        (field("phone"), "12"),
        (field("rpps"), "123"),
        (field("siret"), "26010003700069"),
    ],
)
def test_each_kind_of_answer_has_its_refusals(one, typed):
    found = form_answers.read_one(one, typed)
    assert found.value is None
    assert found.fault


def test_conditions_and_exclusive_answers_are_asked_as_in_a_file():
    condition = {"path": "b", "equals": True}
    asked = (
        field("text", required_if=condition),
        FieldSpec(path="b", label="B", kind="boolean"),
        FieldSpec(path="c.d", label="D", kind="boolean"),
    )
    spec = SAS.model_copy(update={"fields": asked, "exclusive": (Exclusive(paths=("b", "c.d")),)})
    found = form_answers.read(spec, Phase.AVANCE, {"b": "true", "c.d": "true"})
    assert set(found.faults) == {"a", "b"}
    assert form_answers.read(spec, Phase.AVANCE, {"b": "false", "c.d": "true"}).declared == {
        "b": False,
        "c": {"d": True},
    }
