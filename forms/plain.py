"""May this be written in a field? `Plain` for a text of one line, `PlainLines` for a message."""

from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from app.domain import typed_text


def _refuse(fault: str | None) -> None:
    if fault:
        raise ValidationError(f"Saisie refusée : {fault}.")


class Plain:
    """A text of one line with nothing hidden in it. `most`: its length; None when another check judges it."""

    def __init__(self, most: int | None = None) -> None:
        self.most = most

    def __call__(self, form: Any, field: Field) -> None:
        text = field.data or ""
        _refuse(typed_text.fault(text, len(text) if self.most is None else self.most))


class PlainLines:
    """A message, where pictures and tags are words like others."""

    def __call__(self, form: Any, field: Field) -> None:
        _refuse(typed_text.lines_fault(field.data or ""))
