"""What did a supplier answer in the form of a corridor, and what is wrong with it?

A form asks the fields of the corridor's document under the rules of a file; its answers are kept as a line of a file
is (`declared`), so that pages, amounts and modifications read both alike. Pure.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from app.corridors import patterns
from app.corridors.spec import Condition, CorridorSpec, FieldSpec
from app.domain import contacts, file_names, identifiers, limits
from app.domain.enums import Phase
from app.domain.errors import RuleBroken
from app.exchange.line_rules import value_at
from app.exchange.values import amount_fault, amount_of, date_fault, date_of

TRUE, FALSE = "true", "false"  # what the two buttons of a yes-or-no send
_AMOUNT = re.compile(r"[0-9]{1,12}([.,][0-9]+)?")


class Read(NamedTuple):
    """One answer: its value as a line keeps it (None when nothing was typed), and why it is refused, in French."""

    value: Any
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """All of a form. `declared`: as a line of a file is kept, with its `counts`; `faults`: by path."""

    declared: dict[str, Any]
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """The whole numbers, by the last part of their path, for the rules of amounts."""
        found: dict[str, int] = self.declared.get("counts", {})
        return found

    def holds(self, condition: Condition | None) -> bool:
        """Whether what is asked under this condition is asked here."""
        return condition is None or _value(self.declared, condition.path) == condition.equals


class Refused(RuleBroken):
    """What is wrong in a form, all at once: `answers` by path of field, `pieces` by code; `files`, by code too, are
    those that are sound, as whoever proved them holds them."""

    def __init__(self, answers: Mapping[str, str], pieces: Mapping[str, str], files: Mapping[str, Any]) -> None:
        super().__init__("Le formulaire comporte des erreurs.")
        self.answers, self.pieces, self.files = answers, pieces, files


def read(spec: CorridorSpec, phase: Phase, typed: Mapping[str, str], profiles: Collection[str] = ()) -> Answers:
    """The answers to the fields of a phase, by path; a field that was not sent was left empty.

    `spec`: as the wave sees it (`narrowed`). `profiles`: those the software is referenced for.
    """
    fields = spec.fields_of(phase)
    found = {one.path: read_one(one, typed.get(one.path, "")) for one in fields}
    answers = Answers({})
    for path, said in found.items():
        _put(answers.declared, path, said.value)
        if said.fault:
            answers.faults[path] = said.fault
    for one in fields:
        if _is_asked(one, answers) and _value(answers.declared, one.path) is None:
            answers.faults.setdefault(one.path, "Ce champ est obligatoire.")
    _check_exclusive(spec, answers)
    _check_scenario(spec, answers, profiles)
    counts = {one.path.rpartition(".")[2]: found[one.path].value or 0 for one in fields if one.kind == "integer"}
    if counts:
        answers.declared["counts"] = counts
    return answers


def read_one(field: FieldSpec, typed: str) -> Read:
    """One answer as it was typed. An empty one is no fault of its own."""
    text = unicodedata.normalize("NFC", typed).replace("\r\n", "\n").strip()
    if not text:
        return Read(None)
    if any(file_names.hides_something(line) for line in text.split("\n")):
        return Read(None, "Les caractères invisibles ou de contrôle ne sont pas admis.")
    return _READERS.get(field.kind, _text)(field, text)


def _is_asked(one: FieldSpec, answers: Answers) -> bool:
    return one.required or (one.required_if is not None and answers.holds(one.required_if))


def _text(one: FieldSpec, text: str) -> Read:
    if one.values:
        return Read(text) if text in one.values else Read(None, "Choisissez une réponse de la liste.")
    if len(text) > one.max_length:
        return Read(None, f"{one.max_length} caractères au plus ({len(text)} saisis).")
    if one.pattern and not patterns.is_followed(one.pattern, text):
        example = f", par exemple « {one.example} »" if one.example else ""
        return Read(None, f"Cette saisie n'a pas la forme attendue{example}.")
    return Read(text)


def _integer(one: FieldSpec, text: str) -> Read:
    """Digits 0 to 9 only: neither sign, nor decimals, nor the digits of another script."""
    most = f"{limits.COUNT_MOST:,}".replace(",", "\u202f")
    if not (text.isascii() and text.isdecimal()):
        return Read(None, f"Saisissez un nombre entier en chiffres, de 0 à {most}.")
    if len(text) > len(str(limits.COUNT_MOST)) or int(text) > limits.COUNT_MOST:
        return Read(None, f"Ce nombre est trop grand : {most} au plus.")
    return Read(int(text))


def _boolean(one: FieldSpec, text: str) -> Read:
    return Read(text == TRUE) if text in (TRUE, FALSE) else Read(None, "Répondez par « Oui » ou « Non ».")


def _amount(one: FieldSpec, text: str) -> Read:
    bare = text.replace(" ", "").replace("\u202f", "").replace("\xa0", "")
    if not _AMOUNT.fullmatch(bare):
        return Read(None, "Saisissez un montant en euros, par exemple 1074,99.")
    amount = Decimal(bare.replace(",", "."))
    fault = amount_fault(amount)
    return Read(None, _sentence(fault)) if fault else Read(str(amount_of(amount)))


def _date(one: FieldSpec, text: str) -> Read:
    fault = date_fault(text)
    day = date_of(text)
    return Read(None, _sentence(fault)) if fault or day is None else Read(f"{day:%d/%m/%Y}")


def _judged(fault_of: Callable[[str], str | None]) -> Callable[[FieldSpec, str], Read]:
    def judge(one: FieldSpec, text: str) -> Read:
        fault = fault_of(text)
        return Read(None, _sentence(fault)) if fault else Read(text)

    return judge


def _rpps(one: FieldSpec, text: str) -> Read:
    return _judged(identifiers.strict_rpps_fault if one.strict else identifiers.rpps_fault)(one, text)


_READERS: dict[str, Callable[[FieldSpec, str], Read]] = {
    **{kind: _judged(fault_of) for kind, fault_of in identifiers.FAULTS.items()},
    "rpps": _rpps,
    "email": _judged(contacts.email_fault),
    "phone": _judged(contacts.phone_fault),
    "integer": _integer,
    "boolean": _boolean,
    "amount": _amount,
    "date": _date,
}


def _check_exclusive(spec: CorridorSpec, answers: Answers) -> None:
    """Of some answers exactly one is « Oui »."""
    labels = {one.path: one.label for one in spec.fields}
    for group in spec.exclusive:
        said = [_value(answers.declared, path) for path in group.paths]
        if said.count(True) != 1 and all(isinstance(one, bool) for one in said):
            names = " et ".join(f"« {labels[path]} »" for path in group.paths)
            answers.faults.setdefault(group.paths[0], f"Une seule de ces réponses doit être « Oui » : {names}.")


def _check_scenario(spec: CorridorSpec, answers: Answers, profiles: Collection[str]) -> None:
    """An answer that needs a profile the software is not referenced for."""
    known = {profile.strip().casefold() for profile in profiles}
    for question in spec.scenario:
        if question.profile is None or question.profile.strip().casefold() in known:
            continue
        answer = _value(answers.declared, question.path)
        if type(answer) is type(question.equals) and answer == question.equals:
            message = f"Cette réponse demande le profil « {question.profile} », que votre logiciel n'a pas."
            answers.faults.setdefault(question.path, message)


def _put(line: dict[str, Any], path: str, value: Any) -> None:
    if value is None:
        return
    *above, last = path.split(".")
    for step in above:
        line = line.setdefault(step, {})
    line[last] = value


def _value(line: Mapping[str, Any], path: str) -> Any:
    return value_at(line, tuple(path.split(".")))


def _sentence(fault: str | None) -> str:
    said = fault or "cette saisie est refusée"
    return f"{said[:1].upper()}{said[1:]}."
