"""When are two texts the same to who searches or sorts? Whatever their case and accents: « Éditeur », « editeur ».

The database does the same to its columns (`app.models.folded`).
"""

ACCENTED = "ÀÁÂÃÄÅàáâãäåÇçÈÉÊËèéêëÌÍÎÏìíîïÑñÒÓÔÕÖòóôõöÙÚÛÜùúûüÝýŸÿ"
PLAIN = "AAAAAAaaaaaaCcEEEEeeeeIIIIiiiiNnOOOOOoooooUUUUuuuuYyYy"
LIGATURES = {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"}
_TABLE = str.maketrans(dict(zip(ACCENTED, PLAIN, strict=True)) | LIGATURES)


def fold(text: str) -> str:
    """The text in small letters, without accents nor ligatures."""
    return text.lower() if text.isascii() else text.translate(_TABLE).lower()


def holds(text: str, part: str) -> bool:
    """Whether a part is in a text."""
    return fold(part) in fold(text)
