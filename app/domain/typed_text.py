"""May this be written in a name, an address, a bank's name or a message? Pure."""

import unicodedata

_HIDDEN = "des caractères invisibles ou de contrôle ne sont pas admis"
_OF_LINES = frozenset("\n\r\t")
# What makes a text read otherwise than it is written (Unicode, UAX #9); joiners stay, which names and emojis need.
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LATIN_END = 0x24F  # « ° », « ® » are symbols too, and stand in names of companies


def fault(value: str, most: int) -> str | None:
    """None when it may, else the reason in French: too long, invisible signs, pictures, tags."""
    if len(value) > most:
        return f"au plus {most} caractères"
    if any(unicodedata.category(sign)[0] == "C" or unicodedata.category(sign) in ("Zl", "Zp") for sign in value):
        return _HIDDEN
    if "<" in value or ">" in value:
        return "les signes < et > ne sont pas admis"
    if any(_is_picture(sign) for sign in value):
        return "les émojis et pictogrammes ne sont pas admis"
    return None


def lines_fault(value: str) -> str | None:
    """None when this may be written in a message of several lines, else the reason in French."""
    hidden = (sign in _DIRECTIONS or (unicodedata.category(sign) == "Cc" and sign not in _OF_LINES) for sign in value)
    return _HIDDEN if any(hidden) else None


def _is_picture(sign: str) -> bool:
    return ord(sign) > _LATIN_END and unicodedata.category(sign) in ("So", "Sk", "Mn", "Me")
