"""Which lines of a file are beyond doubt, so that only the others go through the complete controls, one by one?

A line is sound at a glance when its columns are (`columns`), no rule has anything against a line that reads the same
(`line_rules`), and no number of it is remarkable. The complete controls find nothing in such a line: they are the
same types and the same rules, only asked fewer times.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from app.domain import identifiers
from app.exchange import luhn_keys, wording
from app.exchange.faults import Path
from app.exchange.line_model import LineModel
from app.exchange.line_rules import Rule, check
from app.exchange.look import Look, View
from app.exchange.wording import LINES

_RPPS_LENGTH = 11


@dataclass(frozen=True, slots=True)
class Glance:
    """What is known at a glance: the columns, and the rules that still have to be put to each doubtful line kept."""

    look: Look
    unsettled: list[Rule]


def look(model: LineModel, rules: Sequence[Rule], lines: Sequence[Any]) -> Glance:
    """The columns of these lines, every doubtful one marked."""

    def forgives(error: Any, place: Path) -> bool:
        return wording.fault_of(model, error, (LINES, 0, *place)) is None

    found = model.columns.look(lines, forgives)
    unsettled = [rule for rule in rules if not _settle(rule, found, lines)]
    for path in model.reader.identifier_paths("rpps"):
        _doubt_unusual_keys(found, path)
    return Glance(found, unsettled)


def _settle(rule: Rule, found: Look, lines: Sequence[Any]) -> bool:
    """Put one line of each sort to the rule; those that read like a faulty one are doubtful.

    True when the rule has nothing against any line kept. Where it reads wrong values, only the sound lines are known.
    """
    if rule.when and rule.when.equals not in found.found(rule.when.path)[0]:
        return True
    everywhere = all(found.is_right(read.path) for read in rule.reads)
    view = found.whole if everywhere else found.sound
    if not view.ranks:
        return False
    try:
        columns = [view.column(read.path, read.seen) for read in rule.reads if not view.is_even(read.path, read.seen)]
        sorts = list(zip(*columns, strict=True)) if columns else [()] * len(view.ranks)
        a_line_of = dict(zip(sorts, view.ranks, strict=True)) if columns else {(): view.ranks[0]}
    except TypeError:  # a rule of an odd document reads whole objects: they cannot be sorted
        found.doubtful.update(view.positions)
        return False
    faulty = {sort for sort, rank in a_line_of.items() if any(check((rule,), lines[rank], ()))}
    if faulty:
        found.doubtful.update(place for place, sort in zip(view.positions, sorts, strict=True) if sort in faulty)
    return everywhere and not faulty


def _doubt_unusual_keys(found: Look, path: str) -> None:
    view = found.sound
    numbers = [number for number in view.every(path) if number and len(number) == _RPPS_LENGTH]
    joined = "".join(numbers)
    if joined.isascii() and joined.isdigit():
        unusual = {numbers[index] for index in luhn_keys.wrong(numbers, _RPPS_LENGTH)}
    else:
        unusual = {number for number in numbers if identifiers.rpps_warning(number)}
    if unusual:
        named = zip(view.positions, view.column(path), strict=True)
        found.doubtful.update(position for position, numbers in named if not unusual.isdisjoint(numbers))


def identifiers_of(view: View, model: LineModel) -> list[str]:
    """Those these lines name, and some that no beneficiary bears: a list of a case that does not hold."""
    return list(chain.from_iterable(map(view.every, model.reader.identifier_paths())))


def files_of(view: View) -> list[str]:
    """The names of the pieces of these lines."""
    return list(view.every("piecesJustificatives[].nomFichier"))
