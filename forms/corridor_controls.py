"""How each kind of value of a corridor's document is typed: text in, plain data out, and back.

Every control holds in `data` what the document writes (euros « 358.33 », instants with their zone), shows it as people
read it (358,33; the hour of Paris), and keeps what was typed when it cannot be read. `kind` tells the page how to draw
it. Nothing here knows what a corridor is.
"""

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import Field, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import Choice as WtfChoice
from wtforms.widgets import CheckboxInput, DateTimeLocalInput, ListWidget, TextArea, TextInput

from app.domain import typed_amounts
from forms.money import NOT_EUROS

PARIS = ZoneInfo("Europe/Paris")
MISSING = "Renseignez ce champ."
_SHARE = re.compile(r"\d{1,2}([.,]\d{1,4})?", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,9}", re.ASCII)
_SPACES = re.compile(r"[\s\u00a0\u202f€%]")
_MINUTE, _SECOND = "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"


class Typed(StringField):
    """One value typed as text. `empty`: what an empty field means; without it, the field must be filled."""

    kind = "text"
    choices: Sequence[tuple[str, str]] = ()  # proposed as one types

    def __init__(self, label: str, *, empty: Any = ..., choices: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.empty, self.choices = empty, choices
        self.flags.required = empty is ...

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").replace("\x00", "").strip()
        if text:
            self.data = self.read(text)
            return
        self.data = None if self.empty is ... else self.empty
        if self.empty is ...:
            raise ValueError(MISSING)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.written(self.data)

    def read(self, text: str) -> Any:
        """What the text means. Raises ValueError, in French."""
        return text

    def written(self, value: Any) -> str:
        return str(value)


class Whole(Typed):
    """A whole number."""

    kind = "whole"

    def read(self, text: str) -> int:
        if not _WHOLE.fullmatch(_SPACES.sub("", text)):
            raise ValueError("Saisissez un nombre entier.")
        return int(_SPACES.sub("", text))


class Euros(Typed):
    """An amount HT."""

    kind = "euros"

    def read(self, text: str) -> str:
        amount = typed_amounts.euros(text)
        if amount is None:
            raise ValueError(NOT_EUROS)
        return f"{amount:.2f}"

    def written(self, value: Any) -> str:
        return str(value).replace(".", ",")


class Share(Typed):
    """A share, typed as a percentage: 30 for 0.30."""

    kind = "share"

    def read(self, text: str) -> str:
        plain = _SPACES.sub("", text)
        if not _SHARE.fullmatch(plain):
            raise ValueError("Saisissez un pourcentage : 30 ou 27,5.")
        share = Decimal(plain.replace(",", ".")).scaleb(-2)
        return str(share.quantize(Decimal("0.01")) if share == share.quantize(Decimal("0.01")) else share)

    def written(self, value: Any) -> str:
        try:
            return f"{(Decimal(str(value)) * 100).normalize():f}".replace(".", ",")
        except InvalidOperation:
            return str(value)


class Instant(Typed):
    """A day and an hour of Paris."""

    kind = "instant"
    widget = DateTimeLocalInput()

    def read(self, text: str) -> str:
        try:
            return _in_paris(text).isoformat()
        except (ValueError, OverflowError) as fault:
            raise ValueError("Saisissez une date et une heure : jj/mm/aaaa hh:mm.") from fault

    def written(self, value: Any) -> str:
        try:
            read = _in_paris(str(value))
        except (ValueError, OverflowError):  # a document sent as text may say anything
            return str(value)
        return read.strftime(_SECOND if read.second else _MINUTE)


def _in_paris(text: str) -> dt.datetime:
    """Without zone, it is of Paris. Raises ValueError or, beyond the first and last day, OverflowError."""
    read = dt.datetime.fromisoformat(text)
    return read.astimezone(PARIS) if read.tzinfo else read.replace(tzinfo=PARIS)


class Scalar(Typed):
    """A text, a yes or no, or a whole number: which one, the form tells from what it is the value of."""

    kind = "scalar"

    def written(self, value: Any) -> str:
        return ("Oui" if value else "Non") if isinstance(value, bool) else str(value)


class Texts(Typed):
    """Several texts, one a line."""

    kind = "texts"
    widget = TextArea()

    def read(self, text: str) -> list[str]:
        return [line.strip() for line in text.splitlines() if line.strip()]

    def written(self, value: Any) -> str:
        return "\n".join(str(one) for one in value) if isinstance(value, (list, tuple)) else str(value)


class Wholes(Typed):
    """Several whole numbers, between commas."""

    kind = "wholes"
    widget = TextInput()

    def read(self, text: str) -> list[int]:
        parts = [part for part in re.split(r"[\s,;]+", text) if part]
        if not all(_WHOLE.fullmatch(part) for part in parts):
            raise ValueError("Saisissez des nombres entiers séparés par des virgules : 2, 5, 6.")
        return [int(part) for part in parts]

    def written(self, value: Any) -> str:
        return ", ".join(str(one) for one in value) if isinstance(value, (list, tuple)) else str(value)


class YesNo(Field):
    """A box to tick."""

    kind = "boolean"
    widget = CheckboxInput()

    def process_data(self, value: Any) -> None:
        self.data = bool(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = bool(valuelist)

    def _value(self) -> str:
        return "oui"


class Choice(SelectField):
    """One of a list. What the document says today stays offered, even when the list does not know it."""

    kind = "choice"

    def __init__(self, label: str, options: Sequence[tuple[str, str]], *, empty: Any = ..., **kwargs: Any) -> None:
        super().__init__(label, validate_choice=False, coerce=str, **kwargs)
        self.options = [("", "Choisissez" if empty is ... else "—"), *options]
        self.empty = empty
        self.flags.required = empty is ...

    def process_data(self, value: Any) -> None:
        self.data = "" if value is None else str(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").replace("\x00", "")
        self.data = text or ("" if self.empty is ... else self.empty)
        if not text and self.empty is ...:
            raise ValueError("Choisissez une valeur.")

    def iter_choices(self) -> list[WtfChoice]:
        chosen = self.data or ""
        return [WtfChoice(*option, option[0] == chosen, {}) for option in _with_unknown(self.options, [chosen])]

    def has_groups(self) -> bool:
        return False


class Choices(SelectMultipleField):
    """Several of a list, as boxes. `whole`: its values are numbers."""

    kind = "choices"
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: str, options: Sequence[tuple[str, str]], *, whole: bool = False, **kwargs: Any) -> None:
        super().__init__(label, validate_choice=False, coerce=str, **kwargs)
        self.options, self.whole = list(options), whole

    def process_data(self, value: Any) -> None:
        self.data = [str(one) for one in value] if isinstance(value, (list, tuple)) else []

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [one.replace("\x00", "") for one in valuelist]

    def iter_choices(self) -> list[WtfChoice]:
        options = _with_unknown(self.options, self.data or [])
        return [WtfChoice(*option, option[0] in (self.data or ()), {}) for option in options]

    def has_groups(self) -> bool:
        return False

    @property
    def read_data(self) -> list[Any]:
        """In the order of the list, as the document writes them."""
        kept = [value for value, _ in _with_unknown(self.options, self.data or []) if value in (self.data or ())]
        return [int(one) for one in kept if _WHOLE.fullmatch(one)] if self.whole else kept


def _with_unknown(options: list[tuple[str, str]], values: Sequence[str]) -> list[tuple[str, str]]:
    """The options, and what is chosen without being one of them."""
    known = {value for value, _ in options}
    return [*options, *((value, f"{value} (inconnu)") for value in values if value not in known)]
