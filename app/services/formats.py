"""How values are written on screens: euros with a comma, French dates in Paris time."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from app.domain import limits
from app.domain.labelled import Labelled
from app.services import clock

NOTHING = "—"
MEGABYTE = limits.MEGABYTE


def euros(value: Decimal | None) -> str:
    """1074,99 — as on the guides' detail screens, without thousands separator."""
    return NOTHING if value is None else f"{value:.2f}".replace(".", ",")


def money(value: Decimal | None) -> str:
    """1 074,99 € with a narrow no-break space, for staff screens."""
    return NOTHING if value is None else f"{value:,.2f}".replace(",", "\u202f").replace(".", ",") + "\u00a0€"


def whole(number: int) -> str:
    """10 000 with a narrow no-break space."""
    return f"{number:,}".replace(",", "\u202f")


def counted(number: int, up_to: int) -> str:
    """9 812, or « plus de 10 000 » for what was counted up to there and is more."""
    return f"plus de {whole(up_to)}" if number > up_to else whole(number)


def day(value: dt.date | dt.datetime | None) -> str:
    """31/10/2021, in Paris."""
    if value is None:
        return NOTHING
    return f"{clock.paris_day(value) if isinstance(value, dt.datetime) else value:%d/%m/%Y}"


def short_day(value: dt.date | dt.datetime | None) -> str:
    """03/01/24, as in « Suivi financier »."""
    if value is None:
        return NOTHING
    return f"{clock.paris_day(value) if isinstance(value, dt.datetime) else value:%d/%m/%y}"


def minute(value: dt.datetime) -> str:
    """03/06/2022 à 14:56, in Paris, for a sentence."""
    return f"{value.astimezone(clock.PARIS):%d/%m/%Y à %H:%M}"


def moment(value: dt.datetime | None) -> str:
    """03/06/2022 14:56:56, in Paris."""
    return NOTHING if value is None else f"{value.astimezone(clock.PARIS):%d/%m/%Y %H:%M:%S}"


def duration(milliseconds: int | None) -> str:
    """450 ms, 12,3 s, 2 min 05 s."""
    if milliseconds is None:
        return NOTHING
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    seconds = milliseconds / 1000
    return f"{seconds:.1f} s".replace(".", ",") if seconds < 60 else f"{seconds // 60:.0f} min {seconds % 60:02.0f} s"


def weight(size: int) -> str:
    """245 Ko, 3,2 Mo: the size of a file."""
    if size < MEGABYTE:
        return f"{max(1, round(size / 1024))} Ko" if size else "vide"
    return f"{size / MEGABYTE:.1f} Mo".replace(".", ",")


def percent(rate: Decimal) -> str:
    """30 % for 0.30."""
    return f"{(rate * 100).normalize():f} %".replace(".", ",")


def masked_iban(iban: str) -> str:
    """FR76 •••• 4623: enough to know the account, not enough to copy it."""
    return f"{iban[:4]} •••• {iban[-4:]}"


def shown(value: Any) -> str:
    """A value of a grid, by its type."""
    match value:
        case None | "":
            return NOTHING
        case Labelled():
            return value.label
        case bool():
            return "Oui" if value else "Non"
        case Decimal():
            return euros(value)
        case dt.datetime() | dt.date():
            return day(value)
        case list() | tuple():
            return ", ".join(str(part) for part in value)
    return str(value)


FILTERS: dict[str, Callable[..., str]] = {
    "euros": euros,
    "money": money,
    "whole": whole,
    "counted": lambda number: counted(number, limits.COUNTED_UP_TO),
    "masked_iban": masked_iban,
    "day": day,
    "short_day": short_day,
    "moment": moment,
    "duration": duration,
    "weight": weight,
    "shown": shown,
}
