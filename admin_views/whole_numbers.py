"""How a whole number sent by a page is read: the id of a row, a version, the rank of a page."""

DIGITS = 9  # what both databases hold, whatever the digits


def whole(text: str) -> int | None:
    """The number, or None for what is none or is too long to be one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else None
