"""Reading and writing corridor documents: TOML as shipped, canonical JSON as published.

A rule `table`, the corridor's or a software's, names its CSV (`csv = "…"`, columns: identifier, then one per software
type, `;`), which is read into the document: a published version is whole.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from app.corridors import anatomy, ceilings, coherence
from app.corridors.flaws import Flaw
from app.corridors.spec import CorridorSpec
from app.domain.enums import DepositMode
from app.domain.errors import RuleBroken

SHIPPED = Path(__file__).parent
WHOLE = "document"  # the place of what no part is to blame for alone
CODE = re.compile(r"[A-Z0-9]{3}", re.ASCII)


class BadDocument(RuleBroken):
    """A corridor document is refused; the message lists each fault with its place, `flaws` holds them one by one."""

    def __init__(self, message: str, flaws: tuple[Flaw, ...] = ()) -> None:
        super().__init__(message)
        self.flaws = flaws


def shipped() -> list[CorridorSpec]:
    """Every document of this folder. Two with one code raise `BadDocument`."""
    specs = [load(path) for path in sorted(SHIPPED.glob("*.toml"))]
    codes = [spec.code for spec in specs]
    if len(codes) != len(set(codes)):
        raise BadDocument(f"un code de couloir est déclaré deux fois : {', '.join(codes)}")
    return specs


def load(path: Path) -> CorridorSpec:
    """The spec of a TOML file. Raises `BadDocument`."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadDocument(f"{path.name} : TOML mal formé : {fault}") from fault
    _read_tables(raw, path)
    return parse(raw, path.name)


def parse(raw: dict[str, Any], name: str = "document") -> CorridorSpec:
    """A spec from plain data, which may be published. Raises `BadDocument` naming the place of each fault."""
    spec = stored(raw, name)
    refuse_contradictions(spec, name)
    return spec


def stored(raw: dict[str, Any], name: str = "document") -> CorridorSpec:
    """A spec already published: its shape is proved, its coherence was when it was published. Raises `BadDocument`."""
    try:
        return CorridorSpec.model_validate(raw)
    except ValidationError as error:
        raise _bad(name, faults_of(error)) from error


def refuse_contradictions(spec: CorridorSpec, name: str = "document") -> None:
    """Raise `BadDocument` when a document contradicts itself."""
    found = coherence.flaws(spec)
    if found:
        raise _bad(name, found)


def faults(raw: dict[str, Any]) -> tuple[Flaw, ...]:
    """Everything wrong in a document; nothing when it may be published. Contradictions are told of a right shape."""
    try:
        spec = CorridorSpec.model_validate(raw)
    except ValidationError as error:
        return faults_of(error)
    return tuple(coherence.flaws(spec))


def faults_of(error: ValidationError, model: type[BaseModel] = CorridorSpec) -> tuple[Flaw, ...]:
    """The faults the model found, in French."""
    found = (Flaw(_legible(anatomy.place(fault["loc"], model)) or WHOLE, _french(fault)) for fault in error.errors())
    return tuple(dict.fromkeys(found))


def faults_in(model: type[BaseModel], part: Any) -> tuple[Flaw, ...]:
    """Everything wrong in one part of a document taken by itself, with its place in the part."""
    try:
        model.model_validate(part)
    except ValidationError as error:
        return faults_of(error, model)
    return ()


def _bad(name: str, found: Sequence[Flaw]) -> BadDocument:
    lines = [f"{flaw.place} : {flaw.message}" for flaw in found]
    return BadDocument(f"{name} :\n- " + "\n- ".join(lines), tuple(found))


def beginning(code: str) -> dict[str, Any]:
    """What a new corridor starts from: everything is still to be said."""
    return {
        "code": code,
        "label": "",
        "deposit": DepositMode.JSON.value,
        "software": [],
        "amount": {"rule": "declared"},
        "instalments": {"kind": "rate", "avance_rate": "0.30"},
    }


def _french(fault: Any) -> str:
    """What is wrong, with the value read when it is short."""
    said = _OWN_WORDS.match(fault["msg"])
    if said:
        reason = fault["msg"][said.end() :]
    else:
        context = {key: str(value).replace(" or ", " ou ") for key, value in fault.get("ctx", {}).items()}
        reason = _FAULTS.get(fault["type"], "valeur refusée").format(**context)
    value = json.dumps(fault["input"], ensure_ascii=False, default=str)
    return reason if fault["type"] == "missing" or len(value) > 60 else f"{reason} (lu : {_legible(value)})"


def _legible(text: str) -> str:
    """The same without the halves of characters that no page can be made of."""
    return text.encode("utf-8", "backslashreplace").decode()


_OWN_WORDS = re.compile("Value error, ")  # what our own checks say, in French


_FAULTS = {
    "missing": "valeur obligatoire absente",
    "extra_forbidden": "nom inconnu",
    "literal_error": "valeur inconnue, attendu : {expected}",
    "enum": "valeur inconnue, attendu : {expected}",
    "union_tag_invalid": "valeur de {discriminator} inconnue, attendu : {expected_tags}",
    "union_tag_not_found": "il manque {discriminator}",
    "string_type": "un texte est attendu",
    "string_pattern_mismatch": "ne suit pas le modèle {pattern}",
    "string_too_long": "{max_length} caractères au plus",
    "string_unicode": "texte illisible",
    "string_too_short": "texte vide ou trop court",
    "int_type": "un nombre entier est attendu",
    "int_from_float": "un nombre entier est attendu",
    "int_parsing_size": "nombre trop grand",
    "int_parsing": "un nombre entier est attendu",
    "bool_type": "true ou false est attendu",
    "bool_parsing": "true ou false est attendu",
    "decimal_type": "un nombre décimal est attendu",
    "decimal_parsing": "un nombre décimal est attendu",
    "finite_number": "un nombre décimal est attendu",
    "decimal_max_digits": "nombre trop grand",
    "decimal_whole_digits": "nombre trop grand",
    "decimal_max_places": "pas plus de {decimal_places} décimales",
    "datetime_type": "un instant est attendu",
    "datetime_parsing": "un instant est attendu, par exemple 2026-11-23T00:00:00",
    "datetime_from_date_parsing": "un instant est attendu, par exemple 2026-11-23T00:00:00",
    "tuple_type": "une liste est attendue",
    "dict_type": "une table est attendue",
    "model_type": "une table est attendue",
    "model_attributes_type": "une table est attendue",
    "too_short": "au moins {min_length} élément(s)",
    "greater_than": "doit être supérieur à {gt}",
    "greater_than_equal": "doit être au moins {ge}",
    "less_than": "doit être inférieur à {lt}",
    "less_than_equal": "doit être au plus {le}",
}


def _read_tables(raw: dict[str, Any], path: Path) -> None:
    """Put in the document the tables its rules name, wherever they are."""
    software = raw.get("software")
    for holder in (raw, *(software if isinstance(software, list) else ())):
        amount = holder.get("amount") if isinstance(holder, dict) else None
        if isinstance(amount, dict) and "csv" in amount:
            table = amount.pop("csv")
            amount["ceilings"] = _ceilings(path.parent / Path(str(table)).name, path.name)


def _ceilings(path: Path, name: str) -> ceilings.Ceilings:
    try:
        return ceilings.read(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        raise BadDocument(f"{name} :\n- amount.csv : {path.name} ne se lit pas ({fault})") from fault
    except ValueError as fault:
        raise BadDocument(f"{name} :\n- amount.csv : {path.name} : {fault}") from fault


def canonical(spec: CorridorSpec) -> dict[str, Any]:
    """Plain data that says the whole spec: decimals and instants as strings. `parse` reads it back."""
    return spec.model_dump(mode="json")


def digest(document: dict[str, Any]) -> str:
    """SHA-256 of the canonical text."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
