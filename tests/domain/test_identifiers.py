"""Which identifiers are taken, which are refused, and does the refusal say why?"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import identifiers as ids


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        # those of the guides, measured
        *(
            ("siret", value)
            for value in [
                "26010003700068",
                "32735516000422",
                "47992882200069",
                "79256844600019",
                "39177919600040",
                "81120705900015",
            ]
        ),
        *(("pmsi", value) for value in ("120780291", "120780481", "020018552")),
        *(("ans", value) for value in ("mlp525off1", "bnd52qq600", "cpiMS10004", "0215jug63a", "aafy63256")),
        ("siret", "38042372300028"),
        ("siret", "35600000000048"),  # La Poste: the head office has the common key
        ("siret", "35600000009075"),  # La Poste: an establishment, whose digits add up to a multiple of five
        ("rpps", "10005173140"),
        # official numbers of test, whose key is wrong: only a warning
        ("rpps", "10003461033"),
        ("rpps", "10101201234"),
        ("am", "120780291"),
        ("finess", "2A0000014"),  # Corsica: the key with a letter is unverified, so it is skipped
        ("finess", "2B0000019"),
    ],
)
def test_a_right_number(kind, value):
    assert ids.FAULTS[kind](value) is None


@pytest.mark.parametrize(
    ("kind", "value", "why"),
    [
        ("siret", "3804237230002", "14 chiffres"),
        ("siret", "38042372300029", "clé"),
        ("siret", "35600000009076", "clé"),  # La Poste: neither key
        ("siret", "35600000000049", "clé"),
        *((kind, "0" * length, "zéros") for kind, length in (("siret", 14), ("rpps", 11), ("am", 9), ("finess", 9))),
        ("siret", "３８０４２３７２３０００２８", "14 chiffres"),
        ("rpps", "1000517314", "11 chiffres"),
        ("rpps", "1000517314A", "11 chiffres"),
        ("am", "12345678", "9 chiffres"),
        ("am", "123456789", "clé"),
        ("am", "12078029A", "9 chiffres"),
        ("pmsi", "12078029", "9 caractères"),
        ("finess", "2C0000014", "9 caractères"),
        ("finess", "1A0000014", "9 caractères"),
        ("finess", "2a0000014", "9 caractères"),
        ("finess", "020018553", "clé"),
        ("pmsi", "120780292", "clé"),
        ("ans", "abc", "6 à 20"),
        ("ans", "mlp 525", "6 à 20"),
        ("siret", "", "14 chiffres"),
    ],
)
def test_a_wrong_number_says_why(kind, value, why):
    assert why in ids.FAULTS[kind](value)


@given(st.from_regex(ids.USUAL_RPPS, fullmatch=True) | st.text("0123456789", min_size=10, max_size=12))
def test_what_looks_like_a_rpps_at_first_sight_is_one(value):
    if re.fullmatch(ids.USUAL_RPPS, value):
        assert ids.rpps_fault(value) is None


def test_an_unusual_rpps_key_is_a_warning():
    assert ids.rpps_warning("10005173140") is None
    assert "inhabituelle" in ids.rpps_warning("10005173141")


def test_the_key_of_an_rpps_blocks_where_a_document_says_so():
    assert ids.strict_rpps_fault("10005173140") is None
    assert "clé" in ids.strict_rpps_fault("10003461033")
    assert "11 chiffres" in ids.strict_rpps_fault("1000346103")


def test_each_kind_has_its_label():
    assert ids.LABELS.keys() == ids.FAULTS.keys()
