"""The controls of the lines of one corridor version: at a glance for all, completely for those it leaves in doubt."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.exchange import glance, line_shape, wording
from app.exchange.faults import Fault
from app.exchange.line_model import EDITOR_NUMBER, LineModel
from app.exchange.line_rules import Circumstances, Rule, check
from app.exchange.lines import Line, Room, editor_number_of, number_of
from app.exchange.reading import tags_in

_TOGETHER = 20  # lines whose errors are held at once


@dataclass(frozen=True, slots=True)
class Controlled:
    """The lines, in order, each with its own faults; those that hold what is `remarkable` though nothing is wrong.

    `tags`: how many the text of these lines has, if none is met twice in one object. `named` and `files`: all the
    identifiers and names of pieces of the lines, and some that count for nothing (the list of a case that is not).
    """

    lines: list[Line]
    remarkable: list[Line]
    tags: int
    named: list[str]
    files: list[str]


def control(
    model: LineModel,
    around: Circumstances,
    ranks: Sequence[int],
    raws: Sequence[Any],
    room: Room,
    *,
    bulky: bool,
) -> Controlled:
    """The lines of this model, as they are read, and their `ranks` in the file. `bulky`: one of them may have errors by
    the hundred thousand."""
    rules = model.rules.under(around)
    seen = glance.look(model, rules, raws)
    look, sound = seen.look, seen.look.sound
    numbers = dict(zip(sound.ranks, sound.column("numLigne"), strict=True))
    editors = dict(zip(sound.ranks, sound.column(EDITOR_NUMBER), strict=True))
    lines = [
        Line(rank, raw, model, numbers[position], str(editors[position]).strip(), room)
        if position in numbers
        else Line(rank, raw, model, number_of(raw), editor_number_of(raw), room)
        for position, (rank, raw) in enumerate(zip(ranks, raws, strict=True))
    ]
    places = {rank: position for position, rank in enumerate(look.kept)}  # among the kept lines
    doubtful = [rank for rank in range(len(lines)) if rank not in numbers]
    told = {rank: look.errors(places[rank]) for rank in doubtful if rank in places and places[rank] not in look.untold}
    shapes = _shapes(model, [lines[rank] for rank in doubtful if rank not in told], room, bulky=bulky)
    for rank in doubtful:
        shape = told[rank] if rank in told else next(shapes)
        lines[rank].blame(_faults(lines[rank], shape, seen.unsettled if rank in places else rules))
    out = [lines[rank] for rank in doubtful if rank not in places]
    remarkable = {rank for rank in doubtful if rank not in places} | {look.kept[place] for place in seen.remarkable}
    return Controlled(
        lines,
        [lines[rank] for rank in sorted(remarkable)],
        look.tags + tags_in([line.raw for line in out]),
        [*glance.identifiers_of(look, model), *(person.identifier for line in out for person in line.people)],
        [*glance.files_of(look), *(piece.file_name for line in out if line.content for piece in line.content.pieces)],
    )


def _faults(line: Line, shape: Iterable[Any], rules: Sequence[Rule]) -> Iterator[Fault]:
    """Every fault of this line alone. `shape`: the errors of its shape; `rules`: those that may have something
    against it."""
    for error in shape:
        if error["type"] == wording.UNKNOWN_TAG and not line.room.left:
            line.room.leave_out()  # a remark, met by the hundred thousand
            continue
        fault = wording.fault_of(line.model, error, (*line.path, *error["loc"]))
        if fault:
            yield fault
    if isinstance(line.raw, dict):
        yield from check(rules, line.raw, line.path)


def _shapes(model: LineModel, lines: Sequence[Line], room: Room, *, bulky: bool) -> Iterator[Iterable[Any]]:
    """The errors of the shape of each line, as the model tells them: all at once where they are few, else as far as
    somebody asks."""
    for first in range(0, len(lines), _TOGETHER):
        some = [line.raw for line in lines[first : first + _TOGETHER]]
        told = None if bulky else model.errors(some, room.left)
        if told is None:
            yield from (line_shape.errors(model.tree, raw) for raw in some)
            continue
        found: list[list[Any]] = [[] for _ in some]
        for error in told:
            found[error["loc"][0]].append(error | {"loc": error["loc"][1:]})
        yield from found
