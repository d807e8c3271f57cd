"""Is this file strict JSON, and what does it say? UTF-8 only, no duplicate tag, bounded depth, decimals as written.

A sound file is read by msgspec in one call and never looked at by Python code. Cheap questions on the bytes tell a
doubtful one, which `scanner` then examines: is it too deep or too full, does it hold a number too long, an escape or a
control character, and has what was read as many tags as the bytes have colons (a tag met twice loses one)? Whoever
counts the tags on his way `vouch`es for them; else what was read is written again, and its colons are counted.
"""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from app.domain import limits
from app.exchange import codes, scanner
from app.exchange.faults import Fault, Mark, Path
from app.exchange.places import Places
from app.exchange.rows import Rows
from app.exchange.scanner import Scan

_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
_SIGNS = b"[]{}:,"  # those inside texts are counted too: what is told from them is that a file may be doubtful
_NOT_SIGNS = bytes(code for code in range(256) if code not in _SIGNS)
_NOT_BRACKETS = b":,"
_BRACKETS = bytes.maketrans(b"[{]}", b"(())")
_DIGITS = bytes.maketrans(b"123456789.", b"0000000000")
_LONG = b"0" * (limits.JSON_NUMBER_LENGTH + 1)
_STRIDE = 8  # of every eighth byte, a number too long leaves some in a row
_LONG_SAMPLE = b"0" * (len(_LONG) // _STRIDE)
# Escapes that may hide a control character, half a character or a colon; and control characters written plainly.
_DOUBTFUL_ESCAPE = re.compile(rb"\\(?:[bfnrt]|u00[0189]|u007|u003[aA]|u[dD][89a-fA-F])")
_CONTROL = re.compile(rb"\x7f|\xc2[\x80-\x9f]")
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class Reading:
    """What a file says (`data`, when it is `readable`) and what strict JSON refuses in it."""

    def __init__(self, text: str = "") -> None:
        self.text, self.readable = text, False
        self.data: Any = None
        self._faults: list[Fault] | None = []  # None: not known yet
        self._scan: Scan | None = None
        self._places: Places | None = None
        self._colons = 0

    @property
    def faults(self) -> list[Fault]:
        """What strict JSON refuses, each with its place."""
        if self._faults is None:
            self._faults = [] if self._colons == tags_in(self.data) else self.scan().faults
        return self._faults

    def scan(self) -> Scan:
        """The whole text read by Python, at the first need."""
        if self._scan is None:
            self._scan = scanner.scan(self.text)
        return self._scan

    def place(self, path: Path, on_key: bool = False) -> Mark:
        """Where a path is (its tag with `on_key`); the nearest enclosing object when it is absent from the file."""
        if self._places is None:
            self._places = Places(self.text, self.data, twice=bool(self.faults))
        return self._places.place(path if self.readable else (), on_key)

    def refuse(self, faults: list[Fault]) -> None:
        """Nothing can be read, for these reasons."""
        self._faults = faults

    def settle(self, data: Any, colons: int | None) -> None:
        """What the bytes say. `colons`: how many they have, when a tag met twice is all that may be wrong."""
        self.data, self.readable, self._colons = data, True, colons or 0
        self._faults = self.scan().faults if colons is None else None

    def vouch(self, tags: int) -> None:
        """Say how many tags were counted in `data`. As many colons as tags: none was met twice, no text has one."""
        if self._faults is None and tags == self._colons:
            self._faults = []


def read(content: bytes) -> Reading:
    """Read the bytes of a file. Never raises: what is wrong is in `faults`, each with its place."""
    content = content.removeprefix(_BOM)
    if not content.strip():
        return _refused(Fault(codes.EMPTY, (), "le fichier est vide", mark=Mark(1, 1)))
    if content.startswith(_WIDE_BOMS):
        return _refused(Fault(codes.NOT_UTF8, (), "le fichier est en UTF-16", mark=Mark(1, 1)))
    try:
        reading = Reading(content.decode())
    except UnicodeDecodeError as error:
        return _refused(_not_utf8(content, error))
    signs = content.translate(None, _NOT_SIGNS)
    if (_is_too_deep(signs) or _may_hold_too_much(signs)) and reading.scan().faults:
        reading.refuse(reading.scan().faults)
        return reading
    try:
        data = _decoder().decode(content)
    except (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError):
        reading.refuse(reading.scan().faults or [_unreadable()])
        return reading
    reading.settle(data, None if _is_doubtful(content) else signs.count(b":"))
    return reading


def _decoder() -> msgspec.json.Decoder[Any]:
    """Of one file: an amount it says a hundred times is one number, whose hash is computed once."""
    return msgspec.json.Decoder(float_hook=lru_cache(maxsize=None)(Decimal))


def _refused(fault: Fault) -> Reading:
    reading = Reading()
    reading.refuse([fault])
    return reading


def _not_utf8(content: bytes, error: UnicodeDecodeError) -> Fault:
    before = content[: error.start].decode()
    mark = Rows(before).mark(len(before))
    said = f"0x{content[error.start]:02X}"
    return Fault(codes.NOT_UTF8, (), f"l'octet {said} n'est pas de l'UTF-8", said, mark=mark)


def _unreadable() -> Fault:
    return Fault(codes.SYNTAX, (), "le fichier ne peut pas être lu", mark=Mark(1, 1))


def _is_too_deep(signs: bytes) -> bool:
    """True when brackets, those inside texts included, nest deeper than allowed: each round peels one level off."""
    brackets = signs.translate(_BRACKETS, _NOT_BRACKETS)
    for _ in range(limits.JSON_DEPTH):
        peeled = brackets.replace(b"()", b"")
        if len(peeled) in (0, len(brackets)):
            return bool(peeled)
        brackets = peeled
    return True


def _may_hold_too_much(signs: bytes) -> bool:
    """True when the commas and brackets, those inside texts included, could part more values than allowed."""
    return len(signs) >= limits.JSON_VALUES and len(signs.translate(None, b":]}")) >= limits.JSON_VALUES


def _is_doubtful(content: bytes) -> bool:
    if b"\\" in content and _DOUBTFUL_ESCAPE.search(content):
        return True
    if (b"\x7f" in content or b"\xc2" in content) and _CONTROL.search(content):
        return True
    return _LONG_SAMPLE in content[::_STRIDE].translate(_DIGITS) and _LONG in content.translate(_DIGITS)


def tags_in(data: Any) -> int:
    """How many tags these data have, and colons their texts."""
    return _ENCODER.encode(data).count(b":")


def write(data: Any) -> bytes:
    """Plain data as indented UTF-8 JSON, decimals as they were written."""
    return msgspec.json.format(_ENCODER.encode(data), indent=4) + b"\n"
