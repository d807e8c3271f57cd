"""Do the tags of one line hold together? Conditions, exclusive answers, scenario, pieces, VAT, dates not to come.

These read the line as it was written, whatever its shape, so that all its faults are told at once. A rule that meets a
value of the wrong shape says nothing: the shape is already a fault.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.corridors.spec import Condition, CorridorSpec, FieldSpec, ListSpec
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

    The public simulator knows neither regime nor profiles: None.
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


class LineRules:
    """The rules of one corridor version in one phase, arranged so that a sound line costs a few look-ups."""

    def __init__(self, spec: CorridorSpec, phase: Phase, around: Circumstances) -> None:
        self.phase, self.around = phase, around
        self.exclusive = [[_steps(path) for path in one.paths] for one in spec.exclusive]
        self.documents = spec.documents_of(phase)
        self.codes = frozenset(document.code for document in self.documents)
        self.always_asked = tuple(one for one in self.documents if one.required and not one.required_if)
        self.questions = _unreferenced(spec, around.profiles)
        fields: dict[Condition, list[FieldSpec]] = defaultdict(list)
        lists: dict[Condition, list[ListSpec]] = defaultdict(list)
        for field in spec.fields_of(phase):
            if field.required_if:
                fields[field.required_if].append(field)
        for listed in spec.lists:
            if listed.required_if and listed.min_items:
                lists[listed.required_if].append(listed)
        self.conditions = [
            (_steps(condition.path), condition.equals, tuple(fields[condition]), tuple(lists[condition]))
            for condition in dict.fromkeys((*fields, *lists))
        ]

    def check(self, line: Mapping[str, Any], at: Path) -> Iterator[Fault]:
        """The faults of one line, whose path in the file is `at`."""
        yield from self._order(line, at)
        yield from self._conditional(line, at)
        for group in self.exclusive:
            yield from _exclusive(line, group, at)
        for path, profile in self.questions:
            yield from _scenario(line, path, profile, at)
        yield from self._documents(line, at)
        for tag in ("codeTraitement", "libelleTraitement"):
            if line.get(tag) is not None:
                yield Fault(codes.NOT_NULL, (*at, tag), f"« {tag} » est rempli par le portail", line[tag])

    def _order(self, line: Mapping[str, Any], at: Path) -> Iterator[Fault]:
        order = line.get("commande")
        if not isinstance(order, dict):
            return
        vat, expected = order.get("regimeTVA"), self.around.vat
        if expected and vat in ("HT", "TTC") and vat != expected.json_code:
            message = f"le régime « {vat} » n'est pas celui de votre enrôlement ({expected.label})"
            yield Fault(codes.VAT_UNLIKE_ENROLMENT, (*at, "commande", "regimeTVA"), message, vat)
        for tag in ("dateCommande", "dateFacture") if self.phase is Phase.SOLDE else ("dateCommande",):
            written = order.get(tag)
            day = date_of(written) if isinstance(written, str) else None
            if day and day > self.around.today:
                yield Fault(codes.DATE_IN_FUTURE, (*at, "commande", tag), f"le {day:%d/%m/%Y} est à venir", written)

    def _conditional(self, line: Mapping[str, Any], at: Path) -> Iterator[Fault]:
        for steps, equals, fields, lists in self.conditions:
            if value_at(line, steps) != equals:
                continue
            why = f"« {steps[-1]} » vaut {_said(equals)}"
            for listed in lists:
                yield from _enough(line, listed, why, at)
            for field in fields:
                for below, value in values_at(line, field.path):
                    if value is None or (isinstance(value, str) and not value.strip()):
                        message = f"« {field.label} » est obligatoire quand {why}"
                        yield Fault(codes.REQUIRED_HERE, (*at, *below), message)

    def _documents(self, line: Mapping[str, Any], at: Path) -> Iterator[Fault]:
        pieces = line.get("piecesJustificatives")
        if not isinstance(pieces, list) or not pieces:
            return
        given = [piece.get("typeFichier") for piece in pieces if isinstance(piece, dict)]
        for document in self.documents if len(self.always_asked) < len(self.documents) else self.always_asked:
            asked = document.required and (
                document.required_if is None
                or value_at(line, _steps(document.required_if.path)) == document.required_if.equals
            )
            if asked and document.code not in given:
                message = f"la pièce « {document.label} » ({document.code}) n'est pas annoncée"
                yield Fault(codes.MISSING_DOCUMENT, (*at, "piecesJustificatives"), message)
        names: set[str] = set()
        for rank, piece in enumerate(pieces):
            name = piece.get("nomFichier") if isinstance(piece, dict) else None
            if isinstance(name, str) and name:
                refusal = _file_name_fault(name, piece.get("formatFichier"), names)
                if refusal:
                    yield Fault(codes.BAD_FILE_NAME, (*at, "piecesJustificatives", rank, "nomFichier"), refusal, name)
                names.add(name.casefold())


def _steps(path: str) -> Steps:
    return tuple(path.split("."))


def _unreferenced(spec: CorridorSpec, profiles: Collection[str] | None) -> list[tuple[str, str]]:
    """The scenario questions this software may not answer « true »."""
    if profiles is None:
        return []
    known = {profile.strip().casefold() for profile in profiles}
    asked = [(question.path, question.profile) for question in spec.scenario if question.profile]
    return [(path, profile) for path, profile in asked if profile.strip().casefold() not in known]


def _exclusive(line: Mapping[str, Any], group: list[Steps], at: Path) -> Iterator[Fault]:
    answers = [value_at(line, steps) for steps in group]
    if answers.count(True) != 1 and all(isinstance(answer, bool) for answer in answers):
        names = " et ".join(f"« {steps[-1]} »" for steps in group)
        message = f"une seule de ces réponses doit valoir true : {names}"
        yield Fault(codes.EXCLUSIVE, (*at, *group[0]), message, answers[0])


def _scenario(line: Mapping[str, Any], path: str, profile: str, at: Path) -> Iterator[Fault]:
    for below, answer in values_at(line, path):
        if answer is True:
            message = f"ce scénario demande le profil « {profile} », pour lequel votre logiciel n'est pas référencé"
            yield Fault(codes.SCENARIO_NOT_REFERENCED, (*at, *below), message, answer)


def _enough(line: Mapping[str, Any], listed: ListSpec, why: str, at: Path) -> Iterator[Fault]:
    steps = _steps(listed.path)
    found = value_at(line, steps)
    if found is None or (isinstance(found, list) and len(found) < listed.min_items):
        message = f"« {listed.label} » : il en faut au moins {listed.min_items} quand {why}"
        yield Fault(codes.TOO_FEW, (*at, *steps), message, found)


def _file_name_fault(name: str, file_format: Any, others: set[str]) -> str | None:
    extension = name.rpartition(".")[2].casefold() if "." in name else ""
    if "/" in name or "\\" in name or name.startswith("."):
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
