"""The controls of the lines of one corridor version: at a glance for all, completely for those it leaves in doubt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.exchange import glance, wording
from app.exchange.faults import Fault
from app.exchange.line_model import EDITOR_NUMBER, LineModel
from app.exchange.line_rules import Circumstances, Rule, check
from app.exchange.lines import Line, editor_number_of, number_of
from app.exchange.reading import tags_in


@dataclass(frozen=True, slots=True)
class Controlled:
    """The lines, in order, and those among them that are not `sound`: they bear their own faults.

    `tags`: how many the text of these lines has, if none is met twice in one object. `named` and `files`: all the
    identifiers and names of pieces of the lines, and some that count for nothing (the list of a case that is not).
    """

    lines: list[Line]
    doubtful: list[Line]
    tags: int
    named: list[str]
    files: list[str]


def control(model: LineModel, around: Circumstances, given: Sequence[tuple[int, Any]]) -> Controlled:
    """The lines of this model, `given` with their rank in the file."""
    rules = model.rules.under(around)
    raws = [raw for _, raw in given]
    seen = glance.look(model, rules, raws)
    look, sound, kept = seen.look, seen.look.sound, set(seen.look.kept)
    numbers = dict(zip(sound.ranks, sound.column("numLigne"), strict=True))
    editors = dict(zip(sound.ranks, sound.column(EDITOR_NUMBER), strict=True))
    lines = [
        Line(rank, raw, model, numbers[position], str(editors[position]).strip())
        if position in numbers
        else Line(rank, raw, model, number_of(raw), editor_number_of(raw))
        for position, (rank, raw) in enumerate(given)
    ]
    doubtful = [line for position, line in enumerate(lines) if position not in numbers]
    out_of_shape = {given[position][0] for position in range(len(given)) if position not in kept}
    _blame(model, doubtful, lambda line: rules if line.rank in out_of_shape else seen.unsettled)
    return Controlled(
        lines,
        doubtful,
        look.tags + tags_in([raw for position, raw in enumerate(raws) if position not in kept]),
        glance.identifiers_of(sound, model) + [person.identifier for line in doubtful for person in line.people],
        glance.files_of(sound)
        + [piece.file_name for line in doubtful if line.content for piece in line.content.pieces],
    )


def _blame(model: LineModel, lines: Sequence[Line], rules_for: Callable[[Line], Sequence[Rule]]) -> None:
    """Every fault of these lines, each line taken alone. `rules_for`: those that may have something against it."""
    found: list[list[Fault]] = [[] for _ in lines]
    for error in model.errors([line.raw for line in lines]) if lines else ():
        position, *below = error["loc"]
        fault = wording.fault_of(model, error, (*lines[position].path, *below))
        if fault:
            found[position].append(fault)
    for line, faults in zip(lines, found, strict=True):
        if isinstance(line.raw, dict):
            faults += check(rules_for(line), line.raw, line.path)
        line.blame(faults)
