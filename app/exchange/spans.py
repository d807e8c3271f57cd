"""Where does every value of a text begin and end, and its tag?

As far as the text is JSON; a tag met twice has two spans. Asked when a file is mended, which changes nothing else.
"""

import contextlib
from collections.abc import Iterator

from app.exchange.faults import Path
from app.exchange.scanner import Scan, Scanner, Unreadable, unescaped


class Span:
    """A value: `start` and `end` of its text, `tag` and `tag_end` of its tag's when it has one, what it holds.

    `end` is the beginning for an object or a list the text never closes.
    """

    __slots__ = ("end", "members", "parent", "path", "start", "tag", "tag_end")

    def __init__(self, path: Path, start: int, parent: "Span | None", tag: tuple[int, int] | None) -> None:
        self.path, self.start, self.end, self.parent = path, start, start, parent
        self.tag: int | None = tag[0] if tag else None
        self.tag_end: int | None = tag[1] if tag else None
        self.members: list[Span] = []

    @property
    def begins(self) -> int:
        """Where the member begins: at its tag when it has one."""
        return self.start if self.tag is None else self.tag

    @property
    def ancestors(self) -> Iterator["Span"]:
        above = self.parent
        while above is not None:
            yield above
            above = above.parent


class Spans:
    """Every value of a text, by where it and its tag begin, and by path (the last one, for a tag met twice)."""

    def __init__(self, text: str) -> None:
        self.by_start: dict[int, Span] = {}
        self.by_tag: dict[int, Span] = {}
        self.by_path: dict[Path, Span] = {}
        with contextlib.suppress(Unreadable):
            _Speller(text, self).run()

    def note(self, span: Span) -> None:
        self.by_start[span.start] = self.by_path[span.path] = span
        if span.tag is not None:
            self.by_tag[span.tag] = span
        if span.parent:
            span.parent.members.append(span)


class _Speller(Scanner):
    def __init__(self, text: str, spans: Spans) -> None:
        super().__init__(Scan(text))
        self._spans = spans
        self._opened: list[Span] = []
        self._tag: tuple[int, int] | None = None

    def key(self, said: str) -> None:
        self._tag = self.at, self.at + len(said)
        super().key(said)

    def value(self, kind: str, said: str) -> None:
        span = Span(self.path(), self.at, self._opened[-1] if self._opened else None, self._tag)
        self._tag = None
        super().value(kind, said)
        self._spans.note(span)
        if said in ("{", "["):
            self._opened.append(span)
        else:
            span.end = self.at + len(said)

    def close(self) -> None:
        super().close()
        self._opened.pop().end = self.at + 1


def text_of(literal: str) -> str:
    """What a string literal says, without half characters."""
    return unescaped(literal).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
