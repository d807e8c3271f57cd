"""What a document that is not published would do: to a file, and how much a request would be worth under it.

The engine is the simulator's; nothing is looked up about suppliers or beneficiaries, nothing is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.corridors.amount_rules import Basis, UnknownIdentifier
from app.corridors.spec import CorridorSpec, SoftwareSpec
from app.domain import amounts
from app.domain.amounts import ZERO
from app.domain.enums import Phase
from app.domain.errors import RuleBroken
from app.domain.vat import VatRegime
from app.exchange import examination, line_model, reading
from app.exchange.envelope import Depositor
from app.exchange.faults import Finding
from app.exchange.line_rules import Circumstances
from app.services import clock, explanations, format_files, line_worth, liquidation
from app.services.explanations import Here, Step
from app.services.line_worth import Standing


@dataclass(frozen=True, slots=True)
class Sample:
    """An imagined request, its amount declared HT."""

    software: SoftwareSpec
    vat: VatRegime
    declared_ht: Decimal
    identifiers: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The amounts of an avance, then of its solde once that avance is paid and the same amount invoiced."""

    avance: tuple[Step, ...]
    solde: tuple[Step, ...]


def reckon(spec: CorridorSpec, sample: Sample) -> Reckoning:
    """Step by step, with VAT. Raises `RuleBroken` for a count or an identifier the rule does not know."""
    rule = spec.amount_of(sample.software.type, sample.software.wave)
    basis = Basis(sample.software.type, sample.identifiers, sample.counts)
    try:
        ceiling = rule.ceiling(basis)
    except UnknownIdentifier as unknown:
        message = f"« {unknown.identifier} » n'a pas de plafond pour le logiciel {sample.software.type}."
        raise RuleBroken(message, field="identifiers") from unknown
    engagement = amounts.engage(sample.declared_ht, ceiling, sample.vat)
    avance = liquidation.instalment(spec, Phase.AVANCE, engagement, ZERO)
    solde = liquidation.instalment(spec, Phase.SOLDE, engagement, avance.amount)
    labels = counted(spec)
    here = Here(len(sample.identifiers), {name: (labels[name], number) for name, number in sample.counts.items()})
    told = [
        explanations.steps(spec, rule, phase, found, here)
        for phase, found in ((Phase.AVANCE, avance), (Phase.SOLDE, solde))
    ]
    return Reckoning(*told)


def counted(spec: CorridorSpec) -> dict[str, str]:
    """The whole numbers a request may declare, by the name the rules call them, with their label."""
    return {one.path.rpartition(".")[2]: one.label for one in spec.fields if one.kind == "integer"}


def example(spec: CorridorSpec, phase: Phase) -> dict[str, Any]:
    """The example file its documentation would give, for its last wave."""
    return format_files.example_of(line_model.build(spec.narrowed(spec.waves[-1]), phase))


@dataclass(frozen=True, slots=True)
class Trial:
    """What a file would become: its lines, those retained, what they are worth in euros, and every finding."""

    lines: int
    retained: int
    engagement: Decimal
    amount: Decimal
    findings: Sequence[Finding]


def try_file(spec: CorridorSpec, software: SoftwareSpec, phase: Phase, vat: VatRegime, content: bytes) -> Trial:
    """Put a file under every control that needs no look-up."""
    model = line_model.build(spec.narrowed(software.wave), phase)
    examined = examination.examine(reading.read(content), phase, model, Depositor(), Circumstances(clock.today(), vat))
    standing = Standing(software.type, software.wave, paid=None)
    found = line_worth.check(examined, vat, lambda line: standing)
    worth = [] if examined.refused else [found[line.rank] for line in examined.retained]
    of_file, of_lines = examination.findings(examined)
    return Trial(
        len(examined.lines),
        len(worth),
        sum((one.engagement.retained for one in worth), ZERO),
        sum((one.amount for one in worth), ZERO),
        [*of_file, *of_lines],
    )
