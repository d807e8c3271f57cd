"""May this be written in a name, an address or a bank's name? Pure."""

import unicodedata

_LATIN_END = 0x24F  # « ° », « ® » are symbols too, and stand in names of companies


def fault(value: str, most: int) -> str | None:
    """None when it may, else the reason in French: too long, invisible signs, pictures, tags."""
    if len(value) > most:
        return f"au plus {most} caractères"
    if any(unicodedata.category(sign)[0] == "C" or unicodedata.category(sign) in ("Zl", "Zp") for sign in value):
        return "des caractères invisibles ou de contrôle ne sont pas admis"
    if "<" in value or ">" in value:
        return "les signes < et > ne sont pas admis"
    if any(_is_picture(sign) for sign in value):
        return "les émojis et pictogrammes ne sont pas admis"
    return None


def _is_picture(sign: str) -> bool:
    return ord(sign) > _LATIN_END and unicodedata.category(sign) in ("So", "Sk", "Mn", "Me")
