"""What shape a line must have, by a corridor's document and a phase; every fault of shape of every line at once.

The model is a pydantic schema made of typed dicts: it checks and converts nothing, so what is read later is what the
supplier wrote. Sources: domain dossier, D2 and D3 (FACT for the avance of the médecine de ville, else inferred).
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainValidator, TypeAdapter, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.corridors import patterns
from app.corridors.spec import CorridorSpec, FieldSpec
from app.domain import identifiers, limits
from app.domain.contacts import FRENCH_PHONE
from app.domain.enums import DepositMode, Phase
from app.exchange.columns import Columns
from app.exchange.contents import Reader
from app.exchange.expectations import Expectations
from app.exchange.line_rules import LineRules
from app.exchange.line_tree import Node, list_of
from app.exchange.values import amount_fault, date_fault

EDITOR_NUMBER = "numeroEditeur"
_LOCAL, _DOMAIN = r"[A-Za-z0-9_%+\-]{1,20}", r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*"
EMAIL_PATTERN = rf"^{_LOCAL}(\.{_LOCAL}){{0,2}}@{_DOMAIN}(\.{_DOMAIN})*\.[A-Za-z]{{2,63}}$"
_PHONE_LENGTH, _EMAIL_LENGTH = 20, 254
_FILE_FORMATS = "|".join(limits.PIECE_EXTENSIONS)


def _refusing(kind: str, fault_of: Callable[[Any], str | None]) -> Callable[[Any], Any]:
    """A check for pydantic: the value as it is, or an error of type `kind` with the reason."""

    def check(value: Any) -> Any:
        reason = fault_of(value)
        if reason:
            raise PydanticCustomError(kind, "{reason}", {"reason": reason})
        return value

    return check


def _editor_number_fault(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return "un texte ou un nombre entier est attendu"
    if not value.strip():
        return "le n° éditeur est vide"
    if len(value) > limits.EDITOR_NUMBER_LENGTH:
        return f"le n° éditeur compte {limits.EDITOR_NUMBER_LENGTH} caractères au plus"
    return None


def _code_type(spec: FieldSpec) -> Any:
    if spec.values:
        return Literal[spec.values]
    return _text_type(spec)


def _text_type(spec: FieldSpec) -> Any:
    return _text(spec.max_length, patterns.whole(spec.pattern) if spec.pattern else r"\S")


def _text(length: int, pattern: str = r"\S") -> Any:
    return Annotated[str, Field(max_length=length, pattern=pattern)]


def _identifier(fault_of: Callable[[str], str | None]) -> Any:
    return Annotated[str, AfterValidator(_refusing("identifier", fault_of))]


def _rpps_type(spec: FieldSpec) -> Any:
    if spec.strict:
        return _identifier(identifiers.strict_rpps_fault)
    return Annotated[str, Field(pattern=identifiers.USUAL_RPPS)]


_DATE = Annotated[str, AfterValidator(_refusing("date", date_fault))]
_AMOUNT = Annotated[Any, PlainValidator(_refusing("amount", amount_fault)), WithJsonSchema({"type": "number"})]
_TYPES: dict[str, Callable[[FieldSpec], Any]] = {
    "text": _text_type,
    "code": _code_type,
    "boolean": lambda spec: bool,
    "integer": lambda spec: Annotated[int, Field(ge=0, le=limits.COUNT_MOST)],
    "amount": lambda spec: _AMOUNT,
    "date": lambda spec: _DATE,
    "email": lambda spec: _text(_EMAIL_LENGTH, EMAIL_PATTERN),
    "phone": lambda spec: _text(_PHONE_LENGTH, FRENCH_PHONE),
    "rpps": _rpps_type,
    "am": lambda spec: _identifier(identifiers.am_fault),
    "finess": lambda spec: _identifier(identifiers.finess_fault),
    "pmsi": lambda spec: _identifier(identifiers.finess_fault),
    "siret": lambda spec: _identifier(identifiers.siret_fault),
}


@dataclass(frozen=True, slots=True)
class LineModel:
    """The shape of the lines of one corridor version in one phase and wave, what its rules are, how a line is read.

    `spec`: the document as the wave sees it. The maps are by path with `[]`.
    """

    spec: CorridorSpec
    phase: Phase
    adapter: TypeAdapter[Any]
    labels: Mapping[str, str]
    kinds: Mapping[str, str]
    required: frozenset[str]
    tree: Node
    columns: Columns
    rules: LineRules
    reader: Reader
    expectations: Expectations

    def errors(self, lines: Sequence[Any], most: float = math.inf) -> Sequence[Any] | None:
        """Pydantic's errors of all these lines, their `loc` beginning with the rank of the line; none when sound, None
        when there are more than `most`."""
        try:
            self.adapter.validate_python(lines)
        except ValidationError as error:
            return error.errors(include_url=False) if error.error_count() <= most else None
        return ()

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema (draft 2020-12) of `lignesImport`."""
        return self.adapter.json_schema()


def model_of(digest: str, spec: CorridorSpec, phase: Phase, wave: int) -> LineModel:
    """The model of a published version (known by its digest) for a wave, built once per process."""
    key = (digest, phase, wave)
    if key not in _BUILT:
        _BUILT[key] = build(spec.narrowed(wave), phase)
    return _BUILT[key]


_BUILT: dict[tuple[str, Phase, int], LineModel] = {}


def build(spec: CorridorSpec, phase: Phase) -> LineModel:
    """The model of this document, as its wave sees it (`narrowed`), in this phase. What a form gives has its own tags
    alone."""
    root = _common(spec, phase) if spec.deposit is DepositMode.JSON else Node()
    labels = dict(_COMMON_LABELS)
    for listed in spec.lists_of(phase):
        root.at(f"{listed.path}[]")
        node = root.at(listed.path)
        node.at_least = 0 if listed.required_if else listed.min_items
        node.at_most = min(listed.max_items or limits.JSON_LIST_ITEMS, limits.JSON_LIST_ITEMS)
        labels[listed.path] = listed.label
    for asked in spec.fields_of(phase):
        node = root.at(asked.path)
        node.leaf, node.required = _TYPES[asked.kind](asked), asked.required
        labels[asked.path] = asked.label
    kinds = _COMMON_KINDS | {asked.path: asked.kind for asked in spec.fields}
    adapter = TypeAdapter(list_of(root.type()))
    return LineModel(
        spec=spec,
        phase=phase,
        adapter=adapter,
        labels=labels,
        kinds=kinds,
        required=frozenset(_required(root, "")),
        tree=root,
        columns=Columns(root),
        rules=LineRules(spec, phase),
        reader=Reader(spec, phase),
        expectations=Expectations(adapter.json_schema, kinds),
    )


def _required(node: Node, path: str) -> Iterator[str]:
    """Where something must be said: leaves, the objects and lists that hold them, the objects of a list."""
    if node.item is not None:
        yield from _required(node.item, f"{path}[]")
        if node.item.tags:
            yield f"{path}[]"
    for name, below in node.tags.items():
        yield from _required(below, f"{path}.{name}" if path else name)
    if node.must_be_there:
        yield path


def _leaf(path: str, kind: Any, *, required: bool = True) -> tuple[str, Any, bool]:
    return path, kind, required


def _common(spec: CorridorSpec, phase: Phase) -> Node:
    """The tags every corridor shares (domain dossier, D2)."""
    root = Node()
    documents = Literal[tuple(document.code for document in spec.documents_of(phase)) or ("",)]  # type: ignore[valid-type]
    of_solde = phase is Phase.SOLDE
    leaves = [
        _leaf("numLigne", Annotated[int, Field(ge=1, le=1_000_000)]),
        _leaf("typeAction", Literal["C"]),
        _leaf("numeroASP", _text(30) if of_solde else None, required=of_solde),
        _leaf(
            EDITOR_NUMBER,
            Annotated[
                Any,
                PlainValidator(_refusing("editor_number", _editor_number_fault)),
                WithJsonSchema({"type": ["string", "integer"]}),
            ],
        ),
        _leaf("commande.dateCommande", _DATE),
        _leaf("commande.regimeTVA", Literal["HT", "TTC"]),
        _leaf("commande.montantSegurHT", _AMOUNT, required=not of_solde),
        _leaf("commande.montantSegurHTFacture", _AMOUNT if of_solde else None, required=of_solde),
        _leaf("commande.dateFacture", _DATE if of_solde else None, required=of_solde),
        _leaf("commande.numeroFacture", _text(50) if of_solde else None, required=of_solde),
        _leaf("piecesJustificatives[].nomFichier", _text(limits.PIECE_NAME_LENGTH)),
        _leaf("piecesJustificatives[].formatFichier", _text(10, f"^(?i:{_FILE_FORMATS})$")),
        _leaf("piecesJustificatives[].typeFichier", documents),
        _leaf("codeTraitement", Any, required=False),
        _leaf("libelleTraitement", Any, required=False),
    ]
    for path, kind, required in leaves:
        node = root.at(path)
        node.leaf, node.required = kind, required
    root.at("piecesJustificatives").at_least = 1
    return root


_COMMON_LABELS = {
    "numLigne": "Numéro de ligne",
    "typeAction": "Type d'action",
    "numeroASP": "N° ASP",
    EDITOR_NUMBER: "N° éditeur",
    "commande": "Commande",
    "commande.dateCommande": "Date de la commande",
    "commande.regimeTVA": "Régime TVA",
    "commande.montantSegurHT": "Montant Ségur HT",
    "commande.montantSegurHTFacture": "Montant Ségur HT de la facture",
    "commande.dateFacture": "Date de la facture",
    "commande.numeroFacture": "Numéro de la facture",
    "beneficiaires": "Bénéficiaires",
    "piecesJustificatives": "Pièces justificatives",
    "piecesJustificatives[]": "Pièce justificative",
    "piecesJustificatives[].nomFichier": "Nom du fichier",
    "piecesJustificatives[].formatFichier": "Format du fichier",
    "piecesJustificatives[].typeFichier": "Type du fichier",
    "scenarioInstallation": "Scénario d'installation",
}
_COMMON_KINDS = {
    "commande.dateCommande": "date",
    "commande.dateFacture": "date",
    "commande.montantSegurHT": "amount",
    "commande.montantSegurHTFacture": "amount",
    "piecesJustificatives[].formatFichier": "file_format",
}
