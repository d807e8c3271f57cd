"""How long does each variant take, all of them in turn? And which goals does that reach?"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Stats:
    """Milliseconds of the rounds of one variant."""

    values: tuple[float, ...]

    @property
    def p50(self) -> float:
        return median(self.values)

    @property
    def p95(self) -> float:
        return quantiles(self.values, n=20, method="inclusive")[-1] if len(self.values) > 1 else self.values[0]

    def __str__(self) -> str:
        return f"{short(self.p50)} / {short(self.p95)}"


def short(number: float) -> str:
    """Three figures that matter."""
    return f"{number:.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"


FEW = 5  # rounds
SCALE = 1_000_000
"""Requests in the world for which every goal is set."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A ratio or a figure, and the limit it must not pass (`at_least`: must reach). `judged`: whether the size of this
    world lets it be judged; if not, it is only shown."""

    what: str
    value: float
    limit: float
    at_least: bool = False
    judged: bool = True

    @property
    def reached(self) -> bool:
        """A goal that is not judged misses nothing."""
        return not self.judged or self.holds

    @property
    def holds(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        limit = f"{sign} {self.limit:g}"
        if not self.judged:
            return f"{self.what} {self.value:.3g} ({limit} at a million)"
        return f"{self.what} {self.value:.3g} ({limit}) {'✓' if self.holds else '✗'}"


def beside_peer(size: int, what: str, value: float, limit: float, *, at_least: bool = False) -> list[Goal]:
    """A goal against a peer, set for `SCALE` requests: a peer's page costs what its table is long, ours costs the same.
    In a smaller world it is shown, and what is judged is that the peer is not faster (a ratio of 1)."""
    if size >= SCALE:
        return [Goal(what, value, limit, at_least)]
    return [Goal(what, value, limit, at_least, judged=False), Goal("never slower", value, 1, at_least)]


@dataclass(slots=True)
class Line:
    """One line of the table. `ratios`: measured beside, no goal set; `peak`: growth of memory in MiB."""

    backend: str
    case: str
    figures: dict[str, Stats] = field(default_factory=dict)
    goals: list[Goal] = field(default_factory=list)
    ratios: list[str] = field(default_factory=list)
    peak: float | None = None
    fault: str = ""

    @property
    def reached(self) -> bool:
        return not self.fault and all(goal.reached for goal in self.goals)


def interleaved(variants: Mapping[str, Callable[[], object]], rounds: int, warm: int | None = None) -> dict[str, Stats]:
    """Each variant once per round, in turn, after `warm` rounds that do not count: two, or one before a few."""
    warm = (2 if rounds > FEW else 1) if warm is None else warm
    taken: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(rounds + warm):
        for name, call in variants.items():
            began = time.perf_counter()
            call()
            spent = (time.perf_counter() - began) * 1000
            if number >= warm:
                taken[name].append(spent)
    return {name: Stats(tuple(values)) for name, values in taken.items()}


def load() -> str:
    """The load of the machine: 1, 5 and 15 minutes."""
    return " ".join(f"{one:.1f}" for one in os.getloadavg())
