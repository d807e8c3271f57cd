"""How is a value of a file shown in a form's field, and what a person types there written as JSON?

One pair per control: what is shown first (`initial`), what is written (`written`). Dates are those of an HTML field
(aaaa-mm-jj) there, jj/mm/aaaa in the file.
"""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from app.exchange.expectations import Control
from app.exchange.spans import text_of
from app.exchange.values import date_of

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_BLANKS = re.compile(r"[\s\u00a0\u202f]")
_LOOSE_DATE = re.compile(r"([0-9]{1,2})[/.\- ]([0-9]{1,2})[/.\- ]([0-9]{4})")
_TRUTHS = {"true": "true", "vrai": "true", "oui": "true", "1": "true"}
_TRUTHS |= {"false": "false", "faux": "false", "non": "false", "0": "false"}
_WIDE = 20  # digits of a number worth writing again
Shown = tuple[str, bool]  # what the field holds, and whether that is a proposal rather than what the file says
_NOTHING: Shown = ("", False)


def read(proposal: str) -> Any:
    """A proposal of a finding; None when there is none."""
    return json.loads(proposal) if proposal else None


def shown(text: str) -> str:
    """A text as a field may hold it: without half characters."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def initial(control: Control, current: str | None, proposal: str, choices: Sequence[str]) -> Shown:
    """What the field holds at first. `current`: the JSON of the file, None when absent."""
    if control is Control.NULL:
        return "", True
    if control in (Control.JSON, Control.ITEM):
        return _structure(control, current, proposal)
    said = "" if current is None or current == "null" or current[0] in "[{" else current
    text = text_of(said) if said.startswith('"') else None
    proposed = read(proposal)
    if proposed is not None:
        return str(proposed), True
    if not said:
        return _NOTHING
    return _SHOWN[control](said, text, choices)


def _structure(control: Control, current: str | None, proposal: str) -> Shown:
    if control is Control.JSON and current and current[0] in "[{":
        return current, False
    return (json.dumps(json.loads(proposal), ensure_ascii=False, indent=2), False) if proposal else _NOTHING


def _text(said: str, text: str | None, choices: Sequence[str]) -> Shown:
    if text is not None:
        return text, False
    return (said, True) if _NUMBER.fullmatch(said) else _NOTHING


def _integer(said: str, text: str | None, choices: Sequence[str]) -> Shown:
    whole = re.sub(r"\.0*$", "", _BLANKS.sub("", said if text is None else text))
    return (whole, whole != said) if _INTEGER.fullmatch(whole) and len(whole) <= _WIDE else _NOTHING


def _amount(said: str, text: str | None, choices: Sequence[str]) -> Shown:
    if text is None:
        return (said, False) if _NUMBER.fullmatch(said) else _NOTHING
    number = _number(text.removesuffix("€"))
    return (number, True) if _NUMBER.fullmatch(number) and len(number) <= _WIDE else _NOTHING


def _date(said: str, text: str | None, choices: Sequence[str]) -> Shown:
    day = date_of(text or "")
    if day:
        return day.isoformat(), False
    loose = _LOOSE_DATE.fullmatch((text or "").strip())
    day = date_of(f"{int(loose[1]):02}/{int(loose[2]):02}/{loose[3]}") if loose else None
    return (day.isoformat(), True) if day else _NOTHING


def _choice(said: str, text: str | None, choices: Sequence[str]) -> Shown:
    alike = [choice for choice in choices if choice.casefold() == (text or said).strip().casefold()]
    return (alike[0], alike[0] != text) if alike else _NOTHING


def _boolean(said: str, text: str | None, choices: Sequence[str]) -> Shown:
    if text is None and said in ("true", "false"):
        return said, False
    meant = _TRUTHS.get((said if text is None else text).strip().casefold())
    return (meant, True) if meant else _NOTHING


_SHOWN: dict[Control, Callable[[str, str | None, Sequence[str]], Shown]] = {
    Control.TEXT: _text,
    Control.INTEGER: _integer,
    Control.AMOUNT: _amount,
    Control.DATE: _date,
    Control.CHOICE: _choice,
    Control.BOOLEAN: _boolean,
}


def written(control: Control, said: str, choices: Sequence[str]) -> str:
    """What a person typed, as JSON. Raises `ValueError` with the reason in French."""
    match control:
        case Control.INTEGER:
            return _matched(_INTEGER, _BLANKS.sub("", said), "Mettez un nombre entier.")
        case Control.AMOUNT:
            return _matched(_NUMBER, _number(said), "Mettez un nombre, avec deux décimales au plus.")
        case Control.DATE:
            day = date_of(said.strip())
            return json.dumps(f"{day:%d/%m/%Y}" if day else said.strip(), ensure_ascii=False)
        case Control.BOOLEAN if said not in choices:
            raise ValueError("Choisissez true ou false.")
        case Control.BOOLEAN:
            return said
        case Control.CHOICE if said not in choices:
            raise ValueError("Choisissez l'une des valeurs proposées.")
    return json.dumps(said, ensure_ascii=False)


def _number(said: str) -> str:
    return _BLANKS.sub("", said).replace(",", ".")


def _matched(pattern: re.Pattern[str], said: str, reason: str) -> str:
    if not pattern.fullmatch(said):
        raise ValueError(reason)
    return said
