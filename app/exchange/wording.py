"""What a fault of shape is called in French: pydantic's error of a line becomes a rule, a message and a cure."""

from collections.abc import Callable
from typing import Any

from app.domain.contacts import email_fault, phone_fault
from app.domain.identifiers import rpps_fault
from app.exchange import codes
from app.exchange.codes import Rule
from app.exchange.faults import Fault, Path, written
from app.exchange.line_model import LineModel

LINES = "lignesImport"
UNKNOWN_TAG, _UNLIKE = "extra_forbidden", "string_pattern_mismatch"  # types of pydantic's errors

_TYPES = {
    "string_type": "un texte entre guillemets est attendu",
    "bool_type": "true ou false est attendu, sans guillemets",
    "int_type": "un nombre entier est attendu, sans guillemets",
    "int_from_float": "un nombre entier est attendu, sans décimales",
    "list_type": "une liste [ … ] est attendue",
    "dict_type": "un objet { … } est attendu",
}
_BY_TYPE = {
    "amount": codes.BAD_AMOUNT,
    "date": codes.BAD_DATE,
    "editor_number": codes.BAD_FORMAT,
    "identifier": codes.BAD_IDENTIFIER,
}
_BY_KIND = {
    "file_format": (codes.UNKNOWN_CODE, "les formats acceptés sont pdf, png, jpg et jpeg"),
}
_SECOND_OPINION: dict[str, tuple[Rule, Callable[[str], str | None]]] = {
    "email": (codes.BAD_EMAIL, email_fault),
    "phone": (codes.BAD_PHONE, phone_fault),
    "rpps": (codes.BAD_IDENTIFIER, rpps_fault),
}


def forgives(model: LineModel, error: Any, place: str) -> bool:
    """Whether a value that the model refuses is good after all. `place`: its path from the line, with `[]`."""
    value = error["input"]
    if not isinstance(value, str):
        return False
    if not value.strip():
        return place not in model.required
    opinion = _SECOND_OPINION.get(model.kinds.get(place, ""))
    return error["type"] == _UNLIKE and opinion is not None and opinion[1](value) is None


def fault_of(model: LineModel, error: Any, path: Path) -> Fault | None:
    """The fault an error stands for; `path` runs from the root of the file. None when the value is good after all."""
    value, kind = error["input"], error["type"]
    if kind == UNKNOWN_TAG:
        return Fault(codes.UNKNOWN_KEY, path, f"la balise « {str(path[-1])[:60]} » n'est pas attendue ici", value, True)
    place = generic(path)
    if forgives(model, error, place):
        return None
    name = name_of(model, path, place)
    if kind == "missing":
        return Fault(codes.MISSING, path, f"« {name} » est absent")
    if value is None:
        return Fault(codes.EMPTY_VALUE, path, f"« {name} » est vide (null)")
    if isinstance(value, str) and not value.strip():
        return Fault(codes.EMPTY_VALUE, path, f"« {name} » est vide")
    if kind == "none_required":
        return Fault(codes.NOT_FOR_THIS_PHASE, path, _other_phase(model, name), value)
    opinion = _SECOND_OPINION.get(model.kinds.get(place, ""))
    if kind == _UNLIKE and opinion:
        wrong, judge = opinion
        return Fault(wrong, path, f"« {name} » : {judge(value)}", value)
    rule, reason = _reason(model, error, place)
    return Fault(rule, path, f"« {name} » : {reason}", value)


def _reason(model: LineModel, error: Any, place: str) -> tuple[Rule, str]:
    kind, context = error["type"], error.get("ctx", {})
    if kind in _BY_TYPE:
        return _BY_TYPE[kind], context["reason"]
    if kind in _TYPES:
        return codes.WRONG_TYPE, _TYPES[kind]
    match kind:
        case "literal_error":
            return codes.UNKNOWN_CODE, f"les codes attendus sont {context['expected'].replace(' or ', ' ou ')}"
        case "string_too_long":
            return codes.TOO_LONG, f"{context['max_length']} caractères au plus"
        case "too_short":
            return codes.TOO_FEW, f"il en faut au moins {context['min_length']}"
        case "too_long":
            return codes.TOO_MANY, f"il en faut au plus {context['max_length']}"
        case "greater_than_equal" | "less_than_equal":
            return codes.BAD_FORMAT, "ce nombre est hors des limites"
    return _BY_KIND.get(model.kinds.get(place, ""), (codes.BAD_FORMAT, "le format n'est pas celui attendu"))


def _other_phase(model: LineModel, name: str) -> str:
    return f"« {name} » ne se remplit pas dans une demande d'{model.phase.label.lower()}"


def generic(path: Path) -> str:
    """`("lignesImport", 3, "a", "b", 0, "c")` → `a.b[].c`, as in a corridor's document."""
    text = ""
    for step in path[2:]:
        text += "[]" if isinstance(step, int) else f".{step}" if text else step
    return text


def name_of(model: LineModel, path: Path, place: str | None = None) -> str:
    """The French label of a tag, with its rank in the list it is in; a whole line has its place in the file."""
    if path[:-1] == (LINES,):
        return written(path)
    label = model.labels.get(generic(path) if place is None else place, str(path[-1]))
    ranks = [step + 1 for step in path[2:] if isinstance(step, int)]
    return f"{label} ({ranks[-1]})" if ranks else label
