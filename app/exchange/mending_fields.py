"""What does the page offer to mend each finding, and which edits do the answers make?

A finding is a row of the report. Its field holds what the file says there, or a proposal: a value of the wrong type
written in the right one, a code in the wrong case, the tag a misspelt one stands for.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.errors import RuleBroken
from app.exchange import codes, literals, scanner
from app.exchange.expectations import Control
from app.exchange.faults import Mark, written
from app.exchange.mending import BOM, Action, Edit, Rows, excerpt
from app.exchange.rows import Rows as Marks
from app.exchange.spans import Span, Spans
from app.exchange.wording import LINES

VALUE, NULL, REMOVE, ADD = "v.", "n.", "r.", "a."  # how the names of a form's fields begin, before the key
LONGEST = 1_000  # characters of a value shown to be edited; beyond, a new one is typed
_LINE = re.compile(rf"{LINES}\[([0-9]+)\]")
# What a person may rather give up: the request that holds it leaves the file.
_GIVES_UP = {
    rule.code
    for rule in (
        codes.BENEFICIARY_TWICE,
        codes.ALREADY_FINANCED,
        codes.NOT_ELIGIBLE,
        codes.UNKNOWN_DOSSIER,
        codes.AVANCE_NOT_PAID,
        codes.SOLDE_EXISTS,
        codes.DOSSIER_TWICE,
    )
}
_AS_TEXT = (Control.JSON, Control.ITEM)
Finding = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """What mends one finding. `current`: the JSON there, None when the tag is absent, with those above it in `below`.

    `proposed`: `initial` is not what the file says. `gives_up`: where the request starts that may leave the file.
    """

    key: str
    at: Mark
    control: Control
    initial: str = ""
    proposed: bool = False
    choices: tuple[str, ...] = ()
    optional: bool = False
    current: str | None = None
    below: tuple[str, ...] = ()
    gives_up: Mark | None = None


def key_of(finding: Finding) -> str:
    """What names a finding in a form: the same as long as the file and the report are."""
    said = ":".join(str(finding[name]) for name in ("row", "column", "code", "path", "message"))
    return hashlib.blake2b(said.encode(), digest_size=6).hexdigest()


def rank_of(finding: Finding) -> int | None:
    """The rank, in the file, of the line a finding is in; None when it is of the file."""
    found = _LINE.match(finding["path"])
    return int(found[1]) if found else None


def offered(content: bytes, findings: Iterable[Finding]) -> dict[str, Field]:
    """The fields of these findings of this file, by key. Left out: what no page can mend."""
    try:
        text = content.removeprefix(BOM).decode()
    except UnicodeDecodeError:
        return {}
    page = _Page(text)
    fields = (page.field(finding) for finding in findings)
    return {field.key: field for field in fields if field}


def edits(fields: Mapping[str, Field], answers: Mapping[str, str]) -> tuple[list[Edit], dict[str, str]]:
    """The edits these answers ask for, and the answers that cannot be, by key, each with the reason in French.

    Raises `RuleBroken` for an answer to a finding that is not there any more.
    """
    asked = {name[2:] for name in answers if name[:2] in (VALUE, NULL, REMOVE, ADD)}
    if not asked <= fields.keys():
        raise RuleBroken("L'endroit à corriger n'existe plus : simulez de nouveau le fichier.")
    made: list[Edit] = []
    refused: dict[str, str] = {}
    for key, field in fields.items():
        try:
            edit = _edit(field, answers) if key in asked else None
        except ValueError as reason:
            refused[key] = str(reason)
        else:
            made += [edit] if edit else []
    return made, refused


class _Page:
    """The text of a file, and where its values are."""

    def __init__(self, text: str) -> None:
        self._text, self._rows, self._marks = text, Rows(text), Marks(text)
        self._found: Spans | None = None

    def field(self, finding: Finding) -> Field | None:
        control = Control(finding.get("mend", Control.NONE))
        key, at = key_of(finding), Mark(finding["row"], finding["column"])
        if control is Control.NONE:
            return None
        if control is Control.SOURCE:
            start, end = excerpt(self._text, at)
            return Field(key, at, control, self._text[start:end].replace("\r\n", "\n"))
        offset = self._rows.offset(at)
        span = self._spans.by_tag.get(offset) if control is Control.TAG else self._spans.by_start.get(offset)
        if span is None:
            return None
        if control is Control.TAG:
            return self._tag(finding, key, at, span)
        return self._value(finding, key, at, span)

    @property
    def _spans(self) -> Spans:
        if self._found is None:
            self._found = Spans(self._text)
        return self._found

    def _tag(self, finding: Finding, key: str, at: Mark, span: Span) -> Field:
        name, proposal = str(span.path[-1]), literals.read(finding["proposal"])
        taken = {member.path[-1] for member in span.parent.members} if span.parent else set()
        if proposal and proposal not in taken:
            return Field(key, at, Control.TAG, proposal, proposed=True, current=name)
        return Field(key, at, Control.TAG, literals.shown(name), current=name)

    def _value(self, finding: Finding, key: str, at: Mark, span: Span) -> Field | None:
        here, path = written(span.path), finding["path"]
        below = path.removeprefix(here).removeprefix(".")
        if not path.startswith(here) or "[" in below:
            return None
        control, choices = Control(finding["mend"]), tuple(finding["choices"])
        current = None if below else self._text[span.start : span.end]
        initial, proposed = literals.initial(control, current, finding["proposal"], choices)
        return Field(
            key,
            at,
            control,
            initial if len(initial) <= LONGEST else "",
            proposed,
            choices,
            bool(finding["optional"]) and current not in (None, "null"),
            current,
            tuple(below.split(".")) if below else (),
            self._gives_up(finding),
        )

    def _gives_up(self, finding: Finding) -> Mark | None:
        rank = rank_of(finding) if finding["code"] in _GIVES_UP else None
        line = None if rank is None else self._spans.by_path.get((LINES, rank))
        return self._marks.mark(line.start) if line else None


def _edit(field: Field, answers: Mapping[str, str]) -> Edit | None:
    """The edit one field asks for. Raises `ValueError` with the reason when its answer cannot be."""
    if REMOVE + field.key in answers:
        return _removal(field)
    if NULL + field.key in answers:
        return Edit(field.at, Action.REPLACE, "null") if field.current not in (None, "null") else None
    said = answers.get(VALUE + field.key)
    if said is None or not said.strip() or field.control is Control.NULL:
        return None
    if field.control in _AS_TEXT and ADD + field.key not in answers and _same(said, field.initial):
        return None
    if not field.proposed and field.control not in _AS_TEXT and _same(said, field.initial):
        return None
    return _answer(field, said)


def _removal(field: Field) -> Edit | None:
    if field.control is Control.TAG:
        return Edit(field.at, Action.REMOVE)
    return Edit(field.gives_up, Action.REMOVE) if field.gives_up else None


def _answer(field: Field, said: str) -> Edit | None:
    match field.control:
        case Control.SOURCE:
            return Edit(field.at, Action.SOURCE, said)
        case Control.TAG:
            return Edit(field.at, Action.RENAME, said.strip()) if said.strip() != field.current else None
        case Control.JSON | Control.ITEM:
            literal = _json(said)
        case _:
            literal = literals.written(field.control, said, field.choices)
    if field.control is Control.ITEM:
        return _item(field, literal)
    if field.below:
        return Edit(field.at, Action.ADD, literal, field.below)
    return Edit(field.at, Action.REPLACE, literal) if literal != field.current else None


def _item(field: Field, literal: str) -> Edit:
    if field.below:
        return Edit(field.at, Action.ADD, f"[{literal}]", field.below)
    return Edit(field.at, Action.APPEND, literal)


def _json(said: str) -> str:
    faults: Sequence[Any] = scanner.scan(said).faults
    if faults:
        raise ValueError(f"Ce n'est pas du JSON : {faults[0].message}.")
    return said.strip().replace("\r\n", "\n")


def _same(said: str, initial: str) -> bool:
    """Whether a browser sent back what it was given: it writes the ends of lines its own way, or drops them."""
    return re.sub(r"[\r\n]", "", said) == re.sub(r"[\r\n]", "", initial)
