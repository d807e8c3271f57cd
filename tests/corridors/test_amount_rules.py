"""Does each rule of the vocabulary give its ceiling, and refuse what it cannot mean?"""

from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.corridors.amount_rules import AmountRule, Basis, UnknownIdentifier
from app.domain.amounts import with_vat
from app.domain.vat import VatRegime
from tests.shipped import SPECS

OPERATOR = {
    "rule": "linear",
    "units": {"app": D("58.33"), "org": D("20.83"), "perso": D("5.00")},
    "constant": D("6666.67"),
    "cap": D("250000"),
}
BRACKETS = {
    "rule": "brackets",
    "count": "n",
    "brackets": [{"at_least": 0, "amount": D(100)}, {"at_least": 10, "amount": D(250)}],
}


def rule(**said):
    return TypeAdapter(AmountRule).validate_python(said)


def people(count: int) -> Basis:
    return Basis(identifiers=tuple(str(rank) for rank in range(count)))


def test_fixed_is_the_same_for_all():
    assert rule(rule="fixed", amount=D(100000)).ceiling(people(7)) == D(100000)


def test_per_beneficiary_multiplies():
    assert rule(rule="per_beneficiary", unit=D("358.33")).ceiling(people(3)) == D("1074.99")


@pytest.mark.parametrize(("count", "ceiling"), [(0, 100), (9, 100), (10, 250), (1000, 250)])
def test_brackets_start_included(count, ceiling):
    assert rule(**BRACKETS).ceiling(Basis(counts={"n": count})) == ceiling


@pytest.mark.parametrize("starts", [[5], [0, 10, 10], [0, 10, 5]])
def test_brackets_begin_at_zero_and_grow(starts):
    with pytest.raises(ValidationError):
        rule(rule="brackets", count="n", brackets=[{"at_least": start, "amount": D(1)} for start in starts])


def test_linear_gives_the_operators_total():
    """10 / 10 / 10 mailboxes: 7 508,27 HT, 9 009,92 at 20 %."""
    ceiling = rule(**OPERATOR).ceiling(Basis(counts={"app": 10, "org": 10, "perso": 10}))
    assert ceiling == D("7508.27")
    assert with_vat(ceiling, VatRegime.TTC_20) == D("9009.92")


def test_linear_is_capped():
    assert rule(**OPERATOR).ceiling(Basis(counts={"app": 10_000, "org": 0, "perso": 0})) == D("250000")


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_linear_never_passes_its_cap_nor_falls_under_its_constant(app, org, perso):
    found = rule(**OPERATOR).ceiling(Basis(counts={"app": app, "org": org, "perso": perso}))
    assert D("6666.67") <= found <= D("250000")


def test_table_sums_over_establishments_of_the_software_type():
    table = rule(rule="table", ceilings={"A": {"1": D("10.50"), "2": D("20.00")}})
    assert table.ceiling(Basis("A", ("1", "2"))) == D("30.50")
    with pytest.raises(UnknownIdentifier):
        table.ceiling(Basis("A", ("3",)))
    with pytest.raises(UnknownIdentifier):
        table.ceiling(Basis("B", ("1",)))


def test_declared_has_no_ceiling():
    assert rule(rule="declared").ceiling(people(3)) is None


@pytest.mark.parametrize(
    "said",
    [{"rule": "formula", "text": "1+1"}, {"rule": "fixed", "amount": D("-1")}, {"rule": "fixed", "amount": D("1.001")},
     {"rule": "fixed", "amount": D(1), "more": 2}, {"rule": "declared", "eval": "x"}],
)  # fmt: skip
def test_what_is_not_in_the_vocabulary_is_refused(said):
    with pytest.raises(ValidationError):
        rule(**said)


def test_the_shipped_rules():
    assert SPECS["MDV"].amount.ceiling(people(3)) == D("1074.99")
    assert SPECS["HOP"].amount.ceiling(Basis("DPI", ("120780291", "120780481"))) == D("60650.00")
    assert SPECS["SAS"].amount.ceiling(Basis()) == D("100000")
    counts = {"applicative": 10, "organisationnelle": 10, "personnelle": 10}
    assert SPECS["MSS"].amount.ceiling(Basis(counts=counts)) == D("7508.27")
