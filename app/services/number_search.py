"""« Numéro de demande » contains: which requests have these characters in their number?"""

import sqlalchemy as sa

from app.services import trigrams


def contains(text: str) -> sa.ColumnElement[bool]:
    """The WHERE on `Avenant` of the numbers that hold this text, three characters or more, whatever its case."""
    if not (text.isascii() and text.isalnum()):  # what no number holds
        return sa.false()
    return trigrams.NUMBERS.contains(text)
