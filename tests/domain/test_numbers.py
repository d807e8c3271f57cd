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
    first, beyond = numbers.range_of("MS1")
    known = sorted(numbers.dossier(code, rank) for code in ("MDV", "MS1", "MS2", "MSS") for rank in (0, 7, 10**7 - 1))
    assert [one for one in known if first <= one < beyond] == [one for one in known if one.startswith("FINMS1")]
