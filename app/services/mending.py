"""« Corriger et simuler de nouveau »: the corrections answered in a report become the bytes of a mended file."""

from collections.abc import Mapping
from typing import Any

from app.domain import limits
from app.domain.errors import RuleBroken
from app.exchange import mending, mending_fields
from app.exchange.mending_fields import Field

Report = Mapping[str, Any]


class Refused(RuleBroken):
    """Some answers cannot be: `reasons`, in French, by the key of their field."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        count = len(reasons)
        super().__init__(f"{count} correction{'s' if count > 1 else ''} à revoir : rien n'a été changé.")
        self.reasons = reasons


def fields_of(content: bytes, report: Report) -> dict[str, Field]:
    """What mends the findings of this report of this file, by key."""
    return mending_fields.offered(content, [*report["file_faults"], *report["findings"]])


def mended(content: bytes, report: Report, answers: Mapping[str, str]) -> bytes:
    """The file with these answers. The bytes themselves when nothing changes.

    Raises `Refused`, and `RuleBroken` when a place is no more there, two answers disagree or the file grows too big.
    """
    edits, refused = mending_fields.edits(fields_of(content, report), answers)
    if refused:
        raise Refused(refused)
    made = mending.mended(content, edits)
    if len(made) > limits.JSON_FILE_BYTES:
        raise RuleBroken(f"Le fichier corrigé dépasserait {limits.JSON_FILE_BYTES // limits.MEGABYTE} Mo.")
    return made
