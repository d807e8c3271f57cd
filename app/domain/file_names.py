"""How a file name is read: may it be shown, does it hide something, which extension does it end with? Pure."""

import unicodedata

from app.domain.folding import fold

KEPT_LENGTH = 255  # what a column holds
PATH_SIGNS = '/\\:*?"<>|'  # those of a path, and those no desktop lets into a name


def composed(name: str) -> str:
    """In composed form (NFC): what macOS sends decomposed compares equal to what others send."""
    return unicodedata.normalize("NFC", name).strip()


def folded(name: str) -> str:
    """What two names share when a person would call them the same."""
    return composed(name).casefold()


def shown(name: str) -> str:
    """A name that can be displayed: control, invisible and direction-changing characters become « � »."""
    return "".join("�" if _is_hidden(sign) else sign for sign in name)


def kept(name: str, otherwise: str = "fichier") -> str:
    """What is kept of a name sent by a browser: no folder, no hidden character, its last 255 characters; `otherwise`
    when nothing is left."""
    plain = "".join(sign for sign in base(name.replace("\\", "/")) if sign.isprintable())
    return composed(plain)[-KEPT_LENGTH:] or otherwise


def hides_something(name: str) -> bool:
    """True with a control, invisible or direction-changing character."""
    return any(_is_hidden(sign) for sign in name)


def _is_hidden(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category.startswith("C") or category in ("Zl", "Zp")


def is_plain(name: str) -> bool:
    """True for a bare file name: neither path, nor hidden character, nor only dots."""
    return bool(name.strip(". ")) and not hides_something(name) and not any(sign in name for sign in PATH_SIGNS)


def special_signs(name: str) -> str:
    """The characters of a name that are neither letters of French, nor digits, nor « - _ . » or a space; each once."""
    return "".join(dict.fromkeys(sign for sign in composed(name) if not _is_common(sign)))


def _is_common(sign: str) -> bool:
    return sign in " -_." or (fold(sign).isascii() and fold(sign).isalnum())


def base(path: str) -> str:
    """The last part of a path written with slashes."""
    return path.rpartition("/")[2]


def extension(name: str) -> str:
    """In lower case, without its dot; empty when there is none."""
    stem, dot, ending = base(name).rpartition(".")
    return ending.lower() if stem and dot else ""


def stem(name: str) -> str:
    """The base name without its extension."""
    ending = extension(name)
    return base(name)[: -len(ending) - 1] if ending else base(name)
