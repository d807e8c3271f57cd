"""Why a request is worth what it is: each step of its amount in words, for the person who instructs it.

Declared → ceiling of the corridor → retained HT → with VAT → share of the avance, or engagement − avance paid. Computed
afresh while the request is being instructed (provisional), read from what was frozen once it is judged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from app.corridors.amount_rules import (
    AmountRule,
    Brackets,
    Declared,
    Fixed,
    Linear,
    PerBeneficiary,
    Table,
    UnknownIdentifier,
)
from app.corridors.spec import CorridorSpec, FixedInstalments, RateInstalments
from app.domain.amounts import ZERO, Engagement
from app.domain.enums import UNDER_INSTRUCTION, DepositMode, Phase
from app.domain.vat import VatRegime
from app.models.requests import Avenant
from app.services import corridor_versions, formats, liquidation
from app.services.liquidation import Liquidation


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the reckoning, in euros; `amount` None where the corridor has no such figure."""

    label: str
    amount: Decimal | None
    how: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The steps, in order. `provisional`: not judged yet. `fault`: why nothing can be computed, in French."""

    steps: tuple[Step, ...]
    provisional: bool
    excess: Decimal = ZERO
    fault: str = ""


class Here(NamedTuple):
    """The request a rule is told for. `counts`: by the tag a rule names, its label and its value."""

    beneficiaries: int
    counts: Mapping[str, tuple[str, int]]


def explain(avenant: Avenant) -> Explanation:
    """The reckoning of this avenant. Never raises: what prevents it is said in `fault`."""
    provisional = avenant.status in UNDER_INSTRUCTION
    spec = corridor_versions.spec_of(avenant.dossier.corridor_version)
    declared = _declared(spec, avenant.phase, avenant.declared_ht)
    try:
        found = liquidation.compute(avenant) if provisional else _frozen(avenant)
    except UnknownIdentifier as unknown:
        fault = (
            f"Le bénéficiaire {unknown.identifier} n'a pas de plafond au barème du couloir : il n'y est pas éligible."
        )
        return Explanation((declared,), provisional, fault=fault)
    if found is None:
        return Explanation((declared,), provisional, fault="Aucun montant n'a été arrêté sur cette version.")
    told = steps(spec, liquidation.rule_of(avenant), avenant.phase, found, _here(avenant))
    return Explanation(told, provisional, found.excess)


def _frozen(avenant: Avenant) -> Liquidation | None:
    """The amounts written on the avenant when it was judged."""
    if avenant.retained_ht is None or avenant.retained is None or avenant.amount is None:
        return None
    engagement = Engagement(avenant.declared_ht, avenant.ceiling_ht, avenant.retained_ht, avenant.vat, avenant.retained)
    spec = corridor_versions.spec_of(avenant.dossier.corridor_version)
    shared = isinstance(spec.instalments, RateInstalments) and avenant.phase is Phase.AVANCE
    rate = spec.instalments.avance_rate if shared and isinstance(spec.instalments, RateInstalments) else None
    return Liquidation(engagement, rate, avenant.avance_paid or ZERO, avenant.amount, avenant.excess or ZERO)


def steps(spec: CorridorSpec, rule: AmountRule, phase: Phase, found: Liquidation, here: Here) -> tuple[Step, ...]:
    """The whole reckoning of a request under this document and this rule of it."""
    engagement = found.engagement
    least = (
        "Le moindre du montant déclaré et du plafond."
        if engagement.ceiling_ht is not None
        else "Le montant déclaré, faute de plafond."
    )
    return (
        _declared(spec, phase, engagement.declared_ht),
        Step("Plafond HT du couloir", engagement.ceiling_ht, rule_in_words(rule, here)),
        Step("Engagement HT retenu", engagement.retained_ht, least),
        Step("Engagement retenu, selon le régime de TVA", engagement.retained, _vat(engagement.vat)),
        *_instalment(spec.instalments, phase, found),
    )


def _here(avenant: Avenant) -> Here:
    """What the rule is applied to: the whole numbers of the request under their labels, how many it is for."""
    spec = corridor_versions.spec_of_dossier(avenant.dossier)
    labels = {field.path.rpartition(".")[2]: field.label for field in spec.fields if field.kind == "integer"}
    counts = avenant.declared.get("counts", {})
    return Here(len(avenant.beneficiaries), {name: (labels.get(name, name), n) for name, n in counts.items()})


def _declared(spec: CorridorSpec, phase: Phase, amount: Decimal) -> Step:
    if spec.deposit is DepositMode.FORM:
        return Step("Montant HT demandé", amount, "Un formulaire ne déclare pas de montant.")
    what = "bon de commande" if phase is Phase.AVANCE else "facture"
    return Step("Montant HT déclaré", amount, f"Montant hors taxe du document « {what} ».")


def _vat(regime: VatRegime) -> str:
    return (
        "Régime hors taxe : montant inchangé." if regime is VatRegime.HT else f"Montant HT + TVA à {regime.rate_label}."
    )


def _instalment(instalments: RateInstalments | FixedInstalments, phase: Phase, found: Liquidation) -> tuple[Step, ...]:
    label = "Montant de l'avance" if phase is Phase.AVANCE else "Montant du solde"
    if found.rate is not None:
        return (
            Step(label, found.amount, f"{formats.percent(found.rate)} de l'engagement retenu, arrondi au centime."),
        )
    if isinstance(instalments, FixedInstalments) and _is_fixed(instalments, phase):
        return (Step(label, found.amount, "Montant fixe du couloir, selon le régime de TVA."),)
    how = "Engagement retenu − avance versée."
    if found.excess:
        how += f" L'avance dépasse l'engagement de {formats.money(found.excess)}, à recouvrer."
    return (
        Step("Avance versée", found.avance_paid, "Ce qui a réellement été payé sur l'avance du dossier."),
        Step(label, found.amount, how),
    )


def _is_fixed(instalments: FixedInstalments, phase: Phase) -> bool:
    return phase is Phase.AVANCE or instalments.solde_ht is not None


def rule_in_words(rule: AmountRule, here: Here | None = None) -> str:
    """The corridor's rule as one reads it in a sentence, on one request (`here`) or in general."""
    match rule:
        case Fixed(amount=amount):
            return f"Montant fixe : {formats.money(amount)}."
        case PerBeneficiary(unit=unit):
            times = "" if here is None else f" × {here.beneficiaries}"
            return f"{formats.money(unit)} par bénéficiaire{times}."
        case Brackets(count=count, brackets=brackets):
            steps = " ; ".join(f"à partir de {one.at_least} : {formats.money(one.amount)}" for one in brackets)
            return f"Par tranche de {_called(count, here)} — {steps}."
        case Linear():
            return _linear(rule, here)
        case Table():
            return f"Barème par établissement, additionné sur les bénéficiaires{_so_many(here)}."
        case Declared():
            return "Ce couloir n'a pas de plafond."
    raise AssertionError(rule)


def _so_many(here: Here | None) -> str:
    return "" if here is None else f" (ici {here.beneficiaries})"


def _called(count: str, here: Here | None) -> str:
    """A whole number the rule reads: its label and its value on a request, its tag in general."""
    if here is None or count not in here.counts:
        return f"« {count} »"
    label, value = here.counts[count]
    return f"« {label} » (ici {formats.whole(value)})"


def _linear(rule: Linear, here: Here | None) -> str:
    parts = [f"{formats.money(unit)} × {_called(name, here)}" for name, unit in rule.units.items()]
    if rule.constant:
        parts.append(formats.money(rule.constant))
    cap = f", dans la limite de {formats.money(rule.cap)}" if rule.cap is not None else ""
    return f"{' + '.join(parts)}{cap}."
