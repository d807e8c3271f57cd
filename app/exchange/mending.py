"""The same file with some places mended, and every other byte as it was: encoding, BOM, spaces and order are kept.

A place is the line and column of a finding. Edits may come in any order; they never see each other's effects. Inside
what is removed, or typed again as text, what else was asked does not matter any more.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from app.domain.errors import RuleBroken
from app.exchange.faults import Mark
from app.exchange.rows import LONE_RETURN
from app.exchange.spans import Span, Spans

BOM = b"\xef\xbb\xbf"
AROUND = 200  # characters shown and replaced on each side of a place whose text itself is mended
_ROW_END = re.compile(rf"\n|{LONE_RETURN.pattern}")
_NEWLINE = re.compile(r"\r\n|\r|\n")


class Action(StrEnum):
    """What becomes of a place."""

    REPLACE = "replace"  # the value there, by `said`, which is JSON
    REMOVE = "remove"  # the value there with its tag, and the comma
    RENAME = "rename"  # the tag there
    ADD = "add"  # `said` under the tags `below` in the object there
    APPEND = "append"  # `said`, after the elements of the list there
    SOURCE = "source"  # the text around, by `said` as it is


class Edit(NamedTuple):
    """One place mended. `said` is JSON, a tag's name (RENAME) or plain text (SOURCE)."""

    at: Mark
    action: Action
    said: str = ""
    below: tuple[str, ...] = ()


class _Change(NamedTuple):
    """A piece of the text and what takes its place."""

    start: int
    end: int
    said: str
    at: Mark


def mended(content: bytes, edits: Sequence[Edit]) -> bytes:
    """The bytes with these edits.

    Raises `RuleBroken` in French: a place that is not in the file, two edits of one place that disagree or overlap,
    bytes that are not UTF-8.
    """
    mark = BOM if content.startswith(BOM) else b""
    try:
        text = content.removeprefix(BOM).decode()
    except UnicodeDecodeError as error:
        raise RuleBroken("Le fichier n'est pas en UTF-8 : enregistrez-le d'abord dans cet encodage.") from error
    return mark + _rewritten(text, _Mending(text).changes(dict.fromkeys(edits))).encode()


def excerpt(text: str, at: Mark) -> tuple[int, int]:
    """Beginning and end of what is mended as text around a place: its line and its neighbours, bounded."""
    offset = Rows(text).offset(at)
    line = text.rfind("\n", 0, offset) + 1
    start = text.rfind("\n", 0, line - 1) + 1 if line else 0
    end = text.find("\n", offset)
    start, end = max(start, offset - AROUND), min(len(text) if end < 0 else end, offset + AROUND)
    return start, end - (text[end - 1 : end] == "\r" and text[end : end + 1] == "\n")


class Rows:
    """Offsets of lines and columns."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in _ROW_END.finditer(text))]
        self._length = len(text)

    def offset(self, at: Mark) -> int:
        """Where a line and a column are. Raises `RuleBroken` when the text has no such place."""
        if not 1 <= at.row <= len(self._starts) or at.column < 1:
            raise _gone(at)
        offset = self._starts[at.row - 1] + at.column - 1
        after = self._starts[at.row] if at.row < len(self._starts) else self._length + 1
        if offset >= after:
            raise _gone(at)
        return offset


class _Mending:
    """The changes that edits ask of one text."""

    def __init__(self, text: str) -> None:
        self._text, self._rows = text, Rows(text)
        self._found: Spans | None = None

    def changes(self, edits: Collection[Edit]) -> list[_Change]:
        """In the order of the text, without overlap."""
        removed: dict[int, Span] = {}
        added: dict[int, tuple[Span, list[Edit]]] = {}
        others: list[tuple[Edit, Span]] = []
        sources = [edit for edit in edits if edit.action is Action.SOURCE]
        for edit in edits:
            if edit.action is Action.SOURCE:
                continue
            span = self._span(edit)
            if edit.action is Action.REMOVE:
                removed[span.start] = span
            elif edit.action in (Action.ADD, Action.APPEND):
                added.setdefault(span.start, (span, []))[1].append(edit)
            else:
                others.append((edit, span))
        changes = [self._change(edit, span) for edit, span in others if not _is_within(span, removed)]
        for span, asked in added.values():
            if not _is_within(span, removed):
                changes.append(self._addition(span, asked, removed))
        changes += self._removals(removed)
        typed = [self._source(edit) for edit in sources]
        return _in_order(typed + [one for one in changes if not any(_overlap(one, text) for text in typed)])

    def _span(self, edit: Edit) -> Span:
        offset = self._rows.offset(edit.at)
        if self._found is None:
            self._found = Spans(self._text)
        by_tag = self._found.by_tag.get(offset)
        if edit.action is Action.RENAME:
            span = by_tag
        else:
            span = self._found.by_start.get(offset) or (by_tag if edit.action is Action.REMOVE else None)
        if span is None:
            raise _gone(edit.at)
        return span

    def _source(self, edit: Edit) -> _Change:
        self._rows.offset(edit.at)
        start, end = excerpt(self._text, edit.at)
        newline = "\r\n" if "\r\n" in self._text[start:end] else "\n"
        return _Change(start, end, _NEWLINE.sub(newline, edit.said), edit.at)

    def _change(self, edit: Edit, span: Span) -> _Change:
        if edit.action is Action.RENAME:
            assert span.tag is not None
            assert span.tag_end is not None
            return _Change(span.tag, span.tag_end, written(edit.said), edit.at)
        return _Change(span.start, span.end, edit.said, edit.at)

    def _addition(self, span: Span, edits: Sequence[Edit], removed: Mapping[int, Span]) -> _Change:
        """What is put in an object or a list after what it keeps; anything else there becomes one."""
        of_list = edits[0].action is Action.APPEND
        if any((edit.action is Action.APPEND) is not of_list for edit in edits):
            raise _disagree(edits[0].at)
        parts = [edit.said for edit in edits] if of_list else list(_members(_tree(edits)))
        opener, closer = "[]" if of_list else "{}"
        if self._text[span.start] != opener:
            return _Change(span.start, span.end, opener + ", ".join(parts) + closer, edits[0].at)
        kept = [member for member in span.members if member.start not in removed]
        if not kept:
            return _Change(span.start + 1, span.start + 1, ", ".join(parts), edits[0].at)
        separator = self._separator(span)
        said = "".join(separator + part for part in parts)
        return _Change(kept[-1].end, kept[-1].end, said, edits[0].at)

    def _separator(self, span: Span) -> str:
        """What stands between two members of an object or a list: a comma, and the blanks this file puts there."""
        members = span.members
        if len(members) > 1:
            return self._text[members[-2].end : members[-1].begins]
        return "," + self._text[span.start + 1 : members[0].begins]

    def _removals(self, removed: Mapping[int, Span]) -> Iterator[_Change]:
        """Each removed member with one comma: the one before it, or after when nothing before it is kept."""
        for span in removed.values():
            if _is_within(span, removed, strictly=True):
                continue
            if span.parent is None:
                raise RuleBroken("Le fichier entier ne se retire pas.")
            members = span.parent.members
            rank = members.index(span)
            kept_before = any(member.start not in removed for member in members[:rank])
            start = members[rank - 1].end if kept_before else span.begins
            end = span.end if kept_before or rank + 1 == len(members) else members[rank + 1].begins
            yield _Change(start, end, "", Mark(0, 0))


def _overlap(one: _Change, other: _Change) -> bool:
    return one.start < other.end and other.start < one.end


def _is_within(span: Span, removed: Mapping[int, Span], *, strictly: bool = False) -> bool:
    """True when a value goes away with what is removed above it: what is asked of it matters no more."""
    return (not strictly and span.start in removed) or any(above.start in removed for above in span.ancestors)


def _in_order(changes: list[_Change]) -> list[_Change]:
    changes.sort(key=lambda change: (change.start, change.end))
    for before, after in zip(changes, changes[1:], strict=False):
        if after.start < before.end or (after.start, after.end) == (before.start, before.end):
            raise _disagree(after.at if after.at.row else before.at)
    return changes


def _rewritten(text: str, changes: Sequence[_Change]) -> str:
    parts, at = [], 0
    for change in changes:
        parts += [text[at : change.start], change.said]
        at = change.end
    return "".join([*parts, text[at:]])


_Tree = dict[str, "str | _Tree"]


def _tree(edits: Sequence[Edit]) -> _Tree:
    """What is added to one object, tags under tags."""
    tree: _Tree = {}
    for edit in edits:
        node = tree
        *above, last = edit.below
        for tag in above:
            below = node.setdefault(tag, {})
            if isinstance(below, str):
                raise _disagree(edit.at)
            node = below
        if last in node:
            raise _disagree(edit.at)
        node[last] = edit.said
    return tree


def _members(tree: _Tree) -> Iterator[str]:
    for tag, below in tree.items():
        said = below if isinstance(below, str) else "{" + ", ".join(_members(below)) + "}"
        yield f"{written(tag)}: {said}"


def written(said: str) -> str:
    """A text as JSON writes it."""
    return json.dumps(said, ensure_ascii=False)


def _gone(at: Mark) -> RuleBroken:
    return RuleBroken(f"L'endroit à corriger n'existe plus : ligne {at.row}, colonne {at.column}.")


def _disagree(at: Mark) -> RuleBroken:
    return RuleBroken(f"Deux corrections se contredisent ou se recouvrent : ligne {at.row}, colonne {at.column}.")
