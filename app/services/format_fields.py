"""What is each tag of a line: its label, what it expects, whether it must be there, an example?

Read from the model that controls the files and from the corridor's document, for the documentation of the format.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.corridors.spec import Condition
from app.domain.enums import Phase
from app.exchange.expectations import Control, Expectation
from app.exchange.line_model import LineModel
from app.services import corridor_words
from app.services.corridor_words import literal

TITLES = {
    "": "La demande",
    "commande": "La commande",
    "beneficiaires": "Les bénéficiaires",
    "piecesJustificatives": "Les pièces justificatives",
    "scenarioInstallation": "Le scénario d'installation",
}
_HINTS = {
    "numLigne": "1, 2, 3… dans l'ordre du fichier.",
    "typeAction": "C comme création.",
    "numeroEditeur": "Votre propre numéro, unique dans le fichier ; le nom des pièces peut le porter.",
    "commande.dateCommande": "Celle de la signature du bon de commande. La forme aaaa-mm-jj est admise aussi.",
    "commande.dateFacture": "La forme aaaa-mm-jj est admise aussi.",
    "commande.regimeTVA": "Celui de votre enrôlement : HT ou TTC. Les exemples sont d'un enrôlement HT.",
    "commande.montantSegurHT": "Hors taxe, sans guillemets, avec un point décimal.",
    "commande.montantSegurHTFacture": "Hors taxe, sans guillemets, avec un point décimal.",
    "piecesJustificatives[].nomFichier": "Le nom exact du fichier que vous déposerez, sans dossier.",
    "piecesJustificatives[].typeFichier": "Le code de la pièce.",
}
_HINTS_OF_PHASE = {
    ("numeroASP", Phase.AVANCE): "Le portail l'attribue à l'import.",
    ("numeroASP", Phase.SOLDE): "Celui que le portail a rendu à l'import de l'avance.",
}
_HINTS_OF_KIND = {
    "rpps": "Une clé inhabituelle est signalée, elle ne bloque pas.",
    "am": "La clé est contrôlée.",
    "finess": "La clé est contrôlée, sauf en Corse.",
    "pmsi": "La clé est contrôlée, sauf en Corse.",
    "siret": "La clé est contrôlée.",
}
STRICT_RPPS = "La clé est contrôlée."


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A tag: its path from the line, its label, its type and values, when it must be there, an example, what helps."""

    path: str
    label: str
    expected: str
    obligation: str
    example: str
    hint: str


@dataclass(frozen=True, slots=True)
class FieldBlock:
    """The tags under one of the first tags of a line."""

    title: str
    rows: tuple[FieldRow, ...]


def blocks(model: LineModel, line: Mapping[str, Any]) -> tuple[FieldBlock, ...]:
    """The tags of a line in the order of the file; `line` is the example their values are taken from."""
    found: dict[str, list[FieldRow]] = {}
    for path in _in_order(model):
        row = _row(model, line, path)
        if row:
            found.setdefault(_block_of(model, path), []).append(row)
    return tuple(FieldBlock(TITLES.get(tag) or model.labels.get(tag, tag), tuple(rows)) for tag, rows in found.items())


def _block_of(model: LineModel, path: str) -> str:
    """The first tag of the path, when others are under it; the line itself, empty, for a tag of its own."""
    first = path.split(".")[0].removesuffix("[]")
    return first if first != path or _list_of(model, path) else ""


def _in_order(model: LineModel) -> list[str]:
    """The paths, each list just before the tags of its elements."""
    paths = list(model.labels)
    places = {path: float(rank) for rank, path in enumerate(paths)}
    for listed in model.spec.lists_of(model.phase):
        below = [places[path] for path in paths if path.startswith(f"{listed.path}[]")]
        places[listed.path] = min(below, default=places[listed.path]) - 0.5
    return sorted(paths, key=places.__getitem__)


def _row(model: LineModel, line: Mapping[str, Any], path: str) -> FieldRow | None:
    """None for an object, which is only the way to its tags, for a tag that only another phase fills, and for one that
    this corridor does not know."""
    if path not in model.expectations:
        return None
    expected = model.expectations.at(path)
    value, present = _read(line, path)
    listed = _list_of(model, path)
    if (expected.control is Control.JSON and not listed) or (expected.control is Control.NULL and not present):
        return None
    return FieldRow(
        path=path,
        label=model.labels[path],
        expected="une liste [ … ]" if listed else _expected(expected),
        obligation=listed or _obligation(model, path),
        example="" if listed else literal_of(value if present else _example_of(model, path)),
        hint=_hint(model, path),
    )


def _expected(of: Expectation) -> str:
    return f"un code : {of.said}" if of.control is Control.CHOICE else of.said


def _list_of(model: LineModel, path: str) -> str:
    """How many elements a list must have; empty for what is no list."""
    for listed in model.spec.lists_of(model.phase):
        if listed.path == path:
            return _count(listed.min_items, listed.max_items) + (_if(listed.required_if) if listed.min_items else "")
    return _count(1, None) if path == "piecesJustificatives" else ""


def _count(least: int, most: int | None) -> str:
    if most is not None and least == most:
        return f"{most} {_elements(most)}"
    said = [f"{least} {_elements(least)} au moins"] if least else ["facultatif"]
    return ", ".join([*said, *([f"{most} au plus"] if most is not None else [])])


def _elements(count: int) -> str:
    return "éléments" if count > 1 else "élément"


def _obligation(model: LineModel, path: str) -> str:
    declared = model.spec.field(path)
    if path in model.required:
        return "obligatoire" + (" dans chaque élément" if "[]" in path else "")
    if declared and declared.required_if:
        return f"obligatoire{_if(declared.required_if)}"
    if model.expectations.at(path).control is Control.NULL:
        return "laisser null"
    return "facultatif"


def _if(condition: Condition | None) -> str:
    return f" si {corridor_words.condition(condition)}" if condition else ""


def _example_of(model: LineModel, path: str) -> Any:
    declared = model.spec.field(path)
    return declared.example if declared else None


def _hint(model: LineModel, path: str) -> str:
    declared = model.spec.field(path)
    if declared and declared.hint:
        return declared.hint
    if declared and declared.pattern:
        return f"Le code suit le modèle {declared.pattern}."
    if declared and declared.strict:
        return STRICT_RPPS
    return (
        _HINTS_OF_PHASE.get((path, model.phase))
        or _HINTS.get(path)
        or _HINTS_OF_KIND.get(model.kinds.get(path, ""), "")
    )


def _read(line: Any, path: str) -> tuple[Any, bool]:
    """The value of the example at this path, the first element standing for its list, and whether it is there."""
    value = line
    for part in path.split("."):
        name = part.removesuffix("[]")
        if not isinstance(value, dict) or name not in value:
            return None, False
        value = value[name]
        if part.endswith("[]"):
            if not value:
                return None, False
            value = value[0]
    return value, True


def literal_of(value: Any) -> str:
    """As the file writes it: « "API_35" », true, 100.0, null."""
    return f'"{value}"' if isinstance(value, str) else literal(value)
