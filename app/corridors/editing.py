"""How a corridor's document is changed piece by piece while it may still be wrong: plain data in, plain data out.

Documents are what `documents.canonical` writes. Nothing here changes what it is given, nor checks it: that is
`documents.faults`. Raises `LookupError` for an element that is not there.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Document = dict[str, Any]
_ABSENT: Any = object()
# What tells the elements of a list apart, whatever their order; the last names only where the first do not suffice.
_IDENTITIES: dict[str, tuple[str, ...]] = {
    "software": ("type", "wave"),
    "windows": ("wave", "phase", "software", "opens_at"),
    "fields": ("path", "waves", "phases"),
    "lists": ("path", "waves", "phases"),
    "scenario": ("path", "equals", "waves"),
    "documents": ("phase", "code", "waves"),
    "beneficiaries": ("list", "identifier_kind"),
    "exclusive": ("paths",),
    "pairings": ("list", "per"),
    "enrolment_pieces": ("code",),
    "models": ("code",),
}


def elements(document: Document, section: str) -> list[Any]:
    """The elements of a list of the document; none when it is absent or no list."""
    found = document.get(section)
    return list(found) if isinstance(found, list) else []


def element(document: Document, section: str, rank: int) -> Any:
    return elements(document, section)[_rank(document, section, rank)]


def added(document: Document, section: str, value: Any) -> Document:
    return document | {section: [*elements(document, section), value]}


def changed(document: Document, section: str, rank: int, value: Any) -> Document:
    found = elements(document, section)
    found[_rank(document, section, rank)] = value
    return document | {section: found}


def removed(document: Document, section: str, rank: int) -> Document:
    found = elements(document, section)
    del found[_rank(document, section, rank)]
    return document | {section: found}


def moved(document: Document, section: str, rank: int, by: int) -> Document:
    """The element some places further (`by` below zero: before), at most to the end."""
    found = elements(document, section)
    one = found.pop(_rank(document, section, rank))
    found.insert(max(0, rank + by), one)
    return document | {section: found}


def _rank(document: Document, section: str, rank: int) -> int:
    if not 0 <= rank < len(elements(document, section)):
        raise LookupError(f"{section}[{rank}]")
    return rank


def differences(before: Any, after: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what was, what is) at each place that changed, for the journal: `windows[0].closes_at`."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    places = [place for place in {**old, **new} if old.get(place, _ABSENT) != new.get(place, _ABSENT)]
    return {place: old.get(place) for place in places}, {place: new.get(place) for place in places}


def _leaves(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    match value:
        case dict():
            for key, below in value.items():
                yield from _leaves(below, f"{place}.{key}" if place else str(key))
        case list():
            for rank, below in enumerate(value):
                yield from _leaves(below, f"{place}[{rank}]")
        case _:
            yield place, value


def merged(base: Document, ours: Document, theirs: Document) -> tuple[Document, tuple[str, ...]]:
    """What we changed since `base`, laid on `theirs`, and the places that both changed, where ours is kept."""
    clashes: list[str] = []
    return _merged_maps(base, ours, theirs, "", clashes), tuple(clashes)


def _merged(base: Any, ours: Any, theirs: Any, place: str, clashes: list[str]) -> Any:
    if ours in (base, theirs):
        return theirs
    if theirs == base:
        return ours
    if all(isinstance(one, dict) for one in (base, ours, theirs)):
        return _merged_maps(base, ours, theirs, place, clashes)
    listed = _by_identity(place, base, ours, theirs)
    if listed:
        return list(_merged_maps(*listed, place, clashes, "{}[{}]").values())
    clashes.append(place)
    return ours


def _merged_maps(
    base: Mapping[Any, Any],
    ours: Mapping[Any, Any],
    theirs: Mapping[Any, Any],
    place: str,
    clashes: list[str],
    said: str = "{}.{}",
) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for key in {**ours, **theirs}:
        was, mine, their = (one.get(key, _ABSENT) for one in (base, ours, theirs))
        value = _merged(was, mine, their, said.format(place, key) if place else str(key), clashes)
        if value is not _ABSENT:
            made[key] = value
    return made


def _by_identity(place: str, *lists: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]] | None:
    """The elements of the three lists by what tells them apart, None when nothing does."""
    if not all(isinstance(one, list) and all(isinstance(part, dict) for part in one) for one in lists):
        return None
    names = _IDENTITIES.get(place, ())
    for count in range(1, len(names) + 1):
        keyed = [{_told(part, names[:count]): part for part in one} for one in lists]
        if all(len(known) == len(one) for known, one in zip(keyed, lists, strict=True)):
            base, ours, theirs = keyed
            return base, ours, theirs
    return None


def _told(part: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return ", ".join(str(part.get(name, "")) for name in names)
