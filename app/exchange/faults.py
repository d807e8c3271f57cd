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

    `on_key`: the place is the tag itself, not its value. `cure` overrides the rule's.
    """

    rule: Rule
    path: Path
    message: str
    value: Any = None
    on_key: bool = False
    cure: str = ""
    mark: Mark | None = None

    @property
    def blocks(self) -> bool:
        return self.rule.level == ERROR


class Finding(NamedTuple):
    """One row of the report, as the screens show it and `JsonSimulation.report` keeps it."""

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
    level: str


def finding(fault: Fault, mark: Mark, line_number: int | None, editor_number: str) -> Finding:
    return Finding(
        line_number=line_number,
        row=mark.row,
        column=mark.column,
        path=written(fault.path),
        editor_number=editor_number,
        code=fault.rule.code,
        rule=fault.rule.name,
        message=fault.message,
        cure=fault.cure or fault.rule.cure,
        value=shown(fault.value),
        level=fault.rule.level,
    )


def written(path: Path) -> str:
    """`("lignesImport", 0, "commande")` → `lignesImport[0].commande`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


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
    text = str(value)
    return text if len(text) <= SHOWN_VALUE else text[: SHOWN_VALUE - 1] + "…"


def blocking(faults: Sequence[Fault]) -> list[Fault]:
    return [fault for fault in faults if fault.blocks]
