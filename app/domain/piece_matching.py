"""Which entry of a bundle is which expected piece: by the name its file announced, else by the n° éditeur. Pure.

Sources: guide « Les écrans du portail », § 9 (each piece goes to its request by the n° éditeur) and the field
`nomFichier` of the format; an ambiguous entry attaches to none (settled).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.domain import file_names
from app.domain.enums import EntryOutcome

TRAILING_NUMBER = re.compile(r"[0-9]+\Z")
SUGGESTIONS = 5
# What each likeness weighs: the n° éditeur tells the request, the name only the habits of its author.
_SAME_NUMBER, _NUMBER_WITHOUT_ZEROS, _NAME_WEIGHT = 2.0, 1.9, 0.5


@dataclass(frozen=True, slots=True)
class Slot:
    """An expected piece: its key, the name announced, its request, and whether it was already given."""

    key: int
    file_name: str
    editor_number: str
    request_number: str
    given: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """What an entry is: `slot` when it takes a place, else why it takes none, and the request it speaks of."""

    name: str
    outcome: EntryOutcome
    reason: str = ""
    slot: Slot | None = None
    request_number: str | None = None


def match(names: Sequence[str], slots: Sequence[Slot]) -> list[Match]:
    """One `Match` for each name, in order; `ATTACHED` here means « would attach »."""
    found = {name: _by_name(name, slots) for name in names}
    taken = {one.slot.key for one in found.values() if one and one.slot}
    left = [slot for slot in slots if slot.key not in taken]
    matches = [found[name] or _by_number(name, slots, left) for name in names]
    claims = Counter(one.slot.key for one in matches if one.slot)
    return [_once(one, claims) for one in matches]


def is_clutter(name: str) -> bool:
    """What desktops add to an archive by themselves."""
    return name.startswith("__MACOSX/") or file_names.base(name).startswith(".") or file_names.base(name) == "Thumbs.db"


def _by_name(name: str, slots: Iterable[Slot]) -> Match | None:
    """Exactly as announced, else whatever the case and the form of its accents; None when no slot has that name."""
    if is_clutter(name):
        return Match(name, EntryOutcome.UNMATCHED, "Fichier technique ajouté par le système : ignoré.")
    spellings: tuple[Callable[[str], str], ...] = (str, file_names.folded)
    for spelling in spellings:
        same = [slot for slot in slots if spelling(slot.file_name) == spelling(file_names.base(name))]
        if len(same) > 1:
            requests = ", ".join(sorted({slot.request_number for slot in same}))
            return Match(name, EntryOutcome.AMBIGUOUS, f"Plusieurs pièces attendues portent ce nom ({requests}).")
        if same:
            return _place(name, same[0])
    return None


def _by_number(name: str, slots: Iterable[Slot], left: Iterable[Slot]) -> Match:
    """`hop-dpi-va1-bdc-00017.pdf` belongs to n° éditeur 00017, when one piece of that request is still missing."""
    number = TRAILING_NUMBER.search(file_names.stem(name))
    concerned = [slot for slot in slots if number and slot.editor_number == number[0]]
    if not concerned:
        return Match(name, EntryOutcome.UNMATCHED, "Ni le nom du fichier ni son numéro final n'est attendu.")
    missing = [slot for slot in left if slot in concerned and not slot.given]
    request = concerned[0].request_number
    if not missing and not all(slot.given for slot in concerned):
        reason = f"La pièce qu'attend la demande {request} porte le nom d'un autre fichier de l'archive."
        return Match(name, EntryOutcome.AMBIGUOUS, reason, None, request)
    if not missing:
        return Match(name, EntryOutcome.DUPLICATE, f"La demande {request} n'attend plus de pièce.", None, request)
    if len(missing) > 1:
        reason = f"La demande {request} attend plusieurs pièces : laquelle ?"
        return Match(name, EntryOutcome.AMBIGUOUS, reason, None, request)
    return Match(name, EntryOutcome.ATTACHED, "", missing[0], request)


def _place(name: str, slot: Slot) -> Match:
    request = slot.request_number
    if slot.given:
        return Match(name, EntryOutcome.DUPLICATE, f"Pièce déjà fournie pour la demande {request}.", None, request)
    return Match(name, EntryOutcome.ATTACHED, "", slot, request)


def _once(one: Match, claims: Counter[int]) -> Match:
    """Two entries for one place: neither takes it."""
    if one.slot is None or claims[one.slot.key] == 1:
        return one
    reason = f"Plusieurs fichiers de l'archive conviennent à une même pièce de {one.request_number}."
    return Match(one.name, EntryOutcome.AMBIGUOUS, reason, None, one.request_number)


def suggestions(name: str, slots: Sequence[Slot], most: int = SUGGESTIONS) -> list[Slot]:
    """The places that a file of this name was probably meant for, the likeliest first: the closest n° éditeur, then the
    closest name. Only places still free are proposed, in the order given where nothing tells them apart."""
    free = [slot for slot in slots if not slot.given]
    return sorted(free, key=lambda slot: -_likeness(name, slot))[:most]


def _likeness(name: str, slot: Slot) -> float:
    """From 0 (nothing in common) to 2.5 (the very number and name)."""
    stem = file_names.folded(file_names.stem(name))
    return _number_likeness(stem, slot.editor_number.casefold()) + _NAME_WEIGHT * _alike(
        stem, file_names.folded(file_names.stem(slot.file_name))
    )


def _number_likeness(stem: str, number: str) -> float:
    parts = re.findall(r"[a-z0-9]+", stem)
    if number in parts or (len(number) > 3 and number in stem):
        return _SAME_NUMBER
    if any(part.isdecimal() and part.lstrip("0") == number.lstrip("0") for part in parts):
        return _NUMBER_WITHOUT_ZEROS
    return max((_alike(part, number) for part in parts if part[-1:].isdigit()), default=0.0)


def _alike(one: str, other: str) -> float:
    """The share of neighbouring signs that two texts have in common (Dice), from 0 to 1."""
    pairs, others = _pairs(one), _pairs(other)
    return 2 * len(pairs & others) / (len(pairs) + len(others))


@lru_cache(maxsize=4096)
def _pairs(text: str) -> frozenset[str]:
    return frozenset(f" {text} "[at : at + 2] for at in range(len(text) + 1))
