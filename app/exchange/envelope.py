"""Is the envelope of the file right: its SIRET, its N° ANS, the number of its lines, the type of its requests?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from app.domain import identifiers, limits
from app.domain.enums import Phase
from app.exchange import codes
from app.exchange.faults import Fault
from app.exchange.wording import LINES

SIRET_TAGS = ("siret", "SIRET")  # both are met in suppliers' files; the portal writes the first
_KNOWN = {"impId", "numeroAns", LINES, *SIRET_TAGS}
_SOLDE_TAG = "montantSegurHTFacture"


@dataclass(frozen=True, slots=True)
class Depositor:
    """Who deposits, for which software. The public simulator knows neither: None."""

    siret: str | None = None
    ans_number: str | None = None


def lines_of(data: Any) -> list[Any]:
    """The lines of a file, when it has any and not too many."""
    found = data.get(LINES) if isinstance(data, dict) else None
    least, most = limits.LINES_PER_FILE
    return found if isinstance(found, list) and least <= len(found) <= most else []


def faults_of(data: Any, depositor: Depositor, phase: Phase) -> Iterator[Fault]:
    """What is wrong in the envelope. A fault of the file: it stores nothing."""
    if not isinstance(data, dict):
        yield Fault(codes.NOT_AN_OBJECT, (), "le fichier n'est pas un objet { … }", data)
        return
    yield from _siret_faults(data, depositor.siret)
    yield from _ans_faults(data, depositor.ans_number)
    yield from _line_faults(data, phase)
    if data.get("impId") is not None:
        yield Fault(codes.NOT_NULL, ("impId",), "« impId » est rempli par le portail", data["impId"])
    for key in islice((key for key in data if key not in _KNOWN), limits.JSON_FINDINGS):
        yield Fault(codes.UNKNOWN_KEY, (key,), f"la balise « {key[:60]} » n'est pas attendue ici", data[key], True)


def _siret_faults(data: Mapping[str, Any], expected: str | None) -> Iterator[Fault]:
    tags = [tag for tag in SIRET_TAGS if tag in data]
    if not tags:
        yield Fault(codes.ENVELOPE_FIELD, ("siret",), "« siret » est absent")
        return
    if len(tags) > 1:
        yield Fault(codes.DUPLICATE_KEY, ("SIRET",), "« siret » et « SIRET » sont tous deux présents", on_key=True)
    path, value = (tags[0],), data[tags[0]]
    if not isinstance(value, str):
        yield Fault(codes.WRONG_SIRET, path, "le SIRET s'écrit entre guillemets", value)
    elif reason := identifiers.siret_fault(value):
        yield Fault(codes.WRONG_SIRET, path, reason, value)
    elif expected and value != expected:
        message = f"ce SIRET n'est pas celui de votre enrôlement ({expected})"
        yield Fault(codes.WRONG_SIRET, path, message, value, expected=expected, proposal=expected)


def _ans_faults(data: Mapping[str, Any], expected: str | None) -> Iterator[Fault]:
    path, value = ("numeroAns",), data.get("numeroAns")
    if value is None:
        yield Fault(codes.ENVELOPE_FIELD, path, "« numeroAns » est absent")
    elif not isinstance(value, str):
        yield Fault(codes.WRONG_ANS, path, "le numéro ANS s'écrit entre guillemets", value)
    elif reason := identifiers.ans_fault(value):
        yield Fault(codes.WRONG_ANS, path, reason, value)
    elif expected and value.casefold() != expected.casefold():
        message = f"ce numéro ANS n'est pas celui que vous avez choisi ({expected})"
        yield Fault(codes.WRONG_ANS, path, message, value, expected=expected, proposal=expected)


def _line_faults(data: Mapping[str, Any], phase: Phase) -> Iterator[Fault]:
    path, found = (LINES,), data.get(LINES)
    least, most = limits.LINES_PER_FILE
    if found is None:
        yield Fault(codes.ENVELOPE_FIELD, path, f"« {LINES} » est absent")
    elif not isinstance(found, list):
        yield Fault(codes.ENVELOPE_FIELD, path, f"« {LINES} » est une liste [ … ]", found)
    elif not least <= len(found) <= most:
        message = f"le fichier porte {len(found)} demandes : il en faut de {least} à {most}"
        yield Fault(codes.LINE_COUNT, path, message, found)
    elif other := _another_phase(found, phase):
        message = f"le fichier porte des demandes de type « {other.label} », vous avez choisi « {phase.label} »"
        yield Fault(codes.WRONG_PHASE, path, message, expected=f"des demandes de type « {phase.label} »")


def _another_phase(lines: list[Any], phase: Phase) -> Phase | None:
    """The type of the requests when every line is of one that was not chosen: only a solde has a N° ASP and an
    invoice's amount."""
    objects = [line for line in lines if isinstance(line, dict)]
    first = _looks_like(objects[0]) if objects else None
    if first in (None, phase) or any(_looks_like(line) is not first for line in objects):
        return None
    return first


def _looks_like(line: Mapping[str, Any]) -> Phase | None:
    order = line.get("commande")
    if not isinstance(order, dict):
        return None
    invoiced, numbered = order.get(_SOLDE_TAG) is not None, line.get("numeroASP") is not None
    if invoiced and numbered:
        return Phase.SOLDE
    if not invoiced and not numbered and order.get("montantSegurHT") is not None:
        return Phase.AVANCE
    return None
