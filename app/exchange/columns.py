"""Which lines of a file have the right shape? Asked of all of them at once, tag by tag, instead of line by line.

The values of one tag in every line make a column; a column repeats itself (two VAT regimes, some dates, booleans), so
its distinct values are few and one call judges them. No rule is written here a second time: the tree gives the tags,
each leaf is judged by its own type of the model, and `wording` says which errors are none. A line is « kept » when its
objects and lists are where they must be; one that is not kept, or is doubtful, goes through the complete controls.
"""

from collections.abc import Callable, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.exchange.line_tree import STRICT, Node, list_of
from app.exchange.look import Look, Rows, Spot

_NO_VALUE = type(None)
_TRIES = 4  # lines out of shape are set aside, then the others are looked at again; a file full of them is not
_SECOND_OPINIONS = 1_000  # asked of the values of a column; a column with more wrong ones is left in doubt, whole
Forgives = Callable[[Any, str], bool]  # an error of the model, the path of its tag: is the value good after all?
_TOP = Spot("", (), ())


class _Misfits(Exception):
    """Lines of which a tag, an object or a list is not where it must be, by position among those looked at."""

    def __init__(self, positions: set[int]) -> None:
        self.positions = positions


class Columns:
    """The columns of one corridor version in one phase, made once from its tree."""

    def __init__(self, root: Node) -> None:
        self._root = _Object(root, _TOP, optional=False)

    def look(self, lines: Sequence[Any], forgives: Forgives) -> Look:
        """What can be said of these lines at a glance. `forgives`: the second opinion on an error of the model."""
        kept = list(range(len(lines)))
        for _ in range(_TRIES):
            if not kept:
                break
            look = Look(kept)
            try:
                self._root.walk([lines[rank] for rank in kept], Rows(range(len(kept))), look, forgives)
            except _Misfits as misfits:
                kept = [rank for position, rank in enumerate(kept) if position not in misfits.positions]
            else:
                return look
        return Look([])


class _Object:
    """An object: its tags must be known, and those needed there."""

    def __init__(self, node: Node, spot: Spot, *, optional: bool) -> None:
        self._path, self._optional = spot.path, optional
        self._names = tuple(node.tags)
        self._needed = frozenset(name for name, below in node.tags.items() if below.must_be_there)
        self._parts = [
            _part(below, Spot(f"{spot.path}.{name}" if spot.path else name, (*spot.place, name), (*spot.order, number)))
            for number, (name, below) in enumerate(node.tags.items())
        ]

    def walk(self, values: Sequence[Any], rows: Rows, look: Look, forgives: Forgives) -> None:
        look.note(self._path, values, rows)
        columns = self._split(values, look) or self._split_unlike(values, rows, look)
        for part, column in zip(self._parts, columns, strict=True):
            part.walk(column, rows, look, forgives)

    def _split(self, values: Sequence[Any], look: Look) -> list[Sequence[Any]] | None:
        """The columns, in the order of the names, when all are objects with the tags of the first. It is so in most
        files, and what `itemgetter` finds by these names in all of them is an object with no other tag."""
        names = tuple(name for name in self._names if name in values[0]) if isinstance(values[0], dict) else ()
        if len(names) < 2 or not self._needed.issubset(names):
            return None
        try:
            if set(map(len, values)) != {len(names)}:
                return None
            found: list[Sequence[Any]] = list(zip(*map(itemgetter(*names), values), strict=True))
        except (KeyError, TypeError):
            return None
        look.tags += len(names) * len(values)
        if len(names) == len(self._names):
            return found
        there = dict(zip(names, found, strict=True))
        absent = (None,) * len(values)
        return [there.get(name, absent) for name in self._names]

    def _split_unlike(self, values: Sequence[Any], rows: Rows, look: Look) -> list[Sequence[Any]]:
        objects = _of_type(dict, values, rows, optional=self._optional)
        known = frozenset(self._names)
        out = [index for index, one in enumerate(objects) if not self._needed <= one.keys() <= known]
        if out:
            raise _Misfits({rows.positions[index] for index in out})
        look.tags += sum(map(len, objects))
        return [[one.get(name) for one in objects] for name in self._names]


class _List:
    """A list: long enough, not too long, and its elements make columns of their own."""

    def __init__(self, node: Node, spot: Spot, *, optional: bool) -> None:
        assert node.item is not None
        self._path, self._optional, self._at_least, self._at_most = spot.path, optional, node.at_least, node.at_most
        self._item = _part(node.item, Spot(f"{spot.path}[]", (*spot.place, None), (*spot.order, None)), of_list=True)

    def walk(self, values: Sequence[Any], rows: Rows, look: Look, forgives: Forgives) -> None:
        look.note(self._path, values, rows)
        lists = _of_type(list, values, rows, optional=self._optional)
        sizes = list(map(len, lists))
        if min(sizes) < self._at_least or max(sizes) > self._at_most:
            wrong = [index for index, size in enumerate(sizes) if not self._at_least <= size <= self._at_most]
            look.spoil(self._path, rows.positions, wrong)
        items = list(chain.from_iterable(lists))
        if items:
            self._item.walk(items, Rows(above=rows, counts=sizes), look, forgives)


class _Leaf:
    """A value: what its type says, asked once of each distinct text, or of every value that is no text."""

    def __init__(self, node: Node, spot: Spot, declared: Any) -> None:
        self._path, self._spot = spot.path, spot
        self._empty, self._free = node.leaf is None, node.leaf is Any
        adapter = TypeAdapter(list_of(declared), config=STRICT)
        self._judge = adapter.validator
        kinds = _kinds(adapter.json_schema()["items"])
        self._distinct = _WAYS.get(kinds, _each)
        self._of_booleans = kinds == "boolean"

    def walk(self, values: Sequence[Any], rows: Rows, look: Look, forgives: Forgives) -> None:
        look.note(self._path, values, rows)
        if (self._free or self._empty) and values.count(None) == len(values):
            look.distinct[self._path] = (None,)
            return
        if self._free:
            return
        pool = self._distinct(values)
        judged = list(values) if pool is None else pool
        wrong = self._wrong(judged, forgives)
        if wrong is None:
            look.spoil(self._path, rows.positions, range(len(values)))
            pool = None if pool is None else []
        elif wrong:
            if pool is not None:
                why = {pool[index]: error for index, error in wrong.items()}
                wrong = {index: why[value] for index, value in enumerate(values) if value in why}
                pool = [value for value in pool if value not in why]
            look.blame(self._spot, rows, values, wrong)
        elif self._of_booleans:
            pool = _distinct(values)
        if pool is not None:
            look.distinct[self._path] = pool

    def _wrong(self, values: list[Any], forgives: Forgives) -> dict[int, Any] | None:
        """The error of each wrong value, by index; None when they are too many."""
        try:
            self._judge.validate_python(values)
        except ValidationError as error:
            if error.error_count() > _SECOND_OPINIONS:
                return None
            found = error.errors(include_url=False)
            return {int(one["loc"][0]): one for one in found if not forgives(one, self._path)}
        return {}


_Part = _Object | _List | _Leaf


def _part(node: Node, spot: Spot, *, of_list: bool = False) -> _Part:
    """An element of a list is never null; a tag may be, when it may be absent."""
    if node.item is not None:
        return _List(node, spot, optional=not of_list and not node.must_be_there)
    if node.tags:
        return _Object(node, spot, optional=not of_list and not node.must_be_there)
    return _Leaf(node, spot, node.type() if of_list else node.nullable())


def _of_type(kind: type, values: Sequence[Any], rows: Rows, *, optional: bool) -> Sequence[Any]:
    """The same objects (or lists), an empty one standing for null where null may be."""
    kinds = set(map(type, values))
    if kinds == {kind}:
        return values
    allowed = {kind, _NO_VALUE} if optional else {kind}
    if not kinds <= allowed:
        raise _Misfits({rows.positions[index] for index, one in enumerate(values) if type(one) not in allowed})
    return [kind() if one is None else one for one in values]


def _distinct(values: Sequence[Any]) -> list[Any] | None:
    """One of each; None when some cannot be held against each other (objects, lists)."""
    try:
        return list(set(values))
    except TypeError:
        return None


def _distinct_of_one_type(values: Sequence[Any]) -> list[Any] | None:
    """One of each when no two of them are equal without being alike, as 1 and true are."""
    return _distinct(values) if len(set(map(type, values))) == 1 else None


def _each(values: Sequence[Any]) -> list[Any] | None:
    return None  # all of them


# How the values of a leaf are told apart: where only texts are right, nothing else of JSON equals one of them.
_WAYS = {"string": _distinct, "number": _distinct_of_one_type}


def _kinds(schema: Any) -> str:
    """What the values of a leaf are in JSON, null apart."""
    return " ".join({_kind(one) for one in schema.get("anyOf", [schema])} - {"null"})


def _kind(schema: Any) -> str:
    allowed = schema.get("enum", [schema["const"]] if "const" in schema else [])
    if allowed and all(isinstance(one, str) for one in allowed):
        return "string"
    return str(schema.get("type"))
