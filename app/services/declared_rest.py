"""What did the supplier declare that no other block of the page shows? Nothing of his file is hidden from anybody.

Inferred: the guide « Les écrans du portail », § 5.2 shows what its corridors ask; a file may say more (a mandataire
without the tick, a tag no corridor knows, the amount of the order on a solde).
"""

from collections.abc import Collection, Iterator
from typing import Any

from app.corridors.spec import CorridorSpec, FieldSpec
from app.domain.enums import Phase
from app.exchange import wording
from app.exchange.faults import Path
from app.exchange.line_model import LineModel
from app.models.requests import Avenant
from app.services import declared_blocks
from app.services.declared_blocks import BENEFICIARIES, SCENARIO, Fact

# Columns of the avenant, under « Informations de la demande », and what « Pièces justificatives » says better.
_HEAD = frozenset({"numeroEditeur", "commande.dateCommande", "commande.regimeTVA", "commande.dateFacture",
                   "commande.numeroFacture", "piecesJustificatives[].formatFichier",
                   "piecesJustificatives[].typeFichier"})  # fmt: skip
_AMOUNT = {Phase.AVANCE: "commande.montantSegurHT", Phase.SOLDE: "commande.montantSegurHTFacture"}
_PIECE = "piecesJustificatives[].nomFichier"
COMPUTED = "counts"  # kept beside the line for the amount rules


def facts(avenant: Avenant, spec: CorridorSpec, model: LineModel, pieces: Collection[str]) -> tuple[Fact, ...]:
    """The rest of the line, in its order. `pieces`: the names of the files given, shown with them."""
    shown = _shown(avenant, spec)
    found = []
    for path, value in leaves({key: value for key, value in avenant.declared.items() if key != COMPUTED}):
        place = wording.generic(_in_file(path))
        if place not in shown and not (place == _PIECE and value in pieces):
            found.append(Fact(label_of(model, path), value_of(model, path, value)))
    return tuple(found)


def label_of(model: LineModel, path: Path) -> str:
    """What a place of the line is called; its tag where the corridor has no name for it."""
    place = wording.generic(_in_file(path))
    return wording.name_of(model, _in_file(path)) if place in model.labels else f"Balise « {place} »"


def value_of(model: LineModel, path: Path, value: Any) -> str:
    """What stands at a place of the line, as the page writes it."""
    return declared_blocks.written(model.kinds.get(wording.generic(_in_file(path))), value)


def _in_file(path: Path) -> Path:
    return (wording.LINES, 0, *path)


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """What was filled in, with its place in the line."""
    match value:
        case dict():
            for key, below in value.items():
                yield from leaves(below, (*path, key))
        case list():
            for rank, below in enumerate(value):
                yield from leaves(below, (*path, rank))
        case None | "":
            return
        case _:
            yield path, value


def _shown(avenant: Avenant, spec: CorridorSpec) -> set[str]:
    """The tags the other blocks show."""
    fields = [
        *declared_blocks.standing_fields(spec, avenant),
        *declared_blocks.single_fields(spec, avenant, SCENARIO),
        *_of_beneficiaries(avenant, spec),
        *(column for path in _tables(avenant, spec) for column in declared_blocks.columns_of(spec, avenant, path)),
    ]
    bare = {f"{source.list}[]" for source in declared_blocks.active_sources(spec, avenant)}
    return {field.path for field in fields} | bare | _HEAD | {_AMOUNT[avenant.phase]}


def _of_beneficiaries(avenant: Avenant, spec: CorridorSpec) -> Iterator[FieldSpec]:
    """The fields of the block, but those under a tick that is not ticked."""
    for field in declared_blocks.single_fields(spec, avenant, BENEFICIARIES):
        above = spec.field(field.required_if.path) if field.required_if else None
        if not above or above.kind != "boolean" or declared_blocks.declared_value(avenant.declared, above.path) is True:
            yield field


def _tables(avenant: Avenant, spec: CorridorSpec) -> Iterator[str]:
    """The lists shown as tables; those of a case that is not this line's are not."""
    active = {source.list for source in declared_blocks.active_sources(spec, avenant)}
    sources = {source.list for source in spec.beneficiaries}
    yield SCENARIO
    yield from (one.path for one in spec.lists if one.path in active or one.path not in sources)
