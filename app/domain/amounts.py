"""Money rules common to all corridors. Decimal euros in, Decimal euros out, one rounding function.

Sources: guide « Les écrans du portail », § 5.2 (the four amounts and their descriptions). The order — least of declared
and ceiling, then VAT, then the share — is inferred from its example: 1074,99 / 1074,99 / 1074,99 / 322,50.
Each displayed amount is rounded to the cent, half up, before the next is computed from it.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from app.domain.vat import VatRegime

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def to_cent(value: Decimal) -> Decimal:
    """Rounded half up to the cent: 322,497 → 322,50."""
    return value.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Engagement:
    """What the State engages on a dossier, step by step, in euros. `ceiling_ht` None: the corridor has no ceiling."""

    declared_ht: Decimal
    ceiling_ht: Decimal | None
    retained_ht: Decimal
    vat: VatRegime
    retained: Decimal


def engage(declared_ht: Decimal, ceiling_ht: Decimal | None, vat: VatRegime) -> Engagement:
    """The least of what is declared and the ceiling, then VAT."""
    retained_ht = to_cent(declared_ht if ceiling_ht is None else min(declared_ht, ceiling_ht))
    return Engagement(declared_ht, ceiling_ht, retained_ht, vat, with_vat(retained_ht, vat))


def with_vat(amount_ht: Decimal, vat: VatRegime) -> Decimal:
    """An HT amount under the supplier's regime: unchanged for HT, else with its rate."""
    return to_cent(amount_ht * (1 + vat.rate))


def share(engaged: Decimal, rate: Decimal) -> Decimal:
    """The avance: `rate` (a fraction, 0.30 for 30 %) of the engagement with VAT."""
    return to_cent(engaged * rate)


@dataclass(frozen=True, slots=True)
class Balance:
    """The solde to pay, and what was paid too much in avance (to be recovered)."""

    amount: Decimal
    excess: Decimal


def balance(engaged: Decimal, avance_paid: Decimal) -> Balance:
    """Solde = engagement − avance paid; never below zero, the excess is flagged for recovery."""
    rest = to_cent(engaged - avance_paid)
    return Balance(max(rest, ZERO), max(-rest, ZERO))
