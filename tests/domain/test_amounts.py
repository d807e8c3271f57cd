"""Is every amount the cent the guides and the texts give?"""

from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import amounts
from app.domain.amounts import balance, engage, share, to_cent, with_vat
from app.domain.vat import VatRegime as V

EUROS = st.decimals(min_value=0, max_value=10_000_000, places=2)


def test_the_guides_example():
    found = engage(D("1074.99"), D("1074.99"), V.HT)
    assert (found.declared_ht, found.retained_ht, found.retained) == (D("1074.99"),) * 3
    assert share(found.retained, D("0.30")) == D("322.50")


@pytest.mark.parametrize(
    ("engaged", "rate", "avance"),
    [
        ("1074.99", "0.30", "322.50"),
        ("1000.15", "0.30", "300.05"),
        ("2000.05", "0.30", "600.02"),
        ("0.01", "0.30", "0.00"),
    ],
)
def test_an_avance_is_rounded_half_up(engaged, rate, avance):
    assert share(D(engaged), D(rate)) == D(avance)


def test_vat_is_rounded_before_the_share():
    """1000,04 at 20 % is 1200,048: 1200,05 is shown, and 30 % of what is shown is 360,02."""
    retained = engage(D("1000.04"), None, V.TTC_20).retained
    assert retained == D("1200.05")
    assert share(retained, D("0.30")) == D("360.02")


@pytest.mark.parametrize(
    ("vat", "avance", "solde"),
    [(V.HT, "30000.00", "70000.00"), (V.TTC_0, "30000.00", "70000.00"), (V.TTC_8_5, "32550.00", "75950.00"),
     (V.TTC_20, "36000.00", "84000.00")],
)  # fmt: skip
def test_fixed_instalments_take_the_suppliers_vat(vat, avance, solde):
    assert (with_vat(D("30000"), vat), with_vat(D("70000"), vat)) == (D(avance), D(solde))


@pytest.mark.parametrize(("vat", "shown"), [(V.HT, "6666.67"), (V.TTC_8_5, "7233.34"), (V.TTC_20, "8000.00")])
def test_the_operators_avance_under_each_regime(vat, shown):
    assert with_vat(D("6666.67"), vat) == D(shown)


def test_the_least_of_declared_and_ceiling_is_retained():
    assert engage(D("900.00"), D("1074.99"), V.HT).retained_ht == D("900.00")
    assert engage(D("1200.00"), D("1074.99"), V.HT).retained_ht == D("1074.99")
    assert engage(D("1200.00"), None, V.HT).retained_ht == D("1200.00")


@pytest.mark.parametrize(
    ("engaged", "paid", "amount", "excess"),
    [
        ("1074.99", "322.50", "752.49", "0.00"),
        ("300.00", "322.50", "0.00", "22.50"),
        ("322.50", "322.50", "0.00", "0.00"),
    ],
)
def test_a_solde_is_the_rest_and_an_excess_is_flagged(engaged, paid, amount, excess):
    assert balance(D(engaged), D(paid)) == amounts.Balance(D(amount), D(excess))


@settings(max_examples=100, deadline=None)
@given(EUROS, EUROS, st.sampled_from(V))
def test_avance_and_solde_sum_to_the_engagement(declared, ceiling, vat):
    engaged = engage(declared, ceiling, vat).retained
    avance = share(engaged, D("0.30"))
    rest = balance(engaged, avance)
    assert avance + rest.amount == engaged
    assert rest.excess == 0


@settings(max_examples=100, deadline=None)
@given(EUROS, EUROS, st.sampled_from(V))
def test_every_amount_is_whole_cents_and_within_the_ceiling(declared, ceiling, vat):
    found = engage(declared, ceiling, vat)
    assert found.retained_ht <= min(declared, ceiling)
    assert all(value == to_cent(value) for value in (found.retained_ht, found.retained))
