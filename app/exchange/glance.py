"""Which lines of a file are beyond doubt, so that only the others go through the complete controls, one by one?

A line is sound at a glance when its columns are (`columns`), no rule has anything against a line that reads the same
(`line_rules`), and no number of it is remarkable. The complete controls find nothing in such a line: they are the
same types and the same rules, only asked fewer times.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from app.domain import identifiers
from app.exchange import luhn_keys, wording
from app.exchange.columns import Look
from app.exchange.faults import Path
from app.exchange.line_model import LineModel
from app.exchange.line_rules import Rule, check
from app.exchange.wording import LINES

_RPPS_LENGTH = 11


def look(model: LineModel, rules: Sequence[Rule], lines: Sequence[Any]) -> Look:
    """The columns of these lines, every doubtful one marked."""

    def forgives(error: Any, place: Path) -> bool:
        return wording.fault_of(model, error, (LINES, 0, *place)) is None

    found = model.columns.look(lines, forgives)
    for rule in rules:
        if len(found.doubtful) < len(found.kept):
            _ask(rule, found, lines)
    for path in model.reader.identifier_paths("rpps"):
        _doubt_unusual_keys(found, path)
    return found


def _ask(rule: Rule, found: Look, lines: Sequence[Any]) -> None:
    """Put one line of each sort to the rule; those that read like a faulty one are doubtful."""
    if rule.when and rule.when.equals not in found.values(rule.when.path):
        return
    sound = found.sound
    try:
        columns = [found.column(read.path, read.seen) for read in rule.reads if not found.is_even(read.path, read.seen)]
        sorts = list(zip(*columns, strict=True)) if columns else [()] * len(sound)
        a_line_of = dict(zip(sorts, sound, strict=True)) if columns else {(): sound[0]}
    except TypeError:  # a rule of an odd document reads whole objects: they cannot be sorted
        found.doubtful.update(range(len(found.kept)))
        return
    faulty = {sort for sort, rank in a_line_of.items() if any(check((rule,), lines[rank], ()))}
    if faulty:
        found.doubt(found.positions, [index for index, sort in enumerate(sorts) if sort in faulty])


def _doubt_unusual_keys(found: Look, path: str) -> None:
    numbers = [number for number in found.every(path) if number and len(number) == _RPPS_LENGTH]
    joined = "".join(numbers)
    if joined.isascii() and joined.isdigit():
        unusual = {numbers[index] for index in luhn_keys.wrong(numbers, _RPPS_LENGTH)}
    else:
        unusual = {number for number in numbers if identifiers.rpps_warning(number)}
    if unusual:
        named = found.column(path)
        found.doubt(found.positions, [index for index, numbers in enumerate(named) if not unusual.isdisjoint(numbers)])


def identifiers_of(found: Look, model: LineModel) -> list[str]:
    """Those the sound lines name, and some that no beneficiary bears: a list of a case that does not hold."""
    return list(chain.from_iterable(map(found.every, model.reader.identifier_paths())))


def files_of(found: Look) -> list[str]:
    """The names of the pieces of the sound lines."""
    return list(found.every("piecesJustificatives[].nomFichier"))
