"""Which lines of a file are beyond doubt, so that only the others go through the complete controls, one by one?

A line is sound at a glance when its columns are (`columns`), no rule has anything against a line that reads the same
(`line_rules`). The complete controls find nothing in such a line: they are the same types and the same rules, only
asked fewer times.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

from app.exchange import luhn_keys, wording
from app.exchange.line_model import LineModel
from app.exchange.line_rules import Rule, check
from app.exchange.look import Look

_RPPS_LENGTH = 11


@dataclass(frozen=True, slots=True)
class Glance:
    """What is known at a glance: the columns, the rules that still have to be put to each doubtful line kept, and the
    positions of the lines kept that hold a number with an unusual key, sound or not."""

    look: Look
    unsettled: list[Rule]
    remarkable: frozenset[int]


def look(model: LineModel, rules: Sequence[Rule], lines: Sequence[Any]) -> Glance:
    """The columns of these lines, every doubtful one marked."""
    found = model.columns.look(lines, partial(wording.forgives, model))
    unsettled = [rule for rule in rules if not _settle(rule, found, lines)]
    unusual = map(partial(_unusual_keys, found), model.reader.identifier_paths("rpps"))
    return Glance(found, unsettled, frozenset(chain.from_iterable(unusual)))


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


def _unusual_keys(found: Look, path: str) -> Iterator[int]:
    """The positions of the lines whose number there has the form of a RPPS and an unusual key."""
    values, rows = found.found(path)
    numbers = [one for one in values if isinstance(one, str) and len(one) == _RPPS_LENGTH]
    joined = "".join(numbers)
    if not (joined.isascii() and joined.isdigit()):
        numbers = [one for one in numbers if one.isascii() and one.isdigit()]
    unusual = {numbers[index] for index in luhn_keys.wrong(numbers, _RPPS_LENGTH)}
    if unusual:
        for position, one in zip(rows.positions, values, strict=True):
            if isinstance(one, str) and one in unusual:
                yield position


def identifiers_of(found: Look, model: LineModel) -> list[str]:
    """Those these lines name, and some that no beneficiary bears: a list of a case that does not hold."""
    return [one for path in model.reader.identifier_paths() for one in _texts_of(found, path)]


def files_of(found: Look) -> Sequence[str]:
    """The names of the pieces of these lines, of those that will be rejected too."""
    return _texts_of(found, "piecesJustificatives[].nomFichier")


def _texts_of(found: Look, path: str) -> Sequence[str]:
    values, _ = found.found(path)
    return values if found.is_right(path) else [one for one in values if isinstance(one, str)]
