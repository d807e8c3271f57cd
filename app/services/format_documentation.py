"""The documentation of the JSON format, read from the corridors in force: fields, values, pieces, files, windows.

Served on the public page « Documentation des JSONs »: publishing a corridor is all it takes to document it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.corridors.spec import Condition, CorridorSpec, DocumentSpec, Window
from app.domain.enums import DepositMode, Phase
from app.exchange import example_file, line_model
from app.exchange.line_model import LineModel
from app.extensions import db
from app.models.corridors import Corridor, CorridorVersion
from app.services import clock, corridor_versions
from app.services.corridor_words import KINDS

# Neither is anybody's: they only show the shape.
ANS_NUMBER, SIRET = "abc123def4", "26010003700068"


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A tag of the line: its path, what it is, whether it must be there, an example."""

    path: str
    label: str
    kind: str
    obligation: str
    values: str
    example: str


@dataclass(frozen=True, slots=True)
class PhaseDocumentation:
    phase: Phase
    fields: tuple[FieldRow, ...]
    documents: tuple[DocumentSpec, ...]


@dataclass(frozen=True, slots=True)
class CorridorDocumentation:
    """`phases` is empty for a corridor deposited by form."""

    spec: CorridorSpec
    version: CorridorVersion
    phases: tuple[PhaseDocumentation, ...]


def published() -> list[CorridorDocumentation]:
    """Every corridor in force, by label."""
    return [_corridor(version) for version in _in_force()]


def windows() -> list[tuple[CorridorSpec, Window]]:
    """When each phase of each corridor in force may be deposited."""
    specs = [corridor_versions.spec_of(version) for version in _in_force()]
    return [(spec, window) for spec in specs for window in sorted(spec.windows, key=lambda one: one.opens_at)]


def schema(code: str, phase: str) -> dict[str, Any] | None:
    """The JSON Schema of `lignesImport`; None for an unknown corridor or phase, or one without file."""
    found = _find(code, phase)
    return _model(*found).json_schema() if found else None


def example(code: str, phase: str, *, blank: bool = False) -> dict[str, Any] | None:
    """A file of one line made of the corridor's examples, or the same with its values emptied; None as above."""
    found = _find(code, phase)
    if found is None:
        return None
    content = _example(corridor_versions.spec_of(found[0]), found[1])
    return _emptied(content) if blank else content


def _in_force() -> list[CorridorVersion]:
    codes = db.session.scalars(sa.select(Corridor.code).order_by(Corridor.label))
    versions = (corridor_versions.in_force(code) for code in codes.all())
    return [version for version in versions if version]


def _find(code: str, phase: str) -> tuple[CorridorVersion, Phase] | None:
    version = corridor_versions.in_force(code) if len(code) <= 3 and code.isalnum() else None
    if version is None or phase not in list(Phase):
        return None
    by_file = corridor_versions.spec_of(version).deposit is DepositMode.JSON
    return (version, Phase(phase)) if by_file else None


def _model(version: CorridorVersion, phase: Phase) -> LineModel:
    spec = corridor_versions.spec_of(version)
    return line_model.model_of(version.digest, spec, phase, spec.waves[0])


def _corridor(version: CorridorVersion) -> CorridorDocumentation:
    spec = corridor_versions.spec_of(version)
    phases = tuple(_phase(version, phase) for phase in Phase) if spec.deposit is DepositMode.JSON else ()
    return CorridorDocumentation(spec, version, phases)


def _phase(version: CorridorVersion, phase: Phase) -> PhaseDocumentation:
    spec, model = corridor_versions.spec_of(version), _model(version, phase)
    return PhaseDocumentation(phase, tuple(_rows(model)), spec.documents_of(phase))


def _rows(model: LineModel) -> Iterator[FieldRow]:
    line = _example(model.spec, model.phase)["lignesImport"][0]
    schema = model.json_schema()
    for path, label in model.labels.items():
        value, present = _read(line, path)
        declared = model.spec.field(path)
        if declared is None and (not present or isinstance(value, (dict, list))):
            continue
        tag = _tag(schema, path)
        kind = KINDS.get(model.kinds.get(path, ""), "nombre entier" if tag.get("type") == "integer" else "texte")
        condition = declared.required_if if declared else None
        values = ", ".join(str(one) for one in tag.get("enum", [tag["const"]] if "const" in tag else []))
        shown = value if present else (declared.example if declared else None)
        yield FieldRow(path, label, kind, _obligation(model, path, condition), values, _shown(shown))


def _tag(schema: dict[str, Any], path: str) -> dict[str, Any]:
    """What the schema says of a tag; nothing for a tag it leaves free."""
    known = schema.get("$defs", {})
    node = _plain(schema.get("items", {}), known)
    for part in path.split("."):
        node = _plain(node.get("properties", {}).get(part.removesuffix("[]"), {}), known)
        if part.endswith("[]"):
            node = _plain(node.get("items", {}), known)
    return node


def _plain(node: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """The node itself: behind its reference, and what it is when it is not null."""
    for choice in node.get("anyOf", ()):
        if choice.get("type") != "null":
            return _plain(choice, known)
    if "$ref" in node:
        return _plain(known[node["$ref"].rpartition("/")[2]], known)
    return node


def _obligation(model: LineModel, path: str, condition: Condition | None) -> str:
    if path in model.required:
        return "obligatoire"
    if condition is None:
        return "facultatif"
    expected = condition.equals if isinstance(condition.equals, str) else str(condition.equals).lower()
    return f"obligatoire si {condition.path} vaut {expected}"


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


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _example(spec: CorridorSpec, phase: Phase) -> dict[str, Any]:
    return example_file.example(spec, phase, ANS_NUMBER, SIRET, "HT", clock.today())


def _emptied(value: Any) -> Any:
    match value:
        case dict():
            return {key: _emptied(below) for key, below in value.items()}
        case list():
            return [_emptied(below) for below in value]
    return None
