"""What a contradiction of a corridor's document is, and what the searches for them share: who is asked where."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from app.corridors.parts import BOTH_PHASES, DocumentSpec, FieldSpec, ListSpec
from app.corridors.spec import CorridorSpec
from app.domain.enums import Phase


class Flaw(NamedTuple):
    """Something that cannot be. `place`: `fields[3].pattern`, the first element of a list being 0; `message`: why, in
    French."""

    place: str
    message: str


Spans = frozenset[tuple[Phase, int]]


class _OfWaves(Protocol):
    @property
    def waves(self) -> tuple[int, ...]: ...


def spans_of(spec: CorridorSpec, part: _OfWaves) -> Spans:
    """The phases and waves a part is asked in."""
    match part:
        case FieldSpec(phases=phases) | ListSpec(phases=phases):
            pass
        case DocumentSpec(phase=phase):
            phases = (phase,)
        case _:
            phases = BOTH_PHASES
    return frozenset((phase, wave) for phase in phases for wave in part.waves or spec.waves)


def said(missing: Spans) -> str:
    """Phases and waves in words: « avance en vague 1, solde en vague 2 »."""
    ordered = sorted(missing, key=lambda one: (one[1], one[0] is Phase.SOLDE))
    return ", ".join(f"{phase.label.lower()} en vague {wave}" for phase, wave in ordered)


def unknown_waves(spec: CorridorSpec, place: str, part: _OfWaves) -> Iterator[Flaw]:
    known = spec.waves
    for rank, wave in enumerate(part.waves):
        if wave not in known:
            yield Flaw(f"{place}.waves[{rank}]", f"aucun logiciel du couloir n'est en vague {wave}")


def twice(place: str, values: Iterable[object], what: str) -> Iterator[Flaw]:
    """Values met before, by the place of the later one. `place`: how the place of the nth is written, with `{}`."""
    first: dict[object, int] = {}
    for rank, value in enumerate(values):
        if first.setdefault(value, rank) != rank:
            earlier = place.format(first[value])
            yield Flaw(place.format(rank), f"{what} « {_shown(value)} » est déjà celui de {earlier}")


def _shown(value: object) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
