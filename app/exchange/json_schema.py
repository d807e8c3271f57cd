"""What is a file of one corridor, wave and phase, as a JSON Schema (draft 2020-12) that any tool reads?

Types, lengths, lists and obligations are those of the model that validates; conditions, exclusive answers and pieces
are added from the document. What no schema can say (the keys of identifiers, a date to come, the profiles, the lists
that answer each other, what the portal already knows) is left to the simulator. A file the portal takes without a
finding is never refused by its schema, but for an empty text written where null is meant.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.corridors.spec import Condition
from app.domain import limits
from app.exchange.envelope import SIRET_TAGS
from app.exchange.line_model import LineModel
from app.exchange.values import LARGEST_AMOUNT
from app.exchange.wording import LINES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ANY_CASE = "|".join("".join(f"[{one.upper()}{one}]" for one in name) for name in limits.PIECE_EXTENSIONS)
_SIRET = {"type": "string", "pattern": "^(?!0+$)[0-9]{14}$"}
_FINESS = {"pattern": "^(?!0+$)[0-9][0-9AB][0-9]{7}$"}
# What the model leaves to a function or to a library, as far as a schema can say it. Patterns are ECMA-262's.
_SHAPES: Mapping[str, Mapping[str, Any]] = {
    "amount": {"exclusiveMinimum": 0, "maximum": float(LARGEST_AMOUNT)},
    "date": {"pattern": "^([0-9]{2}/[0-9]{2}/[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})$"},
    "email": {"pattern": "@"},
    "phone": {"pattern": "[0-9]"},
    "am": {"pattern": "^(?!0+$)[0-9]{9}$"},
    "finess": _FINESS,
    "pmsi": _FINESS,
    "siret": {"pattern": _SIRET["pattern"]},
    "rpps": {"pattern": "^(?!0+$)[0-9]{11}$"},
    "file_format": {"pattern": f"^({_ANY_CASE})$"},
    "editor_number": {"pattern": r"\S", "maxLength": limits.EDITOR_NUMBER_LENGTH},
}
_REFUSED_KEYS = "Une balise inconnue est refusée par ce schéma ; le portail l'ignore et la signale."


def of_file(model: LineModel, title: str, address: str, comment: str) -> dict[str, Any]:
    """The schema of a whole file. `address` is its identifier, `comment` says which version of the corridor it is."""
    least, most = limits.LINES_PER_FILE
    return {
        "$schema": DIALECT,
        "$id": address,
        "$comment": comment,
        "title": title,
        "description": _REFUSED_KEYS,
        "type": "object",
        "properties": {
            "impId": {"type": "null"},
            "numeroAns": {"type": "string", "pattern": "^[A-Za-z0-9]{6,20}$"},
            **{tag: _SIRET for tag in SIRET_TAGS},
            LINES: {"type": "array", "minItems": least, "maxItems": most, "items": of_line(model)},
        },
        "required": ["numeroAns", LINES],
        "oneOf": [{"required": [tag]} for tag in SIRET_TAGS],
        "additionalProperties": False,
    }


def of_line(model: LineModel) -> dict[str, Any]:
    """The schema of one request."""
    made = model.json_schema()
    line = _flat(made["items"], made.get("$defs", {}))
    for path, label in model.labels.items():
        _describe(_node(line, path), label, model.kinds.get(path, ""))
    _describe(_node(line, "numeroEditeur"), model.labels["numeroEditeur"], "editor_number")
    for tag in ("codeTraitement", "libelleTraitement"):
        line["properties"][tag] = {"type": "null"}
    rules = [*_conditional(model), *_exclusive(model), *_pieces(model)]
    return {"title": f"Demande {model.phase.of}"} | line | ({"allOf": rules} if rules else {})


def _flat(node: Any, known: Mapping[str, Any]) -> Any:
    """The same without reference, without made-up title, « or null » said by the type."""
    if isinstance(node, list):
        return [_flat(one, known) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _flat(known[node["$ref"].rpartition("/")[2]], known)
    choices = [_flat(one, known) for one in node.get("anyOf", ()) if one != {"type": "null"}]
    if len(choices) == 1:
        return _nullable(choices[0])
    return {
        key: {name: _flat(below, known) for name, below in value.items()}
        if key == "properties"
        else _flat(value, known)
        for key, value in node.items()
        if key != "title"
    }


def _nullable(node: dict[str, Any]) -> dict[str, Any]:
    if not node:
        return node
    if "const" in node:
        node = {key: value for key, value in node.items() if key != "const"} | {"enum": [node["const"]]}
    kinds = node["type"] if isinstance(node["type"], list) else [node["type"]]
    return node | {"type": [*kinds, "null"]} | ({"enum": [*node["enum"], None]} if "enum" in node else {})


def _node(line: dict[str, Any], path: str) -> dict[str, Any]:
    """The schema at a path of the line; an empty one, to be thrown away, when the path leads to none."""
    node = line
    for name, listed in _steps(path):
        node = node.get("properties", {}).get(name, {})
        node = node.get("items", {}) if listed else node
    return node


def _describe(node: dict[str, Any], label: str, kind: str) -> None:
    if not node:
        return
    node["title"] = label
    if kind in _SHAPES and node.get("type") != "null":
        node |= _SHAPES[kind]


# ── the rules between the tags of a line ────────────────────────────────────────────────────────────────────────────


def _conditional(model: LineModel) -> Iterator[dict[str, Any]]:
    """What is compulsory only when a condition holds."""
    spec = model.spec
    for field in spec.fields_of(model.phase):
        if field.required_if:
            yield _when(field.required_if, _said(field.path, {"not": {"type": "null"}}))
    for listed in spec.lists_of(model.phase):
        if listed.required_if and listed.min_items:
            enough = {"type": "array", "minItems": listed.min_items}
            yield _when(listed.required_if, _said(listed.path, enough))


def _exclusive(model: LineModel) -> Iterator[dict[str, Any]]:
    """Exactly one answer is true, where each is true or false."""
    asked = {field.path for field in model.spec.fields_of(model.phase)}
    for one in model.spec.exclusive:
        if asked.issuperset(one.paths):
            answered = [_said(path, {"type": "boolean"}) for path in one.paths]
            yield {"if": {"allOf": answered}, "then": {"oneOf": [_said(path, {"const": True}) for path in one.paths]}}


def _pieces(model: LineModel) -> Iterator[dict[str, Any]]:
    """Each piece asked is announced."""
    for document in model.spec.documents_of(model.phase):
        contained = {"contains": {"properties": {"typeFichier": {"const": document.code}}, "required": ["typeFichier"]}}
        announced = {"properties": {"piecesJustificatives": contained}}
        if document.required_if:
            yield _when(document.required_if, announced)
        elif document.required:
            yield announced


def _when(condition: Condition, then: dict[str, Any]) -> dict[str, Any]:
    return {"if": _said(condition.path, {"const": condition.equals}), "then": then}


def _said(path: str, what: dict[str, Any]) -> dict[str, Any]:
    """`what` holds at this path, which is there; for every element of the lists it goes through, if any."""
    node = what
    for name, listed in reversed(_steps(path)):
        if listed:
            node = {"properties": {name: {"items": node}}}
        else:
            node = {"type": "object", "properties": {name: node}, "required": [name]}
    return _through_lists(node) if "[]" in path else node


def _through_lists(node: dict[str, Any]) -> dict[str, Any]:
    """The same without asking that the list be there: an absent list has no element to ask anything of."""
    if "properties" not in node:
        return node
    (name, below), *_ = node["properties"].items()
    if "items" in below:
        return {"properties": {name: below}}
    return {"properties": {name: _through_lists(below)}}


def _steps(path: str) -> list[tuple[str, bool]]:
    """`a.b[].c` → (a, no list), (b, a list), (c, no list)."""
    return [(name, bool(listed)) for name, listed in re.findall(r"(\w+)(\[\])?", path)]
