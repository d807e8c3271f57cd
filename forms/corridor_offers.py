"""What a corridor's document itself gives to choose from when one of its parts is asked: its fields, lists and waves.

`chosen`: the only answers of a question. `proposed`: what is proposed as one types, everything else being open.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel

from app.corridors import amount_rules, spec

Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Offers:
    """`kinds` and `labels` of the fields and lists, by path. `words` gives the name and the meaning of a key, `said`
    the words of one of its values."""

    words: Callable[[type[BaseModel], str], tuple[str, str]]
    said: Callable[[str, str], str]
    kinds: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    lists: Sequence[str] = ()
    waves: Sequence[int] = ()
    software: Choices = ()

    def paths(self, *kinds: str) -> Choices:
        """The fields of these kinds, or all, by path and label."""
        return [(path, self.named(path)) for path, kind in self.kinds.items() if not kinds or kind in kinds]

    def counts(self) -> Choices:
        """The whole numbers, called by the last part of their path as the amount rules do."""
        return [(path.rpartition(".")[2], label) for path, label in self.paths("integer")]

    def list_paths(self) -> Choices:
        return [(path, self.named(path)) for path in self.lists]

    def every_wave(self) -> Choices:
        return [(str(wave), f"Vague {wave}") for wave in self.waves]

    def inside(self) -> Choices:
        """What an element of a list holds, by its last name; then what the line holds, with a point."""
        within = [(path.rpartition("[].")[2], label) for path, label in self.paths() if "[]." in path]
        return list(dict([*within, *((f".{path}", label) for path, label in self.paths() if "[]" not in path)]).items())

    def named(self, path: str) -> str:
        label = self.labels.get(path, "")
        return f"{label} — {path}" if label else path


Question = tuple[type[BaseModel], str]
_CHOSEN: Mapping[Question, Callable[[Offers], Choices]] = {
    (spec.Condition, "path"): lambda offers: offers.paths("boolean", "code"),
    (spec.ScenarioQuestion, "path"): lambda offers: offers.paths("boolean"),
    (spec.Exclusive, "paths"): lambda offers: offers.paths("boolean"),
    (spec.BeneficiarySource, "list"): Offers.list_paths,
    (spec.Pairing, "list"): Offers.list_paths,
    (spec.Pairing, "per"): Offers.list_paths,
    (spec.Window, "software"): lambda offers: offers.software,
    (amount_rules.Brackets, "count"): Offers.counts,
}
_PROPOSED: Mapping[Question, Callable[[Offers], Choices]] = {
    (spec.FieldSpec, "path"): lambda offers: [(f"{path}[].", offers.named(path)) for path in offers.lists],
    (spec.Pairing, "key"): Offers.inside,
    (spec.Pairing, "per_key"): Offers.inside,
    **{(spec.BeneficiarySource, key): Offers.inside for key in ("identifier", "name", "email", "phone")},
}


def chosen(model: type[BaseModel], key: str, offers: Offers) -> Choices | None:
    """The answers to choose from, None when anything may be typed."""
    if key == "waves":
        return offers.every_wave()
    offer = _CHOSEN.get((model, key))
    return offer(offers) if offer else None


def proposed(model: type[BaseModel], key: str, offers: Offers) -> Choices:
    offer = _PROPOSED.get((model, key))
    return offer(offers) if offer else ()
