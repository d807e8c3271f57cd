"""Do the software, windows and delays of a corridor's document hold together? Each contradiction, with its place."""

from collections.abc import Iterator

from app.corridors.flaws import Flaw, twice
from app.corridors.parts import Window
from app.corridors.spec import CorridorSpec
from app.domain.enums import Phase


def find(spec: CorridorSpec) -> Iterator[Flaw]:
    yield from twice("software[{}].type", [(one.type, f"vague {one.wave}") for one in spec.software], "le logiciel")
    yield from twice("software[{}].dsr", [one.dsr for one in spec.software], "le DSR")
    for rank, software in enumerate(spec.software):
        if not any(one.wave == software.wave and one.is_for(software.type) for one in spec.windows):
            yield Flaw(f"software[{rank}]", f"{software.type} en vague {software.wave} n'a aucune période de dépôt")
    for rank, window in enumerate(spec.windows):
        yield from _window(spec, rank, window)
    yield from _phases_in_order(spec)
    yield from _delays(spec)


def _window(spec: CorridorSpec, rank: int, window: Window) -> Iterator[Flaw]:
    types = {one.type for one in spec.software if one.wave == window.wave}
    if not types:
        yield Flaw(f"windows[{rank}].wave", f"aucun logiciel du couloir n'est en vague {window.wave}")
        return
    for index, one in enumerate(window.software):
        if one not in types:
            yield Flaw(f"windows[{rank}].software[{index}]", f"« {one} » n'est pas en vague {window.wave}")
    for earlier, other in enumerate(spec.windows[:rank]):
        if _overlap(types, window, other):
            what = f"{window.phase.label.lower()}, vague {window.wave}"
            yield Flaw(f"windows[{rank}]", f"fenêtres qui se chevauchent : {what} (voir windows[{earlier}])")


def _overlap(types: set[str], one: Window, other: Window) -> bool:
    same = (one.wave, one.phase) == (other.wave, other.phase)
    shared = any(one.is_for(software) and other.is_for(software) for software in types)
    return same and shared and one.opens_at < other.closes_at and other.opens_at < one.closes_at


def _phases_in_order(spec: CorridorSpec) -> Iterator[Flaw]:
    """A solde follows its avance: it opens no sooner, and closes no sooner."""
    for software in spec.software:
        avances, soldes = (
            sorted(spec.windows_of(software.wave, phase, software.type), key=lambda one: one.opens_at)
            for phase in (Phase.AVANCE, Phase.SOLDE)
        )
        if not avances or not soldes:
            continue
        what = f"{software.type}, vague {software.wave}"
        if soldes[0].opens_at < avances[0].opens_at:
            yield Flaw(f"windows[{spec.windows.index(soldes[0])}].opens_at", f"le solde ouvre avant l'avance ({what})")
        last_avance, last_solde = (max(ones, key=lambda one: one.closes_at) for ones in (avances, soldes))
        if last_solde.closes_at < last_avance.closes_at:
            place = f"windows[{spec.windows.index(last_solde)}].closes_at"
            yield Flaw(place, f"le solde ferme avant l'avance ({what})")


def _delays(spec: CorridorSpec) -> Iterator[Flaw]:
    delays = spec.delays
    if delays.amendment_reminder >= delays.amendment:
        message = f"le rappel (J+{delays.amendment_reminder}) ne précède pas la clôture (J+{delays.amendment})"
        yield Flaw("delays.amendment_reminder", message)
    days = delays.completion_reminders
    for rank, day in enumerate(days):
        if day >= delays.complete:
            message = f"le rappel à J+{day} ne précède pas la fin du délai de complétude (J+{delays.complete})"
            yield Flaw(f"delays.completion_reminders[{rank}]", message)
        if rank and day <= days[rank - 1]:
            yield Flaw(f"delays.completion_reminders[{rank}]", "les rappels doivent être croissants et distincts")
