"""Do the tags of one line hold together? Conditions, exclusive answers, scenario, pieces, VAT, dates not to come.

These read the line as it was written, whatever its shape, so that all its faults are told at once. A rule that meets a
value of the wrong shape says nothing: the shape is already a fault.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, NamedTuple

from app.corridors.spec import Condition, CorridorSpec, DocumentSpec, FieldSpec, ListSpec, Pairing, ScenarioQuestion
from app.domain import limits
from app.domain.enums import Phase
from app.domain.vat import VatRegime
from app.exchange import codes
from app.exchange.faults import Fault, Path
from app.exchange.values import date_of

Steps = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the file is held against: the day, the regime of the enrolment, the profiles the software is referenced for.

    The public simulator knows no enrolment: its regime is the one chosen there, and it has no profiles (None).
    """

    today: dt.date
    vat: VatRegime | None = None
    profiles: Collection[str] | None = None


def value_at(line: Any, steps: Steps) -> Any:
    """The value of a path without lists; None when it is absent or passes through something else than objects."""
    for step in steps:
        if not isinstance(line, dict):
            return None
        line = line.get(step)
    return line


def values_at(line: Any, path: str) -> Iterator[tuple[Path, Any]]:
    """Every value of a path that may go through lists (`a.b[].c`), with its place in the line; absent ones are None."""
    before, listed, after = path.partition("[]")
    steps = tuple(before.split("."))
    found = value_at(line, steps)
    if not listed:
        yield steps, found
        return
    for rank, element in enumerate(found if isinstance(found, list) else ()):
        if not after:
            yield (*steps, rank), element
        elif isinstance(element, dict):
            for below, value in values_at(element, after.removeprefix(".")):
                yield (*steps, rank, *below), value


class Read(NamedTuple):
    """What a rule reads: a path of the line, and what of its values it looks at (`seen`; else themselves)."""

    path: str
    seen: Callable[[Any], Hashable] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule on a line. Two lines of the right shape that say the same where it `reads` have the same faults, but
    for their place: the rule need be asked of one of them only. With `when`, it concerns only the lines that meet it.
    """

    reads: tuple[Read, ...]
    faults: Callable[[Mapping[str, Any], Path], Iterator[Fault]]  # of a line, whose path in the file is given
    when: Condition | None = None

    def concerns(self, line: Mapping[str, Any]) -> bool:
        return self.when is None or value_at(line, _steps(self.when.path)) == self.when.equals


class LineRules:
    """The rules of one corridor version in one phase, made once; `under` adds those of the circumstances."""

    def __init__(self, spec: CorridorSpec, phase: Phase) -> None:
        self._phase, self._scenario = phase, spec.scenario
        self._first = (
            *_conditional_rules(spec, phase),
            *(_exclusive_rule(one.paths) for one in spec.exclusive),
            *(_pairing_rule(spec, one) for one in spec.pairings_of(phase)),
        )
        self._last = (
            *_documents_rules(spec.documents_of(phase)),
            *(_answer_rule(tag) for tag in ("codeTraitement", "libelleTraitement")),
        )

    def under(self, around: Circumstances) -> tuple[Rule, ...]:
        """All the rules, in the order in which their faults are told."""
        unreferenced = _unreferenced(self._scenario, around.profiles)
        scenario = (_scenario_rule(question) for question in unreferenced)
        return (*_order_rules(self._phase, around), *self._first, *scenario, *self._last)


def check(rules: Sequence[Rule], line: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """The faults of one line, whose path in the file is `at`."""
    for rule in rules:
        if rule.concerns(line):
            yield from rule.faults(line, at)


def _order_rules(phase: Phase, around: Circumstances) -> Iterator[Rule]:
    if around.vat:
        yield Rule((Read("commande.regimeTVA"),), partial(_vat, around.vat))
    for tag in ("dateCommande", "dateFacture") if phase is Phase.SOLDE else ("dateCommande",):
        yield Rule((Read(f"commande.{tag}"),), partial(_not_to_come, tag, around.today))


def _vat(expected: VatRegime, line: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    vat = value_at(line, ("commande", "regimeTVA"))
    if vat in ("HT", "TTC") and vat != expected.json_code:
        message = f"le régime « {vat} » ne répond pas au taux de TVA « {expected.label} »"
        path = (*at, "commande", "regimeTVA")
        yield Fault(
            codes.VAT_UNLIKE_ENROLMENT, path, message, vat, expected=expected.json_code, proposal=expected.json_code
        )


def _not_to_come(tag: str, today: dt.date, line: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    written = value_at(line, ("commande", tag))
    day = date_of(written) if isinstance(written, str) else None
    if day and day > today:
        message, latest = f"le {day:%d/%m/%Y} est à venir", f"une date jusqu'au {today:%d/%m/%Y}"
        yield Fault(codes.DATE_IN_FUTURE, (*at, "commande", tag), message, written, expected=latest)


def _conditional_rules(spec: CorridorSpec, phase: Phase) -> Iterator[Rule]:
    fields: dict[Condition, list[FieldSpec]] = defaultdict(list)
    lists: dict[Condition, list[ListSpec]] = defaultdict(list)
    for field in spec.fields_of(phase):
        if field.required_if:
            fields[field.required_if].append(field)
    for listed in spec.lists_of(phase):
        if listed.required_if and listed.min_items:
            lists[listed.required_if].append(listed)
    for condition in dict.fromkeys((*fields, *lists)):
        asked, long = tuple(fields[condition]), tuple(lists[condition])
        reads = (Read(condition.path), *(Read(one.path, _is_given) for one in asked))
        counts = tuple(Read(one.path, _count) for one in long)
        yield Rule((*reads, *counts), partial(_conditional, condition, asked, long), condition)


def _conditional(
    condition: Condition, fields: Sequence[FieldSpec], lists: Sequence[ListSpec], line: Mapping[str, Any], at: Path
) -> Iterator[Fault]:
    """What the condition, which holds, asks for."""
    why = f"« {_steps(condition.path)[-1]} » vaut {_said(condition.equals)}"
    for listed in lists:
        yield from _enough(line, listed, why, at)
    for field in fields:
        for below, value in values_at(line, field.path):
            if not _is_given(value):
                message = f"« {field.label} » est obligatoire quand {why}"
                yield Fault(codes.REQUIRED_HERE, (*at, *below), message)


def _is_given(value: Any) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def _enough(line: Mapping[str, Any], listed: ListSpec, why: str, at: Path) -> Iterator[Fault]:
    steps = _steps(listed.path)
    found = value_at(line, steps)
    count = _count(found)
    if count is not None and count < listed.min_items:
        message = f"« {listed.label} » : il en faut au moins {listed.min_items} quand {why}"
        yield Fault(codes.TOO_FEW, (*at, *steps), message, found)


def _count(found: Any) -> int | None:
    """How many elements a list has: none when it is absent; unknown when it is something else."""
    if found is None:
        return 0
    return len(found) if isinstance(found, list) else None


def _exclusive_rule(paths: Sequence[str]) -> Rule:
    return Rule(tuple(map(Read, paths)), partial(_exclusive, [_steps(path) for path in paths]))


def _pairing_rule(spec: CorridorSpec, pairing: Pairing) -> Rule:
    labels = {one.path: one.label for one in spec.lists}
    return Rule(
        (Read(pairing.path), Read(pairing.per_path)),
        partial(_pairing, pairing, labels[pairing.list], labels[pairing.per]),
    )


def _scenario_rule(question: ScenarioQuestion) -> Rule:
    return Rule((Read(question.path),), partial(_scenario, question))


def _documents_rules(documents: Sequence[DocumentSpec]) -> Iterator[Rule]:
    asked = tuple(document for document in documents if document.required)
    conditions = tuple(Read(one.required_if.path) for one in asked if one.required_if)
    kinds = Read("piecesJustificatives[].typeFichier")
    yield Rule((Read("piecesJustificatives", _count), kinds, *conditions), partial(_missing_documents, asked))
    names = Read("piecesJustificatives[].nomFichier", _form_of_name)
    yield Rule((names, Read("piecesJustificatives[].formatFichier"), Read("piecesJustificatives", _has_twins)), _names)


def _missing_documents(documents: Sequence[DocumentSpec], line: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    pieces = line.get("piecesJustificatives")
    if not isinstance(pieces, list) or not pieces:
        return
    given = [piece.get("typeFichier") for piece in pieces if isinstance(piece, dict)]
    for document in documents:
        condition = document.required_if
        asked = condition is None or value_at(line, _steps(condition.path)) == condition.equals
        if asked and document.code not in given:
            message = f"la pièce « {document.label} » ({document.code}) n'est pas annoncée"
            path = (*at, "piecesJustificatives")
            yield Fault(codes.MISSING_DOCUMENT, path, message, **_asked(document))


def _asked(document: DocumentSpec) -> dict[str, Any]:
    """What is expected, and the piece to complete with the name of its file."""
    said = f"une pièce de type {document.code}"
    return {"expected": said, "proposal": {"nomFichier": "", "formatFichier": "PDF", "typeFichier": document.code}}


def _names(line: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """The names of the pieces, each held against its format and those before it."""
    pieces = line.get("piecesJustificatives")
    before: set[str] = set()
    for rank, piece in enumerate(pieces if isinstance(pieces, list) else ()):
        name = piece.get("nomFichier") if isinstance(piece, dict) else None
        if isinstance(name, str) and name:
            refusal = _file_name_fault(name, piece.get("formatFichier"), before)
            if refusal:
                yield Fault(codes.BAD_FILE_NAME, (*at, "piecesJustificatives", rank, "nomFichier"), refusal, name)
            before.add(name.casefold())


def _answer_rule(tag: str) -> Rule:
    return Rule((Read(tag, _is_null),), partial(_not_filled, tag))


def _is_null(value: Any) -> bool:
    return value is None


def _not_filled(tag: str, line: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    if not _is_null(line.get(tag)):
        yield Fault(codes.NOT_NULL, (*at, tag), f"« {tag} » est rempli par le portail", line[tag])


@lru_cache(maxsize=1024)  # the paths of the documents in use
def _steps(path: str) -> Steps:
    return tuple(path.split("."))


def _unreferenced(scenario: Sequence[ScenarioQuestion], profiles: Collection[str] | None) -> list[ScenarioQuestion]:
    """The scenario questions this software may not answer so."""
    if profiles is None:
        return []
    known = {profile.strip().casefold() for profile in profiles}
    return [one for one in scenario if one.profile and one.profile.strip().casefold() not in known]


def _exclusive(group: Sequence[Steps], line: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    answers = [value_at(line, steps) for steps in group]
    if answers.count(True) != 1 and all(isinstance(answer, bool) for answer in answers):
        names = " et ".join(f"« {steps[-1]} »" for steps in group)
        message = f"une seule de ces réponses doit valoir true : {names}"
        yield Fault(codes.EXCLUSIVE, (*at, *group[0]), message, answers[0])


def _scenario(question: ScenarioQuestion, line: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    other = "false" if question.equals is True else "une autre réponse"
    for below, answer in values_at(line, question.path):
        if type(answer) is type(question.equals) and answer == question.equals:
            message = (
                f"ce scénario demande le profil « {question.profile} », pour lequel votre logiciel n'est pas référencé"
            )
            expected = f"{other}, ou un scénario couvert par vos profils"
            yield Fault(codes.SCENARIO_NOT_REFERENCED, (*at, *below), message, answer, expected=expected)


def _pairing(pairing: Pairing, label: str, per: str, line: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """One entry per element: those without entry, without element, or met twice."""
    awaited = {value: None for _, value in values_at(line, pairing.per_path) if isinstance(value, str)}
    seen: set[str] = set()
    for below, value in values_at(line, pairing.path):
        if not isinstance(value, str):
            continue
        if value not in awaited:
            yield Fault(codes.PAIRING, (*at, *below), f"« {label} » : {value} n'est pas parmi « {per} »", value)
        elif value in seen:
            yield Fault(codes.PAIRING, (*at, *below), f"« {label} » : {value} a déjà une entrée", value)
        seen.add(value)
    for value in awaited:
        if value not in seen:
            message = f"« {label} » : il manque l'entrée de {value}, déclaré dans « {per} »"
            yield Fault(codes.PAIRING, (*at, *_steps(pairing.list)), message)


def _form_of_name(name: str) -> str:
    """What is looked at in the name of a piece: its extension; a stroke when it shows a folder or hides itself."""
    if "/" in name or "\\" in name or name[:1] == ".":
        return "/"
    return name.rpartition(".")[2].casefold() if "." in name else ""


def _has_twins(pieces: Any) -> bool:
    """Whether two pieces of a line bear one name."""
    if not pieces or len(pieces) == 1:
        return False
    return len({piece["nomFichier"].casefold() for piece in pieces}) < len(pieces)


def _file_name_fault(name: str, file_format: Any, others: Collection[str]) -> str | None:
    extension = _form_of_name(name)
    if extension == "/":
        return "un nom de fichier ne porte pas de dossier"
    if extension not in limits.PIECE_EXTENSIONS:
        return f"l'extension doit être {', '.join(limits.PIECE_EXTENSIONS)}"
    said = file_format.casefold() if isinstance(file_format, str) else ""
    if said in limits.PIECE_EXTENSIONS and _family(extension) != _family(said):
        return f"l'extension « {extension} » ne répond pas au format « {said} »"
    if name.casefold() in others:
        return "ce nom est déjà donné à une autre pièce de la demande"
    return None


def _family(extension: str) -> str:
    return "jpg" if extension == "jpeg" else extension


def _said(value: str | bool) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else f"« {value} »"
