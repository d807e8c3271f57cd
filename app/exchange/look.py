"""What the columns of a file say, asked of all its lines or of those beyond doubt."""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import accumulate, chain, compress, repeat
from operator import itemgetter
from typing import Any, NamedTuple

from app.domain import limits
from app.exchange.faults import Path

Seen = Callable[[Any], Hashable]


class Rows:
    """To which line each value of a column belongs: one each, or `counts` of them for each row of `above`."""

    def __init__(self, positions: Sequence[int] = (), above: "Rows | None" = None, counts: Sequence[int] = ()) -> None:
        self._positions, self._above, self._counts = positions, above, counts
        self._ends: Sequence[int] = ()
        self.of_list = above is not None

    @property
    def positions(self) -> Sequence[int]:
        if self._above is not None and not self._positions:
            self._positions = list(chain.from_iterable(map(repeat, self._above.positions, self._counts)))
        return self._positions

    def at(self, index: int) -> tuple[int, tuple[int, ...]]:
        """The line of a value of the column, and its rank in each of the lists it is in."""
        if self._above is None:
            return self._positions[index], ()
        self._ends = self._ends or list(accumulate(self._counts))
        listed = bisect_right(self._ends, index)
        position, ranks = self._above.at(listed)
        return position, (*ranks, index - self._ends[listed] + self._counts[listed])

    @property
    def even(self) -> bool:
        """Whether every line has as many values."""
        return len(set(self._counts)) == 1 and self._above is not None and not self._above.of_list

    def grouped(self, values: Sequence[Any], lines: int) -> list[tuple[Any, ...]]:
        """The values of each line."""
        if self.even and len(values) == lines:
            return list(zip(values, strict=True))
        found: list[list[Any]] = [[] for _ in range(lines)]
        for position, value in zip(self.positions, values, strict=True):
            found[position].append(value)
        return [tuple(one) for one in found]


class Spot(NamedTuple):
    """Where a leaf is in a line: its `place`, and its `order` among the leaves; None stands for a rank in a list."""

    path: str
    place: tuple[str | None, ...]
    order: tuple[int | None, ...]


def _ranked(steps: tuple[Any, ...], ranks: tuple[int, ...]) -> tuple[Any, ...]:
    """These steps, with the ranks where they are to be."""
    if not ranks:
        return steps
    rest = iter(ranks)
    return tuple(next(rest) if step is None else step for step in steps)


_NO_COLUMN: tuple[Sequence[Any], Rows] = (), Rows()


class View:
    """Some of the lines kept, all or those beyond doubt. `ranks`: theirs; `positions`: among the lines kept."""

    def __init__(self, look: "Look", chosen: Sequence[bool] | None) -> None:
        self._look, self._chosen = look, chosen
        self.ranks: Sequence[int] = self._of(look.kept)
        self.positions: Sequence[int] = self._of(range(len(look.kept)))

    def every(self, path: str) -> Sequence[Any]:
        """Every value of a path, without regard to its line."""
        values, rows = self._look.found(path)
        return values if self._chosen is None else list(compress(values, map(self._chosen.__getitem__, rows.positions)))

    def column(self, path: str, seen: Seen | None = None) -> Sequence[Any]:
        """For each line, the value of a path (None when absent), or all of them when it goes through lists.

        `seen`: what is looked at in each value.
        """
        values, rows = self._look.found(path)
        if rows.of_list or "[]" in path:
            groups = self._of(rows.grouped(values, len(self._look.kept)))
            return groups if seen is None else [tuple(map(seen, group)) for group in groups]
        column = self._of(values or [None] * len(self._look.kept))
        return column if seen is None else list(map(seen, column))

    def is_even(self, path: str, seen: Seen | None = None) -> bool:
        """True when all the lines surely show the same there."""
        values, rows = self._look.found(path)
        if not values:
            return True
        if rows.of_list and not rows.even:
            return False
        distinct = self._look.distinct.get(path)
        if distinct is None:
            return seen is not None and len(set(map(seen, self.every(path)))) == 1
        return len(distinct) == 1 or (seen is not None and len(set(map(seen, distinct))) == 1)

    def _of(self, values: Sequence[Any]) -> Sequence[Any]:
        return values if self._chosen is None else list(compress(values, self._chosen))


class Look:
    """What the columns say. `kept`: ranks of the lines whose columns are there; `doubtful`: positions among them.

    `tags`: how many tags the kept lines hold, as far as the model knows them. `distinct`: by path, the right values
    met, each of them once, where they can be told apart. `untold`: positions of the lines that may hold a wrong value
    of which no error is kept.
    """

    def __init__(self, kept: list[int]) -> None:
        self.kept, self.tags = kept, 0
        self.doubtful: set[int] = set()
        self.untold: set[int] = set()
        self.distinct: dict[str, Sequence[Any]] = {}
        self._columns: dict[str, tuple[Sequence[Any], Rows]] = {}
        self._spoiled: set[str] = set()
        self._errors: dict[int, list[tuple[tuple[int, ...], dict[str, Any]]]] = {}
        self._room = limits.JSON_FINDINGS

    @property
    def whole(self) -> View:
        """All the lines kept, whatever is in them."""
        return View(self, None)

    @property
    def sound(self) -> View:
        """The lines kept that are not doubtful."""
        if not self.doubtful:
            return self.whole
        return View(self, [position not in self.doubtful for position in range(len(self.kept))])

    def is_right(self, path: str) -> bool:
        """True when no line kept has a wrong value there."""
        return path not in self._spoiled

    def found(self, path: str) -> tuple[Sequence[Any], Rows]:
        """The values of a path in the lines kept, and the line of each; none when no line may have any."""
        return self._columns.get(path, _NO_COLUMN)

    def note(self, path: str, values: Sequence[Any], rows: Rows) -> None:
        self._columns[path] = values, rows

    def spoil(self, path: str, positions: Sequence[int], which: Sequence[int]) -> None:
        """Say which values of a path are wrong, by index in its column, without saying why."""
        self._spoiled.add(path)
        lines = [positions[index] for index in which]
        self.doubtful.update(lines)
        self.untold.update(lines)

    def blame(self, spot: Spot, rows: Rows, values: Sequence[Any], errors: Mapping[int, Mapping[str, Any]]) -> None:
        """Say which values of a leaf are wrong, by index in its column, and why: the errors of the model. They are
        kept as long as there are no more of them than a report tells."""
        if len(errors) > self._room:
            self.spoil(spot.path, rows.positions, list(errors))
            return
        self._room -= len(errors)
        self._spoiled.add(spot.path)
        for index, error in errors.items():
            position, ranks = rows.at(index)
            place: Path = _ranked(spot.place, ranks)
            told = (_ranked(spot.order, ranks), {**error, "loc": place, "input": values[index]})
            self._errors.setdefault(position, []).append(told)
            self.doubtful.add(position)

    def errors(self, position: int) -> list[dict[str, Any]]:
        """The errors of a line that is not `untold`, as the model tells them: in its order, `loc` from the line."""
        return [error for _, error in sorted(self._errors.get(position, ()), key=itemgetter(0))]
