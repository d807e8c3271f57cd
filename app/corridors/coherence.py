"""Does a corridor's document contradict itself? Every contradiction at once, with its place and why, in French.

Asked of what is to be published (`documents.parse`), never of what is: a version in the database reads back whatever
is asked since.
"""

from app.corridors import amount_flaws, calendar_flaws, field_flaws
from app.corridors.flaws import Flaw
from app.corridors.spec import CorridorSpec

LABEL_LENGTH = 100


def flaws(spec: CorridorSpec) -> list[Flaw]:
    """None when the document holds together."""
    return [*_name(spec), *field_flaws.find(spec), *calendar_flaws.find(spec), *amount_flaws.find(spec)]


def _name(spec: CorridorSpec) -> list[Flaw]:
    if spec.label.strip() and len(spec.label) <= LABEL_LENGTH:
        return []
    return [Flaw("label", f"le libellé d'un couloir compte de 1 à {LABEL_LENGTH} caractères")]
