"""When a corridor may be deposited in, as of now: each window with its state, and which are open, in one line."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from app.corridors.parts import Window
from app.corridors.spec import CorridorSpec
from app.services import clock, formats


class State(Enum):
    OPEN = "Ouverte"
    TO_COME = "À venir"
    CLOSED = "Close"


@dataclass(frozen=True, slots=True)
class Row:
    """A window and its state now; `rank` is its place in the document."""

    rank: int
    window: Window
    state: State


def of(spec: CorridorSpec) -> list[Row]:
    """The windows, those of one wave together, in the order of time."""
    rows = [Row(rank, window, _state(window)) for rank, window in enumerate(spec.windows)]
    return sorted(rows, key=lambda row: (row.window.wave, row.window.opens_at))


def _state(window: Window) -> State:
    now = clock.now()
    if window.is_open(now):
        return State.OPEN
    return State.TO_COME if window.opens_at > now else State.CLOSED


def open_now(document: dict[str, Any] | None) -> str:
    """« Avance vague 1, Solde vague 1 » for a published document; a dash when nothing is open."""
    windows = [Window.model_validate(one) for one in (document or {}).get("windows", ())]
    said = [f"{one.phase.label} vague {one.wave}" for one in windows if _state(one) is State.OPEN]
    return ", ".join(dict.fromkeys(said)) or formats.NOTHING
