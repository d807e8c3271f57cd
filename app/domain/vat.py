"""VAT regimes: the list of the enrolment, step « Taux de TVA » (guide « Opérateur MSS »).

The file of a supplier writes only `HT` or `TTC`; the rate is the one of his enrolment.
"""

from decimal import Decimal

from app.domain.labelled import Labelled


class VatRegime(Labelled):
    """« HT » is shown « Hors taxe », 0 % (guide « Les écrans du portail », § 5.2); it differs from « TTC - 0% »."""

    HT = "ht", "HT"
    TTC_0 = "ttc_0", "TTC - 0%"
    TTC_8_5 = "ttc_8_5", "TTC - 8.5%"
    TTC_20 = "ttc_20", "TTC - 20%"

    @property
    def rate(self) -> Decimal:
        """The part of the price added, as a fraction: 0.20 for 20 %."""
        return _RATES[self]

    @property
    def json_code(self) -> str:
        """What `commande.regimeTVA` must say in a file."""
        return "HT" if self is VatRegime.HT else "TTC"

    @property
    def regime_label(self) -> str:
        """As on the detail page: « Hors taxe » or « TTC »."""
        return "Hors taxe" if self is VatRegime.HT else "TTC"

    @property
    def rate_label(self) -> str:
        """As on the detail page: « 0% », « 8,5% », « 20% »."""
        return f"{(self.rate * 100).normalize():f}%".replace(".", ",")


_RATES = {
    VatRegime.HT: Decimal("0"),
    VatRegime.TTC_0: Decimal("0"),
    VatRegime.TTC_8_5: Decimal("0.085"),
    VatRegime.TTC_20: Decimal("0.20"),
}
