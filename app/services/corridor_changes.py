"""What changed between two versions of a corridor, in French: for the administrator who publishes, and for suppliers.

The two documents are walked by their model, so that a key added to it is compared without being named here. Parts of a
list are paired by what tells them apart (a field by its tag, a window by its wave and phase); the rest of what one has
and the other has not is added or removed.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import BaseModel

from app.corridors import amount_rules, spec
from app.corridors.spec import CorridorSpec
from app.services import corridor_words, formats

GENERAL = "Couloir"
EXAMPLES = 3  # of a table of ceilings
NAMES = 6  # of a list put in another order
_SCALARS = (
    "code",
    "label",
    "deposit",
    "amendable_order",
    "single_dossier",
    "automatic_decision",
    "single_enrolment",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `before` or `after` is empty for what was added or removed."""

    section: str
    what: str
    before: str
    after: str

    @property
    def sentence(self) -> str:
        """« Pièces justificatives – Solde, « Facture » (FACTURE), obligatoire : avant « oui », désormais « non ». »"""
        said = f"{self.section} – {self.what}"
        if not self.before:
            return f"{said} : ajout ({self.after})."
        if not self.after:
            return f"{said} : retrait ({self.before})."
        return f"{said} : avant « {self.before} », désormais « {self.after} »."


def between(old: CorridorSpec, new: CorridorSpec) -> tuple[Change, ...]:
    """Every difference, in the order of the document; none when the two say the same."""
    return tuple(_document(old, new))


def _document(old: CorridorSpec, new: CorridorSpec) -> Iterator[Change]:
    for key in type(old).model_fields:
        before, after = getattr(old, key), getattr(new, key)
        if before != after:
            label = corridor_words.label(CorridorSpec, key)
            section, prefix = (GENERAL, label) if key in _SCALARS else (label, "")
            yield from _value(section, prefix, key, before, after)


def _value(section: str, what: str, key: str, before: Any, after: Any) -> Iterator[Change]:
    """The differences of a value that differs; `what` names it within its section."""
    if isinstance(before, tuple) and isinstance(after, tuple) and (key == "notes" or _has_parts(before, after)):
        yield from _list(section, what, before, after)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _mapping(section, what, before, after)
    elif _are_told_by_key(before, after):
        yield from _part(section, what, before, after)
    else:
        yield _change(section, what or "Règle", key, before, after)


def _are_told_by_key(before: Any, after: Any) -> bool:
    """Whether the two are parts of one kind, whose keys can be compared; a condition is read as a whole."""
    return isinstance(before, BaseModel) and type(before) is type(after) and not isinstance(before, spec.Condition)


def _has_parts(before: tuple[Any, ...], after: tuple[Any, ...]) -> bool:
    return any(isinstance(one, BaseModel) for one in (*before, *after))


def _part(section: str, what: str, before: BaseModel, after: BaseModel) -> Iterator[Change]:
    for key in type(before).model_fields:
        one, other = getattr(before, key), getattr(after, key)
        if one != other:
            name = corridor_words.label(type(before), key)
            yield from _value(section, f"{what}, {corridor_words.lowered(name)}" if what else name, key, one, other)


def _change(section: str, what: str, key: str, before: Any, after: Any) -> Change:
    old, new = corridor_words.said(before, key), corridor_words.said(after, key)
    if old == new:  # two values that read alike: told as the file writes them
        old, new = repr(before), repr(after)
    return Change(section, what, old, new)


# ── lists of parts ──────────────────────────────────────────────────────────────────────────────────────────────────


class _Kind(NamedTuple):
    """How the parts of a list are told apart (by the values of `keys`) and called."""

    keys: tuple[str, ...]
    name: Callable[[Any], str]


def _window_name(window: spec.Window) -> str:
    return ", ".join((f"{window.phase.label}, vague {window.wave}", *window.software))


def _question_name(question: spec.ScenarioQuestion) -> str:
    return question.path if question.equals is True else f"{question.path} = {corridor_words.said(question.equals)}"


_BY_PATH = _Kind(("path",), lambda one: f"« {one.label} » ({one.path})")
_KINDS: Mapping[type, _Kind] = {
    str: _Kind((), lambda one: "Note"),
    spec.FieldSpec: _BY_PATH,
    spec.ListSpec: _BY_PATH,
    spec.Exclusive: _Kind(("paths",), lambda one: corridor_words.said(one.paths)),
    spec.Pairing: _Kind(("list", "per"), lambda one: f"{one.list} / {one.per}"),
    spec.BeneficiarySource: _Kind(("list",), lambda one: one.list),
    spec.ScenarioQuestion: _Kind(("path", "equals"), _question_name),
    spec.DocumentSpec: _Kind(("phase", "code"), lambda one: f"{one.phase.label}, « {one.label} » ({one.code})"),
    spec.EnrolmentPieceSpec: _Kind(("code",), lambda one: f"« {one.label} » ({one.code})"),
    spec.ModelSpec: _Kind(("code",), lambda one: f"« {one.label} » ({one.code})"),
    spec.SoftwareSpec: _Kind(("wave", "type"), lambda one: f"{one.type}, vague {one.wave}"),
    spec.Window: _Kind(("wave", "phase", "software"), _window_name),
    amount_rules.Bracket: _Kind(("at_least",), lambda one: f"À partir de {one.at_least}"),
}

_UNKNOWN = _Kind((), lambda one: type(one).__name__)


def _list(section: str, what: str, before: tuple[Any, ...], after: tuple[Any, ...]) -> Iterator[Change]:
    old, new = _by_identity(before), _by_identity(after)
    start = f"{what}, " if what else ""
    for identity, part in old.items():
        if identity not in new:
            yield Change(section, start + _name(part), _described(part), "")
        elif part != new[identity]:
            yield from _part(section, start + _name(part), part, new[identity])
    for identity, part in new.items():
        if identity not in old:
            yield Change(section, start + _name(part), "", _described(part))
    yield from _order(section, what, old, new)


def _by_identity(parts: tuple[Any, ...]) -> dict[tuple[Any, int], Any]:
    """The parts by what tells them apart, and their rank among those that nothing tells apart."""
    seen: Counter[Any] = Counter()
    found = {}
    for part in parts:
        identity = tuple(getattr(part, key) for key in _kind(part).keys) or repr(part)
        found[identity, seen[identity]] = part
        seen[identity] += 1
    return found


def _kind(part: Any) -> _Kind:
    return _KINDS.get(type(part), _UNKNOWN)


def _name(part: Any) -> str:
    return _kind(part).name(part)


def _described(part: Any) -> str:
    """What a part says besides its name, in words; never empty."""
    if not isinstance(part, BaseModel):
        return corridor_words.said(part)
    named = {*_kind(part).keys, "label"}
    return corridor_words.described(part, besides=named) or _name(part)


def _order(section: str, what: str, old: Mapping[Any, Any], new: Mapping[Any, Any]) -> Iterator[Change]:
    """A list of the same parts in another order is read, shown and numbered in another order."""
    before = [identity for identity in old if identity in new]
    after = [identity for identity in new if identity in old]
    moved = [rank for rank, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
    if moved:
        span = slice(moved[0], moved[0] + NAMES)
        said = (" ; ".join(_short(source[one]) for one in keys[span]) for source, keys in ((old, before), (new, after)))
        yield Change(section, f"{what}, ordre" if what else "Ordre", *said)


def _short(part: Any) -> str:
    """The name of a part among others of its list."""
    return part if isinstance(part, str) else getattr(part, "path", _name(part))


# ── tables ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _mapping(section: str, what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """A table of amounts, or one such table per software type (ceilings: counted, with examples)."""
    nested = any(isinstance(value, Mapping) for value in (*before.values(), *after.values()))
    if not nested:
        for name in dict.fromkeys((*before, *after)):
            if before.get(name) != after.get(name):
                yield Change(section, f"{what}, « {name} »", _money(before.get(name)), _money(after.get(name)))
        return
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield from _ceilings(section, f"{what} {name}", before.get(name), after.get(name))


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else formats.money(amount)


def _ceilings(
    section: str, what: str, before: Mapping[str, Decimal] | None, after: Mapping[str, Decimal] | None
) -> Iterator[Change]:
    """What became of the ceilings of one software type, told by counts with a few examples."""
    if before is None or after is None:
        yield Change(section, what, _counted(before), _counted(after))
        return
    added = [one for one in after if one not in before]
    removed = [one for one in before if one not in after]
    moved = [one for one in before if one in after and before[one] != after[one]]
    if added:
        yield Change(section, f"{what}, {_so_many(added, 'ajouté')}", "", _examples(added, after))
    if removed:
        yield Change(section, f"{what}, {_so_many(removed, 'retiré')}", _examples(removed, before), "")
    if moved:
        yield Change(
            section, f"{what}, {_so_many(moved, 'modifié')}", _examples(moved, before), _examples(moved, after)
        )


def _so_many(identifiers: list[str], done: str) -> str:
    plural = "s" if len(identifiers) > 1 else ""
    return f"{formats.whole(len(identifiers))} plafond{plural} {done}{plural}"


def _counted(ceilings: Mapping[str, Decimal] | None) -> str:
    return "" if ceilings is None else f"{formats.whole(len(ceilings))} plafond{'s' if len(ceilings) > 1 else ''}"


def _examples(identifiers: list[str], ceilings: Mapping[str, Decimal]) -> str:
    shown = " ; ".join(f"{one} : {formats.money(ceilings[one])}" for one in identifiers[:EXAMPLES])
    return shown + (" ; …" if len(identifiers) > EXAMPLES else "")
