"""The changes of a corridor most asked for, as one step on its document: move a window, open a wave."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from app.corridors import editing
from app.domain.errors import RuleBroken

Document = dict[str, Any]


def deadline(document: Document, rank: int, opens_at: str | None, closes_at: str | None) -> Document:
    """The window of this rank with another opening or closing (ISO instants). Raises `RuleBroken` when neither is
    given, or when the closing would come first."""
    if not opens_at and not closes_at:
        raise RuleBroken("Donnez la nouvelle ouverture ou la nouvelle clôture.", field="closes_at")
    window = editing.element(document, "windows", rank)
    moved = window | {"opens_at": opens_at or window["opens_at"], "closes_at": closes_at or window["closes_at"]}
    if _instant(moved["closes_at"]) <= _instant(moved["opens_at"]):
        raise RuleBroken("La clôture précède l'ouverture.", field="closes_at")
    return editing.changed(document, "windows", rank, moved)


def wave(document: Document, number: int, model: int, spans: Mapping[str, tuple[str, str]]) -> Document:
    """A new wave with the software of `model`, all that is asked in `model` and no other wave, and its own windows
    (`spans`: opening and closing, ISO, by phase).

    Raises `RuleBroken` for a number already taken or below 1, or a closing before its opening.
    """
    software = editing.elements(document, "software")
    if number < 1 or any(one["wave"] == number for one in software):
        raise RuleBroken(f"La vague {number} existe déjà." if number > 0 else "Un numéro à partir de 1.", field="wave")
    for phase, (opens_at, closes_at) in spans.items():
        if _instant(closes_at) <= _instant(opens_at):
            raise RuleBroken("La clôture précède l'ouverture.", field=f"{phase}_closes")
    added = [_renumbered(one, model, number) for one in software if one["wave"] == model]
    windows = [
        {"wave": number, "phase": phase, "opens_at": opens_at, "closes_at": closes_at}
        for phase, (opens_at, closes_at) in spans.items()
    ]
    asked = {key: _asked_too(parts, model, number) for key, parts in document.items() if isinstance(parts, list)}
    return document | asked | {"software": [*software, *added], "windows": [*asked["windows"], *windows]}


def _asked_too(parts: list[Any], model: int, number: int) -> list[Any]:
    """What some waves only are asked, `model` among them, is asked in the new one: a field, a piece, a question."""
    return [
        one | {"waves": [*one["waves"], number]} if isinstance(one, dict) and model in one.get("waves", ()) else one
        for one in parts
    ]


def _renumbered(software: dict[str, Any], old: int, new: int) -> dict[str, Any]:
    """The same software in another wave; a DSR that ends by the wave follows it."""
    stem = software["dsr"].removesuffix(f"Va{old}")
    dsr = f"{stem}Va{new}" if stem != software["dsr"] else f"{software['dsr']}-Va{new}"
    return software | {"wave": new, "dsr": dsr}


def _instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
