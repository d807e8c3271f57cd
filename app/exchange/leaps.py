"""How is JSON that needs no look told by one match a value? Plain members of an object, plain elements of a list.

Plain: nothing strict JSON or this format refuses can be in it. No pattern here keeps the way it came (`*+`): a text of
five million escapes is matched in no more memory than an empty one.
"""

import json
import re
from typing import NamedTuple

from app.domain import limits

BLANK = r"[ \t\n\r]*+"
TEXT = r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"'
NUMBER = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?(?![0-9A-Za-z_.+-])"
NAN = r"-?(?:NaN|Infinity)(?!\w)"
WORD = r"(?:true|false|null)(?!\w)"
_PLAIN_TEXT = r'"[^"\\\x00-\x1f\x7f-\x9f\ud800-\udfff]*+"'
_HALF = limits.JSON_NUMBER_LENGTH // 2 - 2
_PLAIN_NUMBER = rf"-?(?:0|[1-9][0-9]{{0,{_HALF}}}+)(?:\.[0-9]{{1,{_HALF}}}+)?(?![0-9A-Za-z_.+-])"
_PLAIN = f"{_PLAIN_TEXT}|{_PLAIN_NUMBER}|{WORD}"
_ANYTHING = f"{TEXT}|{NUMBER}|{NAN}|{WORD}"
_EMPTY = rf"|\[{BLANK}\]|\{{{BLANK}\}}"


_LITERALS = json.JSONDecoder(strict=False)


class Leapt(NamedTuple):
    """How many values were leapt over, to which offset, and whether the last one has no comma after it."""

    values: int
    end: int
    ended: bool


def _member(tag: str, value: str) -> re.Pattern[str]:
    return re.compile(rf"{BLANK}({tag}){BLANK}:{BLANK}(?:{value}){BLANK}(?:(,)|(?=\}}))")


def _element(value: str) -> re.Pattern[str]:
    return re.compile(rf"{BLANK}(?:{value}){BLANK}(?:(,)|(?=\]))")


# By whether the object or list is at the greatest depth, where nothing may be opened, be it empty.
_MEMBERS = {deepest: _member(_PLAIN_TEXT, _PLAIN + ("" if deepest else _EMPTY)) for deepest in (True, False)}
_ANY_MEMBERS = {deepest: _member(TEXT, _ANYTHING + ("" if deepest else _EMPTY)) for deepest in (True, False)}
_ELEMENTS = {deepest: _element(_PLAIN + ("" if deepest else _EMPTY)) for deepest in (True, False)}
_ANY_ELEMENTS = {deepest: _element(_ANYTHING + ("" if deepest else _EMPTY)) for deepest in (True, False)}


def members(text: str, at: int, keys: set[str] | None, room: int, *, deepest: bool) -> Leapt:
    """Plain members from this offset on, `room` at most, up to a tag already among `keys`, which get the others.

    None as `keys`: any member without object or list will do, met twice or not plain.
    """
    match = (_ANY_MEMBERS if keys is None else _MEMBERS)[deepest].match
    count, more = 0, True
    while more and count < room:
        found = match(text, at)
        if found is None:
            break
        if keys is not None:
            key = found[1][1:-1]
            if key in keys:
                break
            keys.add(key)
        count += 1
        at, more = found.end(), found[2] is not None
    return Leapt(count, at, not more)


def elements(text: str, at: int, room: int, *, deepest: bool, anything: bool) -> Leapt:
    """Plain elements of a list from this offset on, `room` at most; with `anything`, those that are not plain too."""
    match = (_ANY_ELEMENTS if anything else _ELEMENTS)[deepest].match
    count, more = 0, True
    while more and count < room:
        found = match(text, at)
        if found is None:
            break
        count += 1
        at, more = found.end(), found[1] is not None
    return Leapt(count, at, not more)


def unescaped(literal: str) -> str:
    """The text of a JSON string literal; halves of a pair are put together, a lone one is left as it is."""
    return str(_LITERALS.decode(literal)) if "\\" in literal else literal[1:-1]
