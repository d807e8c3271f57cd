"""Which tags of a corridor's document may a supplier be asked to correct, and which are corrected together?"""

from collections.abc import Collection, Iterator

from app.corridors.spec import CorridorSpec
from app.domain.enums import DepositMode, Phase

_OF_SOLDE_ONLY = ("montantSegurHTFacture", "dateFacture", "numeroFacture")
_OF_AVANCE_ONLY = ("montantSegurHT",)
_OTHERS = {Phase.AVANCE: _OF_SOLDE_ONLY, Phase.SOLDE: _OF_AVANCE_ONLY}


def paths(spec: CorridorSpec, phase: Phase) -> tuple[str, ...]:
    """The paths the document opens in this phase, the order's first: a form declares none."""
    by_file = spec.deposit is DepositMode.JSON
    order = [f"commande.{tag}" for tag in spec.amendable_order if by_file and tag not in _OTHERS[phase]]
    return (*order, *(one.path for one in spec.fields_of(phase) if one.amendable))


def together(spec: CorridorSpec, phase: Phase, ticked: Collection[str]) -> frozenset[str]:
    """The same paths with those that could not stay as they are: the other answers of a group of which one is true,
    the identifier that answers another list's, what is asked under a condition on them."""
    allowed, found = frozenset(paths(spec, phase)), set(ticked)
    groups = [frozenset(group) for group in _groups(spec, phase)]
    while more := {path for group in groups if group & found for path in group & allowed} - found:
        found |= more
    found |= {one.path for one in spec.fields_of(phase) if one.required_if and one.required_if.path in found} & allowed
    return frozenset(found)


def _groups(spec: CorridorSpec, phase: Phase) -> Iterator[tuple[str, ...]]:
    yield from (one.paths for one in spec.exclusive)
    yield from ((one.path, one.per_path) for one in spec.pairings_of(phase))
