"""Do the four regimes of the enrolment say what files and pages expect?"""

from decimal import Decimal as D

import pytest

from app.domain.vat import VatRegime as V


@pytest.mark.parametrize(
    ("vat", "label", "rate", "in_file", "regime", "shown_rate"),
    [
        (V.HT, "HT", "0", "HT", "Hors taxe", "0%"),
        (V.TTC_0, "TTC - 0%", "0", "TTC", "TTC", "0%"),
        (V.TTC_8_5, "TTC - 8.5%", "0.085", "TTC", "TTC", "8,5%"),
        (V.TTC_20, "TTC - 20%", "0.20", "TTC", "TTC", "20%"),
    ],
)
def test_a_regime(vat, label, rate, in_file, regime, shown_rate):
    assert (vat.label, vat.rate, vat.json_code) == (label, D(rate), in_file)
    assert (vat.regime_label, vat.rate_label) == (regime, shown_rate)
