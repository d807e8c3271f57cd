"""What may an officer ask of a supplier, which pieces and which fields, and how is what he asked said?

The corridor's document opens the fields (`amendable`), the officer ticks some of them; guides « Les écrans du
portail », § 5.2, and « Modification d'une demande de solde SAS ».
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.corridors import amendable
from app.corridors.spec import CorridorSpec
from app.domain import limits
from app.domain.errors import RuleBroken
from app.exchange import line_model
from app.exchange.line_model import LineModel
from app.exchange.line_rules import value_at, values_at
from app.models.requests import Avenant, InformationRequest
from app.services import clock, corridor_versions, declared_blocks

FIELDS, KINDS = "fields", "kinds"
# Inferred from the type AUTRE_S of the guides: an officer may ask for a piece no corridor lists.
OTHER_KIND = ("AUTRE", "Autre pièce")


@dataclass(frozen=True, slots=True)
class Asked:
    """The paths an officer opens, as the corridor's document writes them, and the types of the pieces he names."""

    fields: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


NOTHING = Asked()


@dataclass(frozen=True, slots=True)
class Openable:
    """A field that may be opened: its path, what it is called, its values in the request."""

    path: str
    label: str
    values: tuple[str, ...]

    @property
    def shown(self) -> str:
        """« RPPS (10005173140) », « RPPS (3 valeurs) »."""
        return f"{self.label} ({self.values[0] if len(self.values) == 1 else f'{len(self.values)} valeurs'})"


@dataclass(frozen=True, slots=True)
class Said:
    """What was asked, in French."""

    fields: tuple[str, ...] = ()
    pieces: tuple[str, ...] = ()


def model_of(avenant: Avenant) -> LineModel:
    """The shape and rules of a line of this request: those its dossier was opened under."""
    version = avenant.dossier.corridor_version
    spec = corridor_versions.spec_of(version)
    return line_model.model_of(version.digest, spec, avenant.phase, spec.wave_of(avenant.dossier.dsr))


def kinds_open(avenant: Avenant) -> list[tuple[str, str]]:
    """The types of a complementary piece (code, label): those of the corridor, and « Autre pièce »."""
    spec = model_of(avenant).spec
    return [(one.code, one.label) for one in spec.documents_of(avenant.phase)] + [OTHER_KIND]


def fields_open(avenant: Avenant) -> list[Openable]:
    """The fields an officer may tick: those the document opens and this request has, or should have."""
    model = model_of(avenant)
    found = []
    for path in amendable.paths(model.spec, avenant.phase):
        values = [value for _, value in values_at(avenant.declared, path)]
        if _concerns(model.spec, path, avenant, values):
            written = tuple(
                declared_blocks.written(None if value is None else model.kinds.get(path), value) for value in values
            )
            found.append(Openable(path, model.labels.get(path, path), written))
    return found


def _concerns(spec: CorridorSpec, path: str, avenant: Avenant, values: list[object]) -> bool:
    """Not the list of another case, nor what is asked under a condition this request does not meet."""
    if any(value not in (None, "") for value in values):
        return True
    condition = field.required_if if (field := spec.field(path)) else None
    met = condition is None or value_at(avenant.declared, tuple(condition.path.split("."))) == condition.equals
    return bool(values) and met


def checked(avenant: Avenant, asked: Asked) -> Asked:
    """The same, with the fields that are corrected together with those ticked. Raises `RuleBroken` at the field: what
    is not open, nothing asked, too many values at once."""
    counts = {one.path: len(one.values) for one in fields_open(avenant)}
    if not counts.keys() >= set(asked.fields):
        raise RuleBroken("Une donnée cochée ne peut pas être ouverte à la modification.", field=FIELDS)
    if not dict(kinds_open(avenant)).keys() >= set(asked.kinds):
        raise RuleBroken("Un type de pièce coché n'existe pas pour cette demande.", field=KINDS)
    opened = amendable.together(model_of(avenant).spec, avenant.phase, asked.fields)
    values = sum(counts.get(path, 1) for path in opened)
    if values > limits.AMENDED_VALUES:
        raise RuleBroken(
            f"{values} valeurs seraient ouvertes : {limits.AMENDED_VALUES} au plus. Cochez moins de données.",
            field=FIELDS,
        )
    ordered = [path for path in amendable.paths(model_of(avenant).spec, avenant.phase) if path in opened]
    return Asked(tuple(ordered), tuple(dict.fromkeys(asked.kinds)))


def said(avenant: Avenant, fields: Iterable[str], kinds: Iterable[str]) -> Said:
    """These paths and types under the labels people know."""
    labels, pieces = model_of(avenant).labels, dict(kinds_open(avenant))
    return Said(tuple(labels.get(one, one) for one in fields), tuple(pieces.get(one, one) for one in kinds))


def is_over(request: InformationRequest) -> bool:
    """True from J+20 on, even before the sweep that closes it."""
    return request.closes_on is not None and clock.today() >= request.closes_on


def said_of(request: InformationRequest) -> Said:
    """What an officer asked, in French: for the pages, the mail that asks and the one that reminds."""
    return said(request.avenant, request.asked_fields, request.asked_kinds)
