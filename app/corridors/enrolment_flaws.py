"""Can the pieces a document asks of an enrolment, and its models, be told apart? Each contradiction, with its place."""

import re
from collections.abc import Iterator, Sequence

from app.corridors.flaws import Flaw, twice, unknown_waves
from app.corridors.parts import EnrolmentPieceSpec, ModelSpec
from app.corridors.spec import CorridorSpec

_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,39}")  # no small letter: those of all corridors have nothing else
LABEL_LENGTH = 200


def find(spec: CorridorSpec) -> Iterator[Flaw]:
    yield from _named("enrolment_pieces", "une pièce", spec.enrolment_pieces)
    yield from _named("models", "un modèle", spec.models)
    for rank, model in enumerate(spec.models):
        yield from unknown_waves(spec, f"models[{rank}]", model)


def _named(key: str, what: str, parts: Sequence[EnrolmentPieceSpec | ModelSpec]) -> Iterator[Flaw]:
    """A code and a label each, no code twice."""
    for rank, one in enumerate(parts):
        if not _CODE.fullmatch(one.code):
            message = f"le code d'{what} compte 2 à 40 lettres majuscules, chiffres ou « _ »"
            yield Flaw(f"{key}[{rank}].code", message)
        if not one.label.strip() or len(one.label) > LABEL_LENGTH:
            message = f"le libellé d'{what} compte de 1 à {LABEL_LENGTH} caractères"
            yield Flaw(f"{key}[{rank}].label", message)
    yield from twice(f"{key}[{{}}].code", [one.code for one in parts], "le code")
