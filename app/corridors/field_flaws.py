"""Do the fields, lists, conditions and pieces of a document hold together? Each contradiction, with its place."""

import re
from collections.abc import Iterator

from app.corridors import patterns
from app.corridors.flaws import Flaw, Spans, said, spans_of, twice, unknown_waves
from app.corridors.parts import Condition, DocumentSpec, FieldSpec, ListSpec
from app.corridors.spec import CorridorSpec
from app.domain import contacts, identifiers, limits

# The tags every line has, which the portal reads itself (domain dossier, D2).
_JUDGES = identifiers.FAULTS | {"email": contacts.email_fault, "phone": contacts.phone_fault}
_CODE = re.compile(r"[A-Za-z0-9_]{1,60}")
_ORDER = ("dateCommande", "regimeTVA", "montantSegurHT", "montantSegurHTFacture", "dateFacture", "numeroFacture")
_PIECE = ("nomFichier", "formatFichier", "typeFichier")
RESERVED = frozenset(
    (
        "numLigne",
        "typeAction",
        "numeroASP",
        "numeroEditeur",
        "commande",
        "codeTraitement",
        "libelleTraitement",
        "counts",
    )
    + tuple(f"commande.{tag}" for tag in _ORDER)
    + ("piecesJustificatives", "piecesJustificatives[]", *(f"piecesJustificatives[].{tag}" for tag in _PIECE))
)


def find(spec: CorridorSpec) -> Iterator[Flaw]:
    yield from _paths(spec)
    for rank, field in enumerate(spec.fields):
        place = f"fields[{rank}]"
        yield from _asked(spec, place, field)
        yield from _in_its_list(spec, f"{place}.path", field.path, spans_of(spec, field))
        yield from _values(place, field)
    for rank, listed in enumerate(spec.lists):
        place = f"lists[{rank}]"
        yield from _asked(spec, place, listed)
        yield from _in_its_list(spec, f"{place}.path", listed.path, spans_of(spec, listed))
        most = min(listed.max_items or limits.JSON_LIST_ITEMS, limits.JSON_LIST_ITEMS)
        if most < listed.min_items:
            tag = "max_items" if listed.max_items else "min_items"
            yield Flaw(f"{place}.{tag}", f"au plus {most}, mais au moins {listed.min_items}")
    for rank, document in enumerate(spec.documents):
        yield from _asked(spec, f"documents[{rank}]", document)
    yield from _documents_twice(spec)


def _paths(spec: CorridorSpec) -> Iterator[Flaw]:
    fields, lists = [one.path for one in spec.fields], [one.path for one in spec.lists]
    yield from twice("fields[{}].path", fields, "le chemin")
    yield from twice("lists[{}].path", lists, "le chemin")
    everything = {*fields, *(f"{path}[]" for path in lists)}
    holders = {above for path in everything for above in _above(path)}
    for rank, path in enumerate(fields):
        if path in RESERVED:
            yield Flaw(f"fields[{rank}].path", f"« {path} » est une balise commune à tous les couloirs")
        elif path in holders or path in lists:
            yield Flaw(f"fields[{rank}].path", f"« {path} » porte d'autres champs : il n'a pas de valeur à lui")
    for rank, path in enumerate(lists):
        if path in RESERVED:
            yield Flaw(f"lists[{rank}].path", f"« {path} » est une balise commune à tous les couloirs")
        elif not any(field.startswith(f"{path}[]") for field in fields):
            yield Flaw(f"lists[{rank}].path", f"la liste « {path} » n'a aucun champ")


def _above(path: str) -> Iterator[str]:
    """The objects and lists a path goes through, not itself."""
    text = ""
    *parts, _ = path.split(".")
    for part in parts:
        text = f"{text}.{part}" if text else part
        yield text
        yield text.removesuffix("[]")


def _asked(spec: CorridorSpec, place: str, part: FieldSpec | ListSpec | DocumentSpec) -> Iterator[Flaw]:
    """What fields, lists and pieces have in common: a label, phases and waves, a condition."""
    if not part.label.strip():
        yield Flaw(f"{place}.label", "le libellé est vide")
    yield from unknown_waves(spec, place, part)
    spans = spans_of(spec, part)
    if not spans:
        yield Flaw(f"{place}.phases", "aucune phase : ce n'est jamais demandé")
    if part.required_if:
        yield from condition_flaws(spec, f"{place}.required_if", part.required_if, spans)


def _in_its_list(spec: CorridorSpec, place: str, path: str, spans: Spans) -> Iterator[Flaw]:
    """What is written `a[].b` needs the list `a`, wherever it is asked."""
    before, listed, _ = path.rpartition("[]")
    if not listed:
        return
    found = next((one for one in spec.lists if one.path == before), None)
    if found is None:
        yield Flaw(place, f"« {before} » n'est pas une liste déclarée")
    elif missing := spans - spans_of(spec, found):
        yield Flaw(place, f"la liste « {before} » n'y est pas demandée : {said(missing)}")


def condition_flaws(spec: CorridorSpec, place: str, condition: Condition, spans: Spans) -> Iterator[Flaw]:
    """What is wrong with a condition of something asked in these phases and waves."""
    field = spec.field(condition.path)
    if field is None:
        yield Flaw(f"{place}.path", f"condition sur un champ inconnu : {condition.path}")
    elif "[]" in condition.path:
        yield Flaw(f"{place}.path", f"condition sur un champ de liste, qui a plusieurs valeurs : {condition.path}")
    else:
        if missing := spans - spans_of(spec, field):
            yield Flaw(f"{place}.path", f"« {condition.path} » n'est pas demandé : {said(missing)}")
        if not can_be(field, condition.equals):
            yield Flaw(f"{place}.equals", f"« {condition.path} » ne vaut jamais {written(condition.equals)}")


def can_be(field: FieldSpec, value: str | bool) -> bool:
    """Whether a field may hold this value."""
    if field.kind == "boolean":
        return isinstance(value, bool)
    return field.kind in ("text", "code") and isinstance(value, str) and _is_a_text_for(field, value)


def written(value: object) -> str:
    """A value as it is told apart in a sentence."""
    return str(value).lower() if isinstance(value, bool) else f"« {value} »"


def _values(place: str, field: FieldSpec) -> Iterator[Flaw]:
    """What a field says of its own values."""
    if field.values:
        if field.kind != "code":
            yield Flaw(f"{place}.values", f"seul un champ « code » a une liste de valeurs, non « {field.kind} »")
        if any(not value.strip() for value in field.values):
            yield Flaw(f"{place}.values", "une valeur est vide")
        yield from twice(f"{place}.values[{{}}]", field.values, "la valeur")
    if field.pattern is not None:
        yield from _pattern(place, field, field.pattern)
    if field.strict and field.kind != "rpps":
        yield Flaw(f"{place}.strict", "seule la clé d'un RPPS peut être rendue bloquante")
    if field.example is not None and not _is_an_example(field, field.example):
        yield Flaw(f"{place}.example", f"l'exemple {written(field.example)} n'est pas une valeur de ce champ")


def _pattern(place: str, field: FieldSpec, pattern: str) -> Iterator[Flaw]:
    if field.kind not in ("text", "code"):
        yield Flaw(f"{place}.pattern", f"seul un champ « text » ou « code » suit un modèle, non « {field.kind} »")
    elif field.values:
        yield Flaw(f"{place}.pattern", "un champ a une liste de valeurs ou un modèle, pas les deux")
    elif fault := patterns.fault(pattern):
        yield Flaw(f"{place}.pattern", fault)
    elif field.example is None and (field.required or field.required_if):
        yield Flaw(f"{place}.example", "un champ obligatoire qui suit un modèle donne un exemple")


def _is_an_example(field: FieldSpec, value: str | bool | int) -> bool:
    if field.kind in ("boolean", "integer"):
        return type(value) is {"boolean": bool, "integer": int}[field.kind]
    if field.kind == "amount":
        return not isinstance(value, bool)
    return isinstance(value, str) and _is_a_text_for(field, value)


def _is_a_text_for(field: FieldSpec, value: str) -> bool:
    """Whether a field takes this text; a date is left aside."""
    if field.values:
        return value in field.values
    if field.kind in _JUDGES:
        return _JUDGES[field.kind](value) is None
    if not value.strip() or len(value) > field.max_length:
        return False
    return not field.pattern or patterns.is_followed(field.pattern, value)


def _documents_twice(spec: CorridorSpec) -> Iterator[Flaw]:
    """A piece is known by its code in a phase and a wave."""
    for rank, document in enumerate(spec.documents):
        if not _CODE.fullmatch(document.code):
            yield Flaw(f"documents[{rank}].code", "un code de pièce compte de 1 à 60 lettres, chiffres ou traits bas")
        for earlier, other in enumerate(spec.documents[:rank]):
            if other.code.casefold() == document.code.casefold() and spans_of(spec, other) & spans_of(spec, document):
                yield Flaw(f"documents[{rank}].code", f"« {document.code} » est déjà celui de documents[{earlier}]")
