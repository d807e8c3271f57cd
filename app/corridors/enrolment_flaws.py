"""Can the pieces a document asks of an enrolment be told apart? Each contradiction, with its place."""

import re
from collections.abc import Iterator

from app.corridors.flaws import Flaw, twice
from app.corridors.spec import CorridorSpec

_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,39}")  # no small letter: those of all corridors have nothing else
LABEL_LENGTH = 200


def find(spec: CorridorSpec) -> Iterator[Flaw]:
    for rank, piece in enumerate(spec.enrolment_pieces):
        if not _CODE.fullmatch(piece.code):
            message = "un code de pièce compte 2 à 40 lettres majuscules, chiffres ou « _ »"
            yield Flaw(f"enrolment_pieces[{rank}].code", message)
        if not piece.label.strip() or len(piece.label) > LABEL_LENGTH:
            yield Flaw(
                f"enrolment_pieces[{rank}].label", f"le libellé d'une pièce compte de 1 à {LABEL_LENGTH} caractères"
            )
    yield from twice("enrolment_pieces[{}].code", [one.code for one in spec.enrolment_pieces], "le code")
