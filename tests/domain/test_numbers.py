"""Are numbers written as the guides show them, and read back whatever the case?"""

import pytest

from app.domain import numbers
from app.domain.enums import Phase


def test_the_guides_numbers():
    assert numbers.dossier("MDV", 5046) == "FINMDV005046"
    assert numbers.request("FINMS1010719", Phase.AVANCE) == "FINMS1010719M0"
    assert numbers.request("FINSAS008539", Phase.SOLDE) == "FINSAS008539M1"
    assert numbers.enrolment(11) == "ENR0011M0"
    assert numbers.decision(2026, 1) == "DEC-2026-0001"
    assert numbers.payment_order(2026, 12345) == "OP-2026-12345"


def test_a_rank_beyond_six_digits_keeps_them_all():
    assert numbers.dossier("MDV", 1234567) == "FINMDV1234567"


@pytest.mark.parametrize(
    ("typed", "dossier"),
    [
        ("FINMDV005046", "FINMDV005046"),
        (" finmdv005046m0 ", "FINMDV005046"),
        ("FINMS1010719M1", "FINMS1010719"),
        ("FINMDV005046M2", None),
        ("FINMDV", None),
        ("ENR0011M0", None),
        ("", None),
    ],
)
def test_the_dossier_of_what_was_typed(typed, dossier):
    assert numbers.dossier_of(typed) == dossier


def test_the_numbers_of_a_corridor_stand_together():
    assert between(*numbers.beginning_with("FINMS1")) == [one for one in KNOWN if one.startswith("FINMS1")]


TEXTS = (
    "FIN", "FINM", "INM", "NMS", "MS1", "S10", "MDV", "MDV0", "V00", "DV000007", "FINMDV000007M0", "FINMDV000007M",
    "7M0", "007M1", "719", "M1000", "FINFIN", "NFI", "FIN0", "1M0", "ZZZ", "0M2", "FINMDV0F", "MDV000007M00",
    "0719M0", "000",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_at_the_beginning_of_the_numbers_that_hold_it_or_may_stand_further(text):
    holding = [one for one in KNOWN if text in one]
    if numbers.stands_further(text):
        assert set(text) <= set("0123456789M")
        return
    beginnings = numbers.beginnings(text, CODES)
    assert sorted(one for start in beginnings for one in between(*numbers.beginning_with(start))) == holding


@pytest.mark.parametrize(("text", "further"), [("719", True), ("19M1", True), ("M10", False), ("1M01", False)])
def test_what_may_stand_beyond_the_corridor(text, further):
    assert numbers.stands_further(text) == further


CODES = ("MDV", "MS1", "MS2", "MSS", "FIN", "1M0")
KNOWN = sorted(
    numbers.request(numbers.dossier(code, rank), phase)
    for code in CODES
    for rank in (0, 7, 719, 100_000, 10**7 - 1)
    for phase in Phase
)


def between(first: str, beyond: str) -> list[str]:
    return [one for one in KNOWN if first <= one < beyond]
