"""A corridor's document as text: TOML as the shipped ones are written, or JSON; for people to read, keep and send back.

Plain data in, text out, and back (`read`), whether the document is right or wrong. What is null is left out of TOML,
which has no word for it.
"""

import datetime as dt
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from app.corridors.parts import PARIS
from app.domain.errors import RuleBroken

TOML, JSON = "toml", "json"
_AT = re.compile(r"at line (\d+), column (\d+)")


def read(content: bytes, name: str) -> dict[str, Any]:
    """The plain data of a document in TOML or in JSON, by the end of its name. Raises `RuleBroken` (field `file`) for
    a text that is neither, or holds what a database does not keep."""
    try:
        text = content.decode("utf-8-sig")
        if name.lower().endswith(f".{TOML}"):
            raw = tomllib.loads(text, parse_float=Decimal)
        else:
            raw = json.loads(
                text, parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_without_double
            )
        found = plain(raw)
        written = as_json(found)
        written.encode()
    except (ValueError, RecursionError) as fault:
        raise RuleBroken(f"« {name} » ne se lit pas : {_why(fault)}.", field="file") from fault
    if not isinstance(found, dict):
        raise RuleBroken("Le document doit être une table (un objet).", field="file")
    if "\\u0000" in written:
        raise RuleBroken(f"« {name} » contient un caractère nul.", field="file")
    return found


class _Refused(ValueError):
    """What a reader would let pass, said in French."""


def _refuse_constant(name: str) -> None:
    raise _Refused(f"{name} n'est pas une valeur")


def _without_double(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Refused(f"« {twice[:40]} » figure deux fois dans le même objet")
    return found


def _why(fault: Exception) -> str:
    match fault:
        case UnicodeError():
            return "il n'est pas écrit en UTF-8"
        case RecursionError():
            return "il est trop profond"
        case json.JSONDecodeError():
            return f"JSON mal formé, ligne {fault.lineno}, colonne {fault.colno}"
        case tomllib.TOMLDecodeError():
            at = _AT.search(str(fault))
            return f"TOML mal formé, ligne {at[1]}, colonne {at[2]}" if at else "TOML mal formé à la fin du document"
        case _Refused():
            return str(fault)
    return "un nombre y est démesuré"  # all that the readers refuse besides


def plain(value: Any) -> Any:
    """The same as a database keeps it: decimals and instants as strings, instants without zone being of Paris."""
    match value:
        case Decimal():
            return str(value)
        case dt.datetime():
            return (value if value.tzinfo else value.replace(tzinfo=PARIS)).isoformat()
        case dt.date() | dt.time():
            return value.isoformat()
        case dict():
            return {key: plain(below) for key, below in value.items()}
        case list():
            return [plain(below) for below in value]
    return value


def as_json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)


def as_toml(document: Mapping[str, Any]) -> str:
    return "\n".join(_table(document, "")).strip() + "\n"


WRITERS = {TOML: as_toml, JSON: as_json}


def _table(table: Mapping[str, Any], name: str) -> Iterator[str]:
    """The plain keys first, then the tables and lists of tables below, each under its heading."""
    below = {}
    for key, value in table.items():
        if isinstance(value, Mapping) or _is_tables(value):
            below[key] = value
        elif value is not None:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in below.items():
        place = f"{name}.{_key(key)}" if name else _key(key)
        for one in value if isinstance(value, list) else [value]:
            yield f"\n[[{place}]]" if isinstance(value, list) else f"\n[{place}]"
            yield from _table(one, place)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _key(key: str) -> str:
    return key if key.isascii() and key.replace("_", "").replace("-", "").isalnum() else _text(key)


def _value(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case list():
            return f"[{', '.join(_value(one) for one in value if one is not None)}]"
        case Mapping():
            inside = ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items() if one is not None)
            return f"{{ {inside} }}"
    return _text(str(value))


def _text(text: str) -> str:
    """A basic string: JSON's, but for DEL that TOML refuses bare."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
