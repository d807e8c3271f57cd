"""What is wrong and where: a fault as the controls find it, a finding as people read it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.exchange.codes import ERROR, Rule

Step = str | int
Path = tuple[Step, ...]
SHOWN_VALUE = 80


class Mark(NamedTuple):
    """A place in the text of the file: line and column, both from 1, columns in characters."""

    row: int
    column: int


class Fault(NamedTuple):
    """One broken rule. `path` runs from the root of the file; `mark` is known only to the reader of the text.

    `on_key`: the place is the tag itself, not its value. `cure` and `expected` override what the rule and the place
    say; `proposal` is what may be put there, known by the rule.
    """

    rule: Rule
    path: Path
    message: str
    value: Any = None
    on_key: bool = False
    cure: str = ""
    mark: Mark | None = None
    expected: str = ""
    proposal: Any = None

    @property
    def blocks(self) -> bool:
        return self.rule.level == ERROR


class Finding(NamedTuple):
    """One row of the report, as the screens show it and `JsonSimulation.report` keeps it.

    `mend`: the control that mends it in the page, with its `choices`, null too when `optional`, and what it proposes,
    as JSON (see `expectations`).
    """

    line_number: int | None
    row: int
    column: int
    path: str
    editor_number: str
    code: str
    rule: str
    message: str
    cure: str
    value: str
    expected: str
    level: str
    mend: str
    choices: tuple[str, ...]
    optional: bool
    proposal: str


def written(path: Path) -> str:
    """`("lignesImport", 0, "commande")` → `lignesImport[0].commande`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{_cut(step)}" if text else _cut(step)
    return text


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_VALUE else text[: SHOWN_VALUE - 1] + "…"


def shown(value: Any) -> str:
    """What was read, shortened, as it is written in JSON."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Mapping():
            return "{…}"
        case list() | tuple():
            return "[…]"
    return _cut(str(value))


def blocking(faults: Sequence[Fault]) -> list[Fault]:
    return [fault for fault in faults if fault.blocks]
