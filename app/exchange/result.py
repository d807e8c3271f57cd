"""What does the portal give back? The supplier's own file, completed with `impId`, `numeroASP`, `codeTraitement` and
`libelleTraitement` (guide « Les écrans du portail », § 4.1; the ASP's other exchanges for the two last).

A simulated file comes back the same way, each line with its findings (`anomalies`). The file of an import says `siret`
whichever way the supplier wrote the tag; both keep every other value as written, 358.33 included.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.exchange import codes, reading
from app.exchange.envelope import SIRET_TAGS, lines_of
from app.exchange.wording import LINES

LABEL_LENGTH = 200
WOULD_BE_RETAINED = "La ligne de la demande serait enregistrée."
FINDINGS = "anomalies"
_LINE = re.compile(rf"{LINES}\[([0-9]+)\]")
_COLUMNS = {
    "gravite": "level",
    "code": "code",
    "ligne": "row",
    "colonne": "column",
    "chemin": "path",
    "regle": "rule",
    "constat": "message",
    "valeurLue": "value",
    "valeurAttendue": "expected",
    "correction": "cure",
}
_LEVELS = {codes.ERROR: "erreur", codes.WARNING: "avertissement"}
Finding = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a line: its N° ASP when it is retained, the code and its label (200 characters at most)."""

    request_number: str | None
    code: str
    label: str


def write(content: bytes, import_id: int, answers: Sequence[Answer]) -> bytes:
    """The result of an imported file: `answers` in the order of its lines."""
    data = reading.read(content).data
    return reading.write(
        {"impId": import_id}
        | {_tag(key): value for key, value in data.items() if key != "impId" and key != LINES}
        | {LINES: [_completed(line, answer) for line, answer in zip(data[LINES], answers, strict=True)]}
    )


def annotated(content: bytes, of_file: Sequence[Finding], of_lines: Sequence[Finding]) -> bytes:
    """A simulated file with its findings: those of the file at its root, those of a line in it, and its code and label.

    Of a file that strict JSON refuses, the findings alone.
    """
    read = reading.read(content)
    told = [_anomaly(finding) for finding in of_file]
    if not read.readable or read.faults or not isinstance(read.data, dict):
        return reading.write({FINDINGS: told})
    by_line: dict[int, list[Finding]] = {}
    for finding in of_lines:
        place = _LINE.match(finding["path"])
        if place:
            by_line.setdefault(int(place[1]), []).append(finding)
        else:
            told.append(_anomaly(finding))
    lines = [_judged(line, by_line.get(rank, []), of_file) for rank, line in enumerate(lines_of(read.data))]
    return reading.write(read.data | ({LINES: lines} if lines else {}) | {FINDINGS: told})


def _judged(line: Any, found: Sequence[Finding], of_file: Sequence[Finding]) -> Any:
    if not isinstance(line, dict):
        return line
    first = next((finding for finding in (*found, *of_file) if finding["level"] == codes.ERROR), None)
    code = first["code"] if first else codes.RETAINED_CODE
    said = label(first["message"]) if first else WOULD_BE_RETAINED
    return line | {"codeTraitement": code, "libelleTraitement": said, FINDINGS: [_anomaly(one) for one in found]}


def _anomaly(finding: Finding) -> dict[str, Any]:
    said = {name: finding.get(key, "") for name, key in _COLUMNS.items()}
    return said | {"gravite": _LEVELS.get(finding["level"], "")}


def label(message: str) -> str:
    """A message as `libelleTraitement` holds it."""
    said = message[:1].upper() + message[1:]
    return said if len(said) <= LABEL_LENGTH else said[: LABEL_LENGTH - 1] + "…"


def _tag(key: str) -> str:
    return SIRET_TAGS[0] if key in SIRET_TAGS else key


def _completed(line: Any, answer: Answer) -> Any:
    """A rejected line keeps the N° ASP it came with (a solde's). What is no object cannot carry an answer."""
    if not isinstance(line, dict):
        return line
    number = answer.request_number or line.get("numeroASP")
    return line | {"numeroASP": number, "codeTraitement": answer.code, "libelleTraitement": answer.label}
