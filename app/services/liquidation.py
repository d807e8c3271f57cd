"""How much a request is worth: the corridor's rule applied to what it declares, step by step.

Amounts in euros. `app.domain.amounts` holds the arithmetic, the corridor's document the figures.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from app.corridors.amount_rules import AmountRule, Basis, UnknownIdentifier
from app.corridors.spec import CorridorSpec, FixedInstalments, RateInstalments
from app.domain import amounts
from app.domain.amounts import ZERO, Engagement
from app.domain.enums import Phase
from app.domain.errors import IllegalAction
from app.extensions import db
from app.models.payments import Payment
from app.models.requests import Avenant, FundingRequest
from app.models.types import Money
from app.services import bulk_rows, corridor_versions, recovery_facts


@dataclass(frozen=True, slots=True)
class Liquidation:
    """The steps of an amount. `rate`: the avance's share, None where instalments are fixed."""

    engagement: Engagement
    rate: Decimal | None
    avance_paid: Decimal
    amount: Decimal
    excess: Decimal


def compute(avenant: Avenant) -> Liquidation:
    """The amounts of this avenant as the corridor version of its dossier makes them."""
    spec = corridor_versions.spec_of(avenant.dossier.corridor_version)
    basis = Basis(
        software_type=avenant.dossier.software_type,
        identifiers=tuple(beneficiary.identifier for beneficiary in avenant.beneficiaries),
        counts=avenant.declared.get("counts", {}),
    )
    engagement = amounts.engage(avenant.declared_ht, rule_of(avenant).ceiling(basis), avenant.vat)
    paid = avance_paid(avenant.request.dossier_id) if avenant.phase is Phase.SOLDE else ZERO
    return instalment(spec, avenant.phase, engagement, paid)


def rule_of(avenant: Avenant) -> AmountRule:
    """The rule its dossier was opened under, for its software and wave."""
    dossier = avenant.dossier
    spec = corridor_versions.spec_of(dossier.corridor_version)
    return spec.amount_of(dossier.software_type, spec.wave_of(dossier.dsr))


def instalment(spec: CorridorSpec, phase: Phase, engagement: Engagement, paid: Decimal) -> Liquidation:
    """The part of an engagement this phase pays; `paid` is what was paid on the avance."""
    match spec.instalments, phase:
        case RateInstalments(avance_rate=rate), Phase.AVANCE:
            return Liquidation(engagement, rate, ZERO, amounts.share(engagement.retained, rate), ZERO)
        case FixedInstalments(avance_ht=fixed), Phase.AVANCE:
            return Liquidation(engagement, None, ZERO, amounts.with_vat(fixed, engagement.vat), ZERO)
        case FixedInstalments(solde_ht=Decimal() as fixed), Phase.SOLDE:
            return Liquidation(engagement, None, paid, amounts.with_vat(fixed, engagement.vat), ZERO)
    rest = amounts.balance(engagement.retained, paid)
    return Liquidation(engagement, None, paid, rest.amount, rest.excess)


def avance_paid(dossier_id: int) -> Decimal:
    """What was really paid on the avance of a dossier, less what came back of it."""
    return avances_paid([dossier_id]).get(dossier_id, ZERO)


def avances_paid(dossier_ids: Collection[int]) -> dict[int, Decimal]:
    """The same for many dossiers in one query; those without payment are absent."""
    if not dossier_ids:
        return {}
    kept = sa.type_coerce(Payment.amount - recovery_facts.recovered_of_payment(), Money)
    query = (
        sa.select(FundingRequest.dossier_id, sa.func.sum(kept))
        .join(Avenant, Avenant.id == Payment.avenant_id)
        .join(FundingRequest, FundingRequest.id == Avenant.request_id)
        .where(
            bulk_rows.among(FundingRequest.dossier_id, dossier_ids),
            FundingRequest.phase == Phase.AVANCE,
            Payment.paid_on.is_not(None),
        )
        .group_by(FundingRequest.dossier_id)
    )
    return {dossier_id: paid for dossier_id, paid in db.session.execute(query)}


def freeze(avenant: Avenant) -> None:
    """Write the amounts on the avenant: at the first instruction, and again at each judgement.

    Raises `IllegalAction` when the corridor's table has no ceiling for one of its beneficiaries.
    """
    try:
        found = compute(avenant)
    except UnknownIdentifier as unknown:
        raise IllegalAction(
            f"Le bénéficiaire {unknown.identifier} n'a pas de plafond au barème du couloir."
        ) from unknown
    avenant.ceiling_ht = found.engagement.ceiling_ht
    avenant.retained_ht = found.engagement.retained_ht
    avenant.retained = found.engagement.retained
    avenant.avance_paid = found.avance_paid
    avenant.amount = found.amount
    avenant.excess = found.excess
