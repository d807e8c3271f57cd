"""What does the portal give back? The supplier's own file, completed with `impId`, `numeroASP`, `codeTraitement` and
`libelleTraitement` (guide « Les écrans du portail », § 4.1; the ASP's other exchanges for the two last).

It says `siret` whichever way the supplier wrote the tag, and keeps every other value as written, 358.33 included.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.exchange import reading
from app.exchange.envelope import SIRET_TAGS
from app.exchange.wording import LINES

LABEL_LENGTH = 200


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


def _tag(key: str) -> str:
    return SIRET_TAGS[0] if key in SIRET_TAGS else key


def _completed(line: Any, answer: Answer) -> Any:
    """A rejected line keeps the N° ASP it came with (a solde's). What is no object cannot carry an answer."""
    if not isinstance(line, dict):
        return line
    number = answer.request_number or line.get("numeroASP")
    return line | {"numeroASP": number, "codeTraitement": answer.code, "libelleTraitement": answer.label}
