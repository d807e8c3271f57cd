"""Can the amount rules of a corridor's document be computed from what it asks? Each contradiction, with its place."""

from collections.abc import Iterator

from app.corridors.amount_rules import AmountRule, Brackets, Linear, PerBeneficiary, Table
from app.corridors.flaws import Flaw, Spans, spans_of
from app.corridors.parts import BOTH_PHASES
from app.corridors.spec import CorridorSpec
from app.domain import identifiers


def find(spec: CorridorSpec) -> Iterator[Flaw]:
    common = [(one.type, one.wave) for one in spec.software if one.amount is None]
    if common:
        yield from _rule(spec, "amount", spec.amount, common)
    for rank, software in enumerate(spec.software):
        if software.amount:
            own = [(software.type, software.wave)]
            yield from _rule(spec, f"software[{rank}].amount", software.amount, own)


def _rule(spec: CorridorSpec, place: str, rule: AmountRule, of: list[tuple[str, int]]) -> Iterator[Flaw]:
    """What one rule needs. `of`: the software types and waves it is for."""
    spans = frozenset((phase, wave) for phase in BOTH_PHASES for _, wave in of)
    match rule:
        case Brackets(count=count):
            yield from _count(spec, f"{place}.count", count, spans)
        case Linear(units=units):
            for name in units:
                yield from _count(spec, f"{place}.units.{name}", name, spans)
        case PerBeneficiary() | Table():
            if not spec.beneficiaries:
                yield Flaw(place, "la règle compte des bénéficiaires, le couloir n'en déclare pas")
    if isinstance(rule, Table):
        yield from _table(spec, place, rule, [software for software, _ in of])


def _count(spec: CorridorSpec, place: str, name: str, spans: Spans) -> Iterator[Flaw]:
    """A count is the last part of the path of an integer field, asked whenever an amount is reckoned."""
    named = [field for field in spec.fields if field.path.rpartition(".")[2] == name]
    if not named:
        yield Flaw(place, f"« {name} » n'est pas un champ du couloir")
    elif len(named) > 1:
        yield Flaw(place, f"« {name} » est ambigu : {' et '.join(field.path for field in named)}")
    elif named[0].kind != "integer":
        yield Flaw(place, f"« {name} » n'est pas un nombre entier mais « {named[0].kind} »")
    elif spans - spans_of(spec, named[0]):
        yield Flaw(place, f"« {name} » doit être demandé à l'avance et au solde, dans chaque vague de la règle")


def _table(spec: CorridorSpec, place: str, rule: Table, types: list[str]) -> Iterator[Flaw]:
    for software in dict.fromkeys(types):
        if not rule.ceilings.get(software):
            yield Flaw(f"{place}.ceilings", f"le logiciel {software} n'a aucun plafond")
    for software, ceilings in rule.ceilings.items():
        if software not in types:
            yield Flaw(f"{place}.ceilings.{software}", f"« {software} » n'est pas un logiciel de cette règle")
        for identifier in ceilings:
            faults = [identifiers.FAULTS[kind](identifier) for kind in spec.identifier_kinds]
            if faults and all(faults):
                yield Flaw(f"{place}.ceilings.{software}.{identifier}", str(faults[0]))
