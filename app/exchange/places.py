"""Where is a value in the text of a file? Only the objects on the way to it are opened, the rest is skipped by C.

In a file with a tag met twice, as in a very long object, the members are skipped one by one, brackets counted: the last
one of a name is its place, as it is what was read.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import msgspec
from msgspec import Raw

from app.exchange.faults import Mark, Path, Step
from app.exchange.leaps import unescaped
from app.exchange.rows import Rows
from app.exchange.wording import LINES

_SHORT = 16_384  # characters of a line, bytes of an object: longer ones are not searched again for each of their faults
_BLANK = r"[ \t\n\r]*"
_TEXT = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_BEFORE = re.compile(r"[ \t\n\r,]*")
_TAG = re.compile(rf"[ \t\n\r,]*({_TEXT}){_BLANK}:{_BLANK}")
_PLAIN = re.compile(r"[^\s,\]}]++")
_BRACKETS = re.compile(rf"{_TEXT}|([{{\[])|([}}\]])")
_STRING = re.compile(_TEXT)
_STEPS = {None: 0, 1: 1, 2: -1}  # what a text, an opening and a closing bracket add to the depth
_COLON = re.compile(rf"{_BLANK}:{_BLANK}")
_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_LIST = msgspec.json.Decoder(list[Raw])
_FILE = msgspec.json.Decoder(msgspec.defstruct("_File", [(LINES, list[Raw])]))


class _Value:
    """A value of the text: what it says, where it and its tag begin, what is inside once it was opened.

    `end`: beyond its last character, for what is searched in a line: sometimes in the next one, where its tags are met
    again and tell nothing.
    """

    __slots__ = ("end", "inside", "offset", "said", "tag")

    def __init__(self, said: Any, offset: int, tag: int | None = None, end: int = 0) -> None:
        self.said, self.offset, self.tag, self.end = said, offset, tag, end
        self.inside: _Inside | _Members | None = None


class _Inside:
    """What an object or a list holds. Found one after the other, up to the one somebody asks."""

    def __init__(self, text: str, offset: int, before: re.Pattern[str], parts: Iterable[tuple[Step, Raw]]) -> None:
        self._text, self._at, self._before, self._rest = text, offset + 1, before.match, iter(parts)
        self._in_characters = len if text.isascii() else _characters
        self._known: dict[Step, tuple[re.Match[str], Raw]] = {}
        self._values: dict[Step, _Value] = {}

    def find(self, step: Step) -> _Value | None:
        """The value of a tag or of a rank; None when there is none."""
        if step not in self._values and (step in self._known or self._reach(step)):
            before, said = self._known[step]
            tag = before.start(1) if before.re.groups else None
            self._values[step] = _Value(said, before.end(), tag, before.end() + len(said))  # in bytes: at least its own
        return self._values.get(step)

    def _reach(self, step: Step) -> bool:
        for name, said in self._rest:
            before = self._before(self._text, self._at)
            assert before is not None, "the text is JSON"
            self._known[name] = before, said
            self._at = before.end() + self._in_characters(said)
            if name == step:
                return True
        return False


class _Members:
    """What an object holds, skipped member by member: up to the one somebody asks, or all (`twice`)."""

    def __init__(self, text: str, offset: int, *, twice: bool) -> None:
        self._text, self._rest, self._twice = text, _tags(text, offset + 1), twice
        self._known: dict[Step, int] = {}
        self._values: dict[Step, _Value] = {}

    def find(self, step: Step) -> _Value | None:
        """The last value of a tag; None when there is none."""
        if step in self._values:
            return self._values[step]
        if self._twice or step not in self._known:
            for name, at in self._rest:
                self._known[name] = at
                if name == step and not self._twice:
                    break
        if step not in self._known:
            return None
        tag = _TAG.match(self._text, self._known[step])
        assert tag is not None, "it was found there"
        self._values[step] = _Value(None, tag.end(), tag.start(1))
        return self._values[step]


def _tags(text: str, at: int) -> Iterator[tuple[str, int]]:
    """The members of an object whose inside begins here, each with the place of its tag."""
    while tag := _TAG.match(text, at):
        yield unescaped(tag[1]), tag.start(1)
        at = _end(text, tag.end())


def _end(text: str, at: int) -> int:
    """Where the value that begins here ends."""
    if text[at] not in "{[":
        plain = (_STRING if text[at] == '"' else _PLAIN).match(text, at)
        assert plain is not None, "the text is JSON"
        return plain.end()
    depth = 0
    for found in _BRACKETS.finditer(text, at):
        depth += _STEPS[found.lastindex]
        if depth == 0 and found.lastindex:
            return found.end()
    raise AssertionError("the text is JSON")


def _lines_begin(text: str, at: int) -> int | None:
    """Where the lines are in a file that begins here, when no other object or list comes before them."""
    for name, tag in _tags(text, at + 1):
        found = _TAG.match(text, tag)
        assert found is not None, "it was found there"
        if name == LINES:
            return found.end() if text[found.end()] == "[" else None
        if text[found.end()] in "{[":
            return None
    return None


class _Lines:
    """The lines of a text each of which begins with the same tag, written nowhere else. Found one after the other, up
    to the one somebody asks."""

    def __init__(self, text: str, tag: str) -> None:
        self._text, self._tag, self._at = text, tag, text.find(tag)
        self._begin = text.rfind("{", 0, self._at)
        self._values: list[_Value] = []

    def find(self, step: Step) -> _Value | None:
        """The line of a rank; None when there is none."""
        if isinstance(step, str):
            return None
        while len(self._values) <= step and self._at >= 0:
            begin = self._begin
            self._at = self._text.find(self._tag, self._at + len(self._tag))
            if self._at < 0:  # how the last one ends is read when it is opened
                self._values.append(_Value(None, begin, end=len(self._text)))
                break
            self._begin = self._text.rfind("{", 0, self._at)
            said = self._text[begin : self._begin].rstrip(" \t\n\r,")
            self._values.append(_Value(said, begin, end=self._begin))
        return self._values[step] if step < len(self._values) else None


def _lines_by_tag(text: str, data: Any) -> _Lines | None:
    """The lines of a text that writes nothing otherwise than it is, when it says their first tag as often as there are
    lines: it is then told without reading the text, three times as fast."""
    lines = data.get(LINES) if isinstance(data, dict) else None
    if not isinstance(lines, list) or set(map(type, lines)) != {dict} or "\\" in text:
        return None
    tags = list(map(next, map(iter, lines)))  # stops at an empty line
    if len(tags) < len(lines) or set(tags) != {tags[0]} or text.count(f'"{tags[0]}"') != len(lines):
        return None
    return _Lines(text, f'"{tags[0]}"')


def _nth(line: Any, steps: Sequence[Step]) -> tuple[int, int] | None:
    """How many values of the same tags a line has before this one, and in all; a list on the way has one of each."""
    ranks = [index for index, step in enumerate(steps) if isinstance(step, int)]
    if len(ranks) > 1:
        return None
    if not ranks:
        return (0, 1) if _has(line, steps) else None
    for step in steps[: ranks[0]]:
        line = line.get(step) if isinstance(line, dict) else None
    below = steps[ranks[0] + 1 :]
    have = [_has(element, below) for element in line] if isinstance(line, list) else []
    rank = steps[ranks[0]]
    assert isinstance(rank, int)
    return (sum(have[:rank]), sum(have)) if rank < len(have) and have[rank] else None


def _has(value: Any, tags: Sequence[Step]) -> bool:
    for tag in tags:
        if not isinstance(value, dict) or tag not in value:
            return False
        value = value[tag]
    return True


def _characters(said: Raw) -> int:
    return len(str(said, "utf-8"))


class Places:
    """The places of a text that is JSON; `data`: what it says. `twice`: a tag may be met twice in one object."""

    def __init__(self, text: str, data: Any, *, twice: bool = False) -> None:
        self._text, self._data, self._twice = text, data, twice
        start = _BEFORE.match(text)
        self._root = _Value(text, start.end() if start else 0)
        self._rows = Rows(text)

    def place(self, path: Path, on_key: bool = False) -> Mark:
        """Where a path is; the nearest enclosing object when it is absent from the file."""
        found, below = self._root, path
        line = self._line(path)
        if line:
            offset = None if on_key else self._by_name(line, path)
            if offset is not None:
                return self._rows.mark(offset)
            found, below = line, path[2:]
        for step in below:
            if found.inside is None:
                found.inside = self._opened(found)
            inside = found.inside.find(step)
            if inside is None:
                return self._rows.mark(found.offset)
            found = inside
        return self._rows.mark(found.tag if on_key and found.tag is not None else found.offset)

    def _line(self, path: Path) -> _Value | None:
        """The line a path goes through, where to begin in most files: their envelope need not be opened."""
        if self._twice or len(path) < 2 or path[0] != LINES or self._lines is None:
            return None
        return self._lines.find(path[1])

    @cached_property
    def _lines(self) -> _Lines | _Inside | None:
        found = _lines_by_tag(self._text, self._data)
        begin = None if found else _lines_begin(self._text, self._root.offset)
        return found if begin is None else self._list(getattr(_FILE.decode(self._text), LINES), begin)

    def _by_name(self, line: _Value, path: Path) -> int | None:
        """The offset of a value of a line, when its tag is written in the line as often as the line has such values,
        once or once for each element of a list: it is then one of those. None when that cannot be told."""
        _, rank, *steps = path
        if not steps or not isinstance(steps[-1], str):
            return None
        if line.end - line.offset > _SHORT:
            return None
        found = _nth(self._data[LINES][rank], steps)
        if found is None or self._text.find("\\", line.offset, line.end) >= 0:
            return None
        before, among = found
        name, at = f'"{steps[-1]}"', line.offset
        if self._text.count(name, at, line.end) != among:
            return None
        for _ in range(before + 1):
            at = self._text.find(name, at) + len(name)
        value = _COLON.match(self._text, at)
        return value.end() if value else None

    def _opened(self, value: _Value) -> _Inside | _Members:
        opener = self._text[value.offset : value.offset + 1]
        if opener == "{" and (self._twice or value.end - value.offset > _SHORT):
            return _Members(self._text, value.offset, twice=self._twice)
        said = self._text[value.offset : _end(self._text, value.offset)] if value.said is None else value.said
        if opener == "{" and len(said) > _SHORT:
            return _Members(self._text, value.offset, twice=False)
        if opener == "{":
            return _Inside(self._text, value.offset, _TAG, _OBJECT.decode(said).items())
        return self._list(_LIST.decode(said) if opener == "[" else [], value.offset)

    def _list(self, elements: Sequence[Raw], offset: int) -> _Inside:
        return _Inside(self._text, offset, _BEFORE, enumerate(elements))
