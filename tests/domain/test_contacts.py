"""Which phone numbers are taken, which are refused, and does the refusal say why?"""

import pytest

from app.domain.contacts import phone_fault


@pytest.mark.parametrize(
    "value",
    [
        "0633221166",
        "03 26 21 21 21",
        "06.33.22.11.66",
        "+33633221166",
        "+33 (0)6 33 22 11 66",
        "0033 6 33 22 11 66",
        "+590 590 12 34 56",
        "+1 212 555 0100",
    ],
)
def test_a_number_that_may_exist(value):
    assert phone_fault(value) is None


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("633221166", "dont le 0 de tête"),  # what a spreadsheet leaves of 0633221166
        ("33633221166", "10 chiffres"),
        ("06332211660", "10 chiffres"),
        ("12", "10 chiffres"),
        ("", "s'écrit en chiffres"),
        ("0000000000", "du pays indiqué"),
        ("+336332211665", "du pays indiqué"),
        ("06 33 22 AB 66", "s'écrit en chiffres"),
        ("٠٦٣٣٢٢١١٦٦", "s'écrit en chiffres"),
    ],
)
def test_a_wrong_number_says_why(value, why):
    assert why in phone_fault(value)
