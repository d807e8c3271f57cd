"""May a document ask values to follow this pattern? It must be read by the validator's engine, and be cheap anywhere.

The engine (Rust's `regex`, as RE2) is linear; but the pattern is published in the JSON Schema too, and whoever reads
it there may have an engine that goes back: a repetition inside a repetition is refused.
"""

import re
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import SchemaError

LENGTH = 200
_MOST_REPEATED = 1_000
_ESCAPED = re.compile(r"\\(?:[pPxuU]\{[^}]*\}|.)", re.DOTALL)
_FLAGS = re.compile(r"\(\?(?!:|<|P<)")


def fault(pattern: str) -> str | None:
    """What is wrong with a pattern, in French; None when it may be used."""
    if len(pattern) > LENGTH:
        return f"le modèle compte plus de {LENGTH} caractères"
    try:
        for read in (pattern, whole(pattern)):  # « )( » is a whole only between parentheses that are not its own
            TypeAdapter(Annotated[str, Field(pattern=read)])
    except SchemaError:
        return "le modèle ne se compile pas (ni assertions autour, ni références arrière)"
    if _FLAGS.search(pattern):
        return "le modèle ne porte pas d'options ((?i), (?x)…)"
    return _repetition_fault(pattern)


def is_followed(pattern: str, value: str) -> bool:
    """Whether a value follows a pattern; no when it is no pattern."""
    if fault(pattern):
        return False
    try:
        TypeAdapter(Annotated[str, Field(pattern=whole(pattern))]).validate_python(value)
    except ValidationError:
        return False
    return True


def whole(pattern: str) -> str:
    """The same for a value as a whole."""
    return f"^(?:{pattern})$"


def _repetition_fault(pattern: str) -> str | None:
    """Reads a pattern that compiles, once. `groups`: of each open group, whether something in it is repeated;
    `just_closed`: the same of the group that ended just before."""
    groups, just_closed, place = [False], False, 0
    while place < len(pattern):
        size, many = _token(pattern, place)
        if many > _MOST_REPEATED:
            return f"une répétition passe {_MOST_REPEATED}"
        if many > 1 and just_closed:
            return "une répétition porte sur un groupe qui en contient déjà une"
        groups[-1] |= many > 1
        just_closed = False
        if pattern[place] == "(":
            groups.append(False)
        elif pattern[place] == ")":
            just_closed = groups.pop()
            groups[-1] |= just_closed
        place += size
    return None


def _token(pattern: str, place: int) -> tuple[int, int]:
    """How many characters the token here takes, and how many times it asks what precedes it (0: not a repetition)."""
    if escaped := _ESCAPED.match(pattern, place):
        return len(escaped[0]), 0
    if pattern[place] == "[":
        return _class_size(pattern, place), 0
    return _repetition(pattern, place) or (1, 0)


def _class_size(pattern: str, start: int) -> int:
    """How many characters a class takes, `]` first in it being one of its own."""
    place = start + (2 if pattern[start + 1 : start + 2] == "^" else 1)
    place += pattern[place : place + 1] == "]"
    while pattern[place] != "]":
        place += 2 if pattern[place] == "\\" else 1
    return place + 1 - start


def _repetition(pattern: str, place: int) -> tuple[int, int] | None:
    """The size of a repetition written here and how many times at most it asks (2 stands for « without end »)."""
    sign = pattern[place]
    if sign in "*+?":
        lazy = pattern[place + 1 : place + 2] == "?"
        return 1 + lazy, 1 if sign == "?" else 2
    if sign != "{":
        return None
    end = pattern.index("}", place)
    least, comma, most = pattern[place + 1 : end].partition(",")
    many = int(most) if most else 2 if comma else int(least)
    return end + 1 - place, many
