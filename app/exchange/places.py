"""Where is a value in the text of a sound file? Only the objects on the way to it are opened, the rest is skipped by C.

For a file with a tag met twice, what is skipped is not known: `scanner`, which reads everything, tells the places.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Raw

from app.exchange.faults import Mark, Path, Step
from app.exchange.wording import LINES

_BLOCK = 4096  # characters
_BLANK = r"[ \t\n\r]*"
_TEXT = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_BEFORE = re.compile(r"[ \t\n\r,]*")
_TAG = re.compile(rf"[ \t\n\r,]*({_TEXT}){_BLANK}:{_BLANK}")
# The beginning of a file whose lines come before any other object or list, and after texts and numbers only.
_HEAD = re.compile(
    rf'{_BLANK}\{{{_BLANK}(?:{_TEXT}{_BLANK}:{_BLANK}(?:{_TEXT}|[^\s"{{}}\[\],]+){_BLANK},{_BLANK})*?'
    rf'"{LINES}"{_BLANK}:{_BLANK}\['
)
_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_LIST = msgspec.json.Decoder(list[Raw])
_FILE = msgspec.json.Decoder(msgspec.defstruct("_File", [(LINES, list[Raw])]))


class Rows:
    """Lines and columns of a text. Newlines are counted by blocks, up to where somebody asks."""

    def __init__(self, text: str) -> None:
        self._text, self._before = text, [0]  # newlines before each block

    def mark(self, offset: int) -> Mark:
        """Line and column of an offset."""
        block = offset // _BLOCK
        while len(self._before) <= block:
            end = len(self._before) * _BLOCK
            self._before.append(self._before[-1] + self._text.count("\n", end - _BLOCK, end))
        here = self._text.count("\n", block * _BLOCK, offset)
        above = self._before[block]
        if here:
            start = self._text.rfind("\n", block * _BLOCK, offset) + 1
        elif above:
            last = bisect_left(self._before, above) - 1
            start = self._text.rfind("\n", last * _BLOCK, (last + 1) * _BLOCK) + 1
        else:
            start = 0
        return Mark(above + here + 1, offset - start + 1)


class Places:
    """The places of a text that is JSON, without a tag met twice in one object."""

    def __init__(self, text: str) -> None:
        self._text, self._plain = text, text.isascii()
        start = _BEFORE.match(text)
        self._root = _Value(text, start.end() if start else 0)
        self._rows = Rows(text)
        self._lines: _Value | None = None

    def place(self, path: Path, on_key: bool = False) -> Mark:
        """Where a path is; the nearest enclosing object when it is absent from the file."""
        found, path = self._from(path)
        for step in path:
            below = self._below(found, step)
            if below is None:
                return self._rows.mark(found.offset)
            found = below
        return self._rows.mark(found.tag if on_key and found.tag is not None else found.offset)

    def _from(self, path: Path) -> "tuple[_Value, Path]":
        """Where to begin, and what of the path remains. In most files the envelope need not be opened."""
        if len(path) < 2 or path[0] != LINES:
            return self._root, path
        if self._lines is None:
            head = _HEAD.match(self._text)
            if head is None:
                return self._root, path
            self._lines = _Value("", head.end() - 1)
            self._lines.inside = self._elements(getattr(_FILE.decode(self._text), LINES), self._lines.offset)
        return self._lines, path[1:]

    def _below(self, value: "_Value", step: Step) -> "_Value | None":
        if value.inside is None:
            value.inside = self._opened(value)
        while step not in value.known:
            another = next(value.inside, None)
            if another is None:
                return None
            value.known[another[0]] = another[1]
        return value.known[step]

    def _opened(self, value: "_Value") -> "Iterator[tuple[Step, _Value]]":
        """What an object or a list holds, one after the other."""
        opener = self._text[value.offset : value.offset + 1]
        if opener == "{":
            at = value.offset + 1
            for key, raw in _OBJECT.decode(value.said).items():
                tag = _TAG.match(self._text, at)
                assert tag is not None, "the text is JSON"
                yield key, _Value(raw, tag.end(), tag.start(1))
                at = tag.end() + self._length(raw)
        elif opener == "[":
            yield from self._elements(_LIST.decode(value.said), value.offset)

    def _elements(self, elements: list[Raw], offset: int) -> "Iterator[tuple[Step, _Value]]":
        at = offset + 1
        for rank, raw in enumerate(elements):
            before = _BEFORE.match(self._text, at)
            start = before.end() if before else at
            yield rank, _Value(raw, start)
            at = start + self._length(raw)

    def _length(self, raw: Raw) -> int:
        """In characters."""
        return len(raw) if self._plain else len(str(raw, "utf-8"))


class _Value:
    """A value of the text: what it says, where it and its tag begin, and what was found inside so far."""

    __slots__ = ("inside", "known", "offset", "said", "tag")

    def __init__(self, said: Any, offset: int, tag: int | None = None) -> None:
        self.said, self.offset, self.tag = said, offset, tag
        self.known: dict[Step, _Value] = {}
        self.inside: Iterator[tuple[Step, _Value]] | None = None
