"""What is expected where a fault stands, in French, and which control mends it in the page?

Read from the JSON Schema of the lines' model and the kinds its corridor's document gives, once per place and model: no
rule is written here a second time. What no page can mend (a closed window, an encoding) has the control `NONE`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from app.domain import limits
from app.exchange import codes
from app.exchange.codes import Rule
from app.exchange.faults import Fault


class Control(StrEnum):
    """What a person uses to mend a finding."""

    NONE = "none"
    TEXT = "text"
    INTEGER = "integer"
    AMOUNT = "amount"
    DATE = "date"
    CHOICE = "choice"  # of texts
    BOOLEAN = "boolean"
    JSON = "json"  # an object or a list, as text
    ITEM = "item"  # an element added to a list, as text
    NULL = "null"
    TAG = "tag"  # the tag itself: another name, or none
    SOURCE = "source"  # the line of the file, as text


@dataclass(frozen=True, slots=True)
class Expectation:
    """`said`: in French. `choices`: those of a `CHOICE`. `optional`: null will do. `proposal`: what may stand there."""

    said: str
    control: Control = Control.NONE
    choices: tuple[str, ...] = ()
    optional: bool = False
    proposal: Any = None

    @property
    def written(self) -> str:
        """What is proposed, as JSON; empty when nothing is."""
        return "" if self.proposal is None else json.dumps(self.proposal, ensure_ascii=False)


_TEXTS = {
    "email": "une adresse de la forme nom@domaine.fr",
    "phone": "un téléphone français de 10 chiffres",
    "rpps": "un n° RPPS de 11 chiffres, entre guillemets",
    "am": "un n° AM de 9 chiffres, entre guillemets",
    "finess": "un n° FINESS de 9 caractères, entre guillemets",
    "pmsi": "un n° PMSI de 9 caractères, entre guillemets",
    "siret": "un SIRET de 14 chiffres, entre guillemets",
}
_BOOLEANS = ("true", "false")
_UNKNOWN = Expectation("une valeur conforme à la documentation", Control.TEXT)
_NULL = Expectation("null", Control.NULL)
_ONCE = Expectation("une seule fois cette balise", Control.TAG)
_ITS_OWN = Expectation("une valeur propre à cette demande", Control.TEXT)
_TEXT = "un texte de 1 caractère au moins"
# Where the rule says more than the place.
_BY_RULE: dict[Rule, Expectation] = {
    codes.EMPTY: Expectation("un fichier JSON"),
    codes.NOT_UTF8: Expectation("un fichier encodé en UTF-8"),
    codes.SYNTAX: Expectation("un texte JSON valable à cet endroit", Control.SOURCE),
    codes.DUPLICATE_KEY: _ONCE,
    codes.NOT_A_NUMBER: Expectation("un nombre, ou null", Control.AMOUNT, optional=True),
    codes.BAD_CHARACTER: Expectation("un texte sans caractère de contrôle", Control.SOURCE),
    codes.TOO_DEEP: Expectation(f"{limits.JSON_DEPTH} niveaux d'imbrication au plus"),
    codes.LONG_NUMBER: Expectation(f"un nombre de {limits.JSON_NUMBER_LENGTH} caractères au plus", Control.AMOUNT),
    codes.TOO_MANY_VALUES: Expectation(f"{limits.JSON_VALUES:_} valeurs au plus".replace("_", " ")),
    codes.NOT_AN_OBJECT: Expectation("un objet { … } portant numeroAns, siret et lignesImport"),
    codes.LINE_COUNT: Expectation("de {} à {} demandes".format(*limits.LINES_PER_FILE)),
    codes.ENROLMENT_NOT_VALIDATED: Expectation("un enrôlement au statut « Validé »"),
    codes.NOT_BY_JSON: Expectation("un couloir déposé par fichier"),
    codes.WINDOW_CLOSED: Expectation("un dépôt pendant la période d'ouverture"),
    codes.WRONG_VAT_CHOICE: Expectation("le taux de TVA de l'enrôlement"),
    codes.ALREADY_IMPORTED: Expectation("un fichier qui n'est pas déjà importé"),
    codes.WRONG_PHASE: Expectation("des demandes du type choisi"),
    codes.NOT_FOR_THIS_PHASE: _NULL,
    codes.NOT_NULL: _NULL,
    codes.DUPLICATE_EDITOR_NUMBER: Expectation("un n° éditeur propre à cette demande", Control.TEXT),
    codes.DUPLICATE_LINE_NUMBER: Expectation("le rang de la demande dans le fichier", Control.INTEGER),
    codes.LINE_NUMBER_GAP: Expectation("le rang de la demande dans le fichier", Control.INTEGER),
    codes.DATE_IN_FUTURE: Expectation("une date passée, ou celle du jour", Control.DATE),
    codes.EXCLUSIVE: Expectation("true à une seule de ces réponses", Control.BOOLEAN, _BOOLEANS),
    codes.MISSING_DOCUMENT: Expectation("cette pièce parmi piecesJustificatives", Control.ITEM),
    codes.BENEFICIARY_TWICE: Expectation("un bénéficiaire cité une seule fois", Control.TEXT),
    codes.ALREADY_FINANCED: Expectation("un bénéficiaire sans autre prestation", Control.TEXT),
    codes.NOT_ELIGIBLE: Expectation("un bénéficiaire éligible du couloir", Control.TEXT),
    codes.UNUSUAL_KEY: Expectation("un n° RPPS dont la clé est juste", Control.TEXT),
    codes.SHARED_FILE_NAME: _ITS_OWN,
    codes.UNKNOWN_DOSSIER: Expectation("le N° ASP d'une de vos avances", Control.TEXT),
    codes.DOSSIER_TWICE: Expectation("un seul solde par dossier", Control.TEXT),
    codes.AVANCE_NOT_PAID: Expectation("le N° ASP d'une avance décidée et payée", Control.TEXT),
    codes.SOLDE_EXISTS: Expectation("le N° ASP d'une avance sans solde déposé", Control.TEXT),
    codes.ABOVE_CEILING: Expectation("un montant sous le plafond"),
    codes.OTHER_BENEFICIARIES: Expectation("les bénéficiaires de l'avance"),
    codes.MORE_FINDINGS: Expectation("moins d'anomalies"),
}
_FILE_TAGS = {"siret": _TEXTS["siret"], "SIRET": _TEXTS["siret"], "numeroAns": "votre numéro ANS, entre guillemets"}
_LONGEST_TAG = 60  # characters: a longer one looks like none
_PLACED = (codes.ENVELOPE_FIELD, codes.WRONG_SIRET, codes.WRONG_ANS)


class Expectations:
    """Those of one model: `schema` makes the JSON Schema of its lines, `kinds` tells the kinds of its tags."""

    def __init__(self, schema: Callable[[], dict[str, Any]], kinds: Mapping[str, str]) -> None:
        self._schema, self._kinds = schema, kinds
        self._read: dict[str, Any] = {}
        self._known: dict[str, Expectation] = {}

    def at(self, place: str) -> Expectation:
        """What is expected at a path of the line, with `[]`."""
        if place not in self._known:
            self._known[place] = self._made(place)
        return self._known[place]

    def __contains__(self, place: str) -> bool:
        """Whether the lines of this model have this path."""
        return bool(self._node(place))

    def tags(self, place: str) -> tuple[str, ...]:
        """The tags known in the object at this path (the line itself: the empty path)."""
        return tuple(self._node(place).get("properties", {}))

    def blank(self, place: str) -> Any:
        """What stands at a path, empty: an object with its tags, a list of one element, null for a value."""
        node = self._node(place)
        below = f"{place}." if place else ""
        if "properties" in node:
            return {tag: self.blank(below + tag) for tag in node["properties"]}
        if node.get("type") == "array":
            return [self.blank(f"{place}[]")] if node.get("minItems") else []
        return node.get("const")

    def _made(self, place: str) -> Expectation:
        node = self._node(place)
        if not node:
            return _UNKNOWN
        optional = any(one.get("type") == "null" for one in self._node(place, plain=False).get("anyOf", ()))
        found = replace(_expectation(node, self._kinds.get(place, "")), optional=optional)
        return replace(found, proposal=self.blank(place)) if found.control is Control.JSON else found

    def _node(self, place: str, *, plain: bool = True) -> dict[str, Any]:
        if not self._read:
            self._read = self._schema()
        known = self._read.get("$defs", {})
        node: dict[str, Any] = self._read.get("items", {})
        for part in place.split(".") if place else ():
            node = _plain(node, known).get("properties", {}).get(part.removesuffix("[]"), {})
            if part.endswith("[]"):
                node = _plain(node, known).get("items", {})
        return _plain(node, known) if plain else node


def _plain(node: dict[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """The node itself: behind its reference, and what it is when it is not null."""
    for choice in node.get("anyOf", ()):
        if choice.get("type") != "null":
            return _plain(choice, known)
    if "$ref" in node:
        return _plain(known[node["$ref"].rpartition("/")[2]], known)
    return node


def _expectation(node: Mapping[str, Any], kind: str) -> Expectation:
    if node.get("type") == "null":
        return _NULL
    if kind in _TEXTS:
        return Expectation(_TEXTS[kind], Control.TEXT)
    if kind == "date":
        return Expectation("une date jj/mm/aaaa", Control.DATE)
    if kind == "file_format":
        return _choice(tuple(one.upper() for one in limits.PIECE_EXTENSIONS))
    values = tuple(map(str, node.get("enum", [node["const"]] if "const" in node else ())))
    return _choice(values) if values else _by_type(node)


def _choice(values: tuple[str, ...]) -> Expectation:
    return Expectation(" ou ".join(values), Control.CHOICE, values, proposal=values[0] if len(values) == 1 else None)


def _by_type(node: Mapping[str, Any]) -> Expectation:
    match node.get("type"):
        case "boolean":
            return Expectation("true ou false, sans guillemets", Control.BOOLEAN, _BOOLEANS)
        case "integer":
            least, most = node.get("minimum", 0), f"{node.get('maximum', 0):_}".replace("_", " ")
            return Expectation(f"un nombre entier de {least} à {most}, sans guillemets", Control.INTEGER)
        case "number":
            return Expectation("un nombre supérieur à 0, deux décimales au plus, sans guillemets", Control.AMOUNT)
        case "object":
            return Expectation(f"un objet {{ … }} portant {', '.join(node['properties'])}", Control.JSON)
        case "array":
            least = node.get("minItems", 0)
            return Expectation(f"une liste [ … ]{f' de {least} élément au moins' if least else ''}", Control.JSON)
        case "string":
            length = node.get("maxLength")
            return Expectation(f"un texte de 1 à {length} caractères" if length else _TEXT, Control.TEXT)
        case ["string", "integer"]:
            return Expectation(
                f"un texte ou un entier de {limits.EDITOR_NUMBER_LENGTH} caractères au plus", Control.TEXT
            )
    return _UNKNOWN


def of_file(fault: Fault) -> Expectation:
    """What a fault of the file as a whole expected."""
    rule, tag = fault.rule, fault.path[-1] if fault.path else ""
    if rule in _PLACED and tag in _FILE_TAGS:
        found = Expectation(_FILE_TAGS[str(tag)], Control.TEXT)
    elif rule is codes.UNKNOWN_KEY:
        found = _tag(str(tag), ("impId", "numeroAns", "siret", "lignesImport"))
    elif rule is codes.ENVELOPE_FIELD:
        found = Expectation("une liste [ … ] de demandes")
    else:
        found = _BY_RULE.get(rule, _UNKNOWN)
    return _completed(found, fault)


def of_line(known: Expectations, fault: Fault, place: str) -> Expectation:
    """What a fault of a line expected; `place`: its path from the line, with `[]`."""
    rule = fault.rule
    if rule is codes.UNKNOWN_KEY:
        found = _tag(str(fault.path[-1]), known.tags(place.rpartition(".")[0]))
    elif rule in _BY_RULE:
        found = _BY_RULE[rule]
    elif rule is codes.TOO_FEW:
        found = replace(known.at(place), control=Control.ITEM, proposal=known.blank(f"{place}[]"))
    elif rule in (codes.REQUIRED_HERE, codes.EMPTY_VALUE):
        found = replace(known.at(place), optional=False)
    else:
        found = known.at(place)
    return _completed(found, fault)


def _completed(found: Expectation, fault: Fault) -> Expectation:
    if not fault.expected and fault.proposal is None:
        return found
    proposal = found.proposal if fault.proposal is None else fault.proposal
    return replace(found, said=fault.expected or found.said, proposal=proposal)


def _tag(written: str, known: tuple[str, ...]) -> Expectation:
    """The tag meant, when one known looks like it; else any of them."""
    meant = get_close_matches(written, known, 1, 0.6) if len(written) <= _LONGEST_TAG else ()
    if meant:
        return Expectation(f"peut-être « {meant[0]} »", Control.TAG, proposal=meant[0])
    return Expectation(f"une balise connue : {', '.join(known)}", Control.TAG)
