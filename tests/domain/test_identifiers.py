"""Which identifiers are taken, which are refused, and does the refusal say why?"""

import pytest

from app.domain import identifiers as ids


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("siret", "38042372300028"),
        ("siret", "35600000000048"),  # La Poste: its establishments have their own rule
        ("rpps", "10005173140"),
        ("rpps", "10005173141"),  # a wrong key is only a warning
        ("pmsi", "120780291"),
        ("finess", "2A0000014"),
        ("ans", "mlp525off1"),
    ],
)
def test_a_right_number(kind, value):
    assert ids.FAULTS[kind](value) is None


@pytest.mark.parametrize(
    ("kind", "value", "why"),
    [
        ("siret", "3804237230002", "14 chiffres"),
        ("siret", "38042372300029", "clé"),
        ("siret", "３８０４２３７２３０００２８", "14 chiffres"),
        ("rpps", "1000517314", "11 chiffres"),
        ("rpps", "1000517314A", "11 chiffres"),
        ("am", "12345678", "9 chiffres"),
        ("am", "123456789", "clé"),
        ("pmsi", "12078029", "9 caractères"),
        ("pmsi", "120780292", "clé"),
        ("ans", "abc", "6 à 20"),
        ("ans", "mlp 525", "6 à 20"),
        ("siret", "", "14 chiffres"),
    ],
)
def test_a_wrong_number_says_why(kind, value, why):
    assert why in ids.FAULTS[kind](value)


def test_an_unusual_rpps_key_is_a_warning():
    assert ids.rpps_warning("10005173140") is None
    assert "inhabituelle" in ids.rpps_warning("10005173141")


def test_each_kind_has_its_label():
    assert ids.LABELS.keys() == ids.FAULTS.keys()
