"""A line that was deposited, said again with some other values: what it would be, and what is wrong with it.

The controls are those of a file (`line_controls`, `doubles`), and the values typed are read as those that mend one
(`literals`): no rule is written here a second time.
"""

import copy
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.domain import limits
from app.domain.enums import DepositMode, Phase
from app.exchange import doubles, line_controls, literals, wording
from app.exchange.expectations import Control
from app.exchange.faults import Fault, Path, written
from app.exchange.line_model import LineModel
from app.exchange.line_rules import Circumstances, values_at
from app.exchange.lines import Line, Room
from app.exchange.wording import LINES

_COMPUTED = "counts"  # kept beside the line for the amount rules
_NUMBERS = (Control.INTEGER, Control.AMOUNT)


@dataclass(frozen=True, slots=True)
class Place:
    """A value of a line that may be typed again. `name`: its place as people write it, unique in the line.

    `shown`: what its control holds for the value of today. `optional`: it may be left empty.
    """

    path: Path
    name: str
    label: str
    control: Control
    choices: tuple[str, ...]
    optional: bool
    current: Any
    shown: str
    hint: str = ""

    @property
    def before(self) -> str:
        """The value of today as people read it; empty when there is none."""
        match self.current:
            case None:
                return ""
            case bool():
                return "Oui" if self.current else "Non"
            case Decimal():
                return str(self.current).replace(".", ",")
        return str(self.current)

    def value(self, said: str) -> Any:
        """What a person typed, as the line says it. Raises `ValueError` with the reason in French."""
        text = said.strip()
        if text == self.shown:
            return self.current
        if not text:
            if self.optional:
                return None
            raise ValueError("Renseignez cette valeur.")
        if any(unicodedata.category(one) in ("Cc", "Cs") for one in text):
            raise ValueError("Retirez le caractère de contrôle.")
        if self.control in _NUMBERS and len(text) > limits.JSON_NUMBER_LENGTH:
            raise ValueError("Ce nombre est trop long.")
        value = json.loads(literals.written(self.control, text, self.choices), parse_float=Decimal)
        return self.current if value == self.current else value


def line_of(model: LineModel, declared: Mapping[str, Any], dossier: str) -> dict[str, Any]:
    """The line as it was read, from what the request keeps of it. `dossier`: the number a solde names."""
    raw = copy.deepcopy({key: value for key, value in declared.items() if key != _COMPUTED})
    for path, kind in model.kinds.items():
        if kind == "amount":
            for place, value in list(values_at(raw, path)):
                if isinstance(value, str):
                    _put(raw, place, Decimal(value))
    if model.phase is Phase.SOLDE and model.spec.deposit is DepositMode.JSON:
        raw["numeroASP"] = dossier
    return raw


def places(model: LineModel, raw: Mapping[str, Any], paths: Iterable[str]) -> Iterator[Place]:
    """Every value of these paths that the line has, or should have, in their order."""
    for path in paths:
        expected, field = model.expectations.at(path), model.spec.field(path)
        for place, value in values_at(raw, path):
            shown, _ = literals.initial(expected.control, _literal(value), "", expected.choices)
            yield Place(
                place,
                written(place),
                wording.name_of(model, (LINES, 0, *place)),
                expected.control,
                expected.choices,
                expected.optional,
                value,
                shown,
                field.hint if field else "",
            )


def changed(raw: Mapping[str, Any], values: Mapping[Path, Any]) -> dict[str, Any]:
    """The same line with these values."""
    made = copy.deepcopy(dict(raw))
    for place, value in values.items():
        _put(made, place, value)
    return made


def examined(model: LineModel, around: Circumstances, raw: dict[str, Any]) -> Line:
    """The line under every control that needs no database."""
    (line,) = line_controls.control(model, around, [0], [raw], Room(), bulky=False).lines
    doubles.check([line])
    return line


def place_of(fault: Fault) -> str:
    """Where a fault of the line is, as `Place.name` says it."""
    return written(fault.path[2:])


def _literal(value: Any) -> str | None:
    if value is None or isinstance(value, Decimal):
        return None if value is None else str(value)
    return json.dumps(value, ensure_ascii=False)


def _put(raw: dict[str, Any], place: Path, value: Any) -> None:
    """Write a value, with the objects above it where the line left them out."""
    *above, last = place
    holder: Any = raw
    for rank, step in enumerate(above):
        below = holder[step] if isinstance(step, int) else holder.get(step)
        if below is None:
            below = holder[step] = {}
        assert isinstance(below, dict | list), f"{written(tuple(above[: rank + 1]))} holds something"
        holder = below
    holder[last] = value
