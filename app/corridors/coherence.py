"""Does a corridor's document contradict itself? Every contradiction at once, with its place and why, in French.

Asked of what is to be published (`documents.parse`), never of what is: a version in the database reads back whatever
is asked since.
"""

import re
from collections.abc import Iterator
from typing import Any

from app.corridors import amount_flaws, calendar_flaws, enrolment_flaws, field_flaws, form_flaws, reading_flaws
from app.corridors.flaws import Flaw
from app.corridors.spec import CorridorSpec

LABEL_LENGTH = 100
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # controls, and halves of characters


def flaws(spec: CorridorSpec) -> list[Flaw]:
    """None when the document holds together."""
    illegible = list(_characters(spec.model_dump()))
    if illegible:  # what the others would quote could not be shown
        return illegible
    searches = (field_flaws, reading_flaws, calendar_flaws, amount_flaws, enrolment_flaws, form_flaws)
    return [*_name(spec), *(flaw for search in searches for flaw in search.find(spec))]


def _name(spec: CorridorSpec) -> list[Flaw]:
    if spec.label.strip() and len(spec.label) <= LABEL_LENGTH:
        return []
    return [Flaw("label", f"le libellé d'un couloir compte de 1 à {LABEL_LENGTH} caractères")]


def _characters(value: Any, place: str = "") -> Iterator[Flaw]:
    """Texts and names with a character that no screen shows and no database keeps."""
    match value:
        case dict():
            for name, below in value.items():
                at = f"{place}.{name}" if place else name
                yield from _characters(name, at)
                yield from _characters(below, at)
        case list() | tuple():
            for rank, below in enumerate(value):
                yield from _characters(below, f"{place}[{rank}]")
        case str() if _UNSHOWN.search(value):
            yield Flaw(place.encode("unicode_escape").decode(), "le texte porte un caractère de contrôle")
