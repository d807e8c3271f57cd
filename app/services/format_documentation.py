"""The documentation of the JSON format, read from the corridors in force: what is deposited, when, in which form.

Publishing a corridor is all it takes to document it. Waves that ask the same of a phase are described once.
"""

import datetime as dt
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from app.corridors.spec import CorridorSpec, DocumentSpec, FieldSpec, FixedInstalments, RateInstalments
from app.domain.enums import DepositMode, Phase
from app.exchange import codes
from app.exchange.codes import Rule
from app.models.corridors import CorridorVersion
from app.services import (
    corridor_changes,
    corridor_versions,
    corridor_words,
    deposit_calendar,
    explanations,
    format_fields,
    format_files,
    formats,
)
from app.services.corridor_changes import Change
from app.services.deposit_calendar import Period
from app.services.format_fields import FieldBlock

EDITIONS_SHOWN = 10
# By the first two digits of a code (`app.exchange.codes`).
FAMILIES = {
    "01": "Lecture du fichier",
    "02": "Enveloppe du fichier",
    "03": "Forme d'une demande",
    "04": "Cohérence d'une demande",
    "05": "Ce que le portail connaît déjà",
    "09": "Remarques, qui ne bloquent rien",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the scenario that only a software referenced for `profile` may give."""

    path: str
    label: str
    given: str
    profile: str


@dataclass(frozen=True, slots=True)
class Part:
    """What a phase asks in some waves: by file `blocks`, by form `questions`."""

    phase: Phase
    waves: tuple[int, ...]
    blocks: tuple[FieldBlock, ...]
    questions: tuple[FieldSpec, ...]
    exclusive: tuple[tuple[str, ...], ...]
    pairings: tuple[tuple[str, str], ...]
    scenario: tuple[Answer, ...]
    documents: tuple[DocumentSpec, ...]

    @property
    def said_waves(self) -> str:
        """« vague 1 », « vagues 1 et 2 »."""
        *first, last = map(str, self.waves)
        return f"vagues {', '.join(first)} et {last}" if first else f"vague {last}"

    @property
    def title(self) -> str:
        return f"Demande {self.phase.of}, {self.said_waves}"

    @property
    def anchor(self) -> str:
        return f"{self.phase.value}-{self.waves[-1]}"

    def joined(self, other: "Part") -> "Part | None":
        """The two as one, when they differ by their waves only."""
        both = replace(self, waves=self.waves + other.waves)
        return both if replace(other, waves=both.waves) == both else None


@dataclass(frozen=True, slots=True)
class Edition:
    """A published version and what it changed in the one before; nothing for the first."""

    number: int
    published_at: dt.datetime
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Ceiling:
    """How the ceiling of some software is computed, in words."""

    software: tuple[str, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class CorridorPage:
    """Everything the page of a corridor says."""

    spec: CorridorSpec
    version: CorridorVersion
    periods: tuple[Period, ...]
    parts: tuple[Part, ...]
    ceilings: tuple[Ceiling, ...]
    instalments: tuple[str, str]
    editions: tuple[Edition, ...]

    @property
    def by_file(self) -> bool:
        return self.spec.deposit is DepositMode.JSON


def corridors() -> list[tuple[CorridorVersion, list[Period]]]:
    """The corridors in force with their periods, by label: the index."""
    return [(version, list(deposit_calendar.of_version(version))) for version in corridor_versions.all_in_force()]


def page(code: str) -> CorridorPage | None:
    """The page of a corridor; None for a code that is unknown."""
    version = corridor_versions.in_force(code) if format_files.may_be_a_code(code) else None
    if version is None:
        return None
    spec = corridor_versions.spec_of(version)
    return CorridorPage(
        spec=spec,
        version=version,
        periods=tuple(deposit_calendar.of_version(version)),
        parts=tuple(part for phase in Phase for part in _parts(version, spec, phase)),
        ceilings=_ceilings(spec),
        instalments=_instalments(spec),
        editions=_editions(code),
    )


def _parts(version: CorridorVersion, spec: CorridorSpec, phase: Phase) -> list[Part]:
    found: list[Part] = []
    for wave in spec.waves:
        part = _part(version, spec.narrowed(wave), phase, wave)
        joined = found[-1].joined(part) if found else None
        found = [*found[:-1], joined] if joined else [*found, part]
    return found


def _part(version: CorridorVersion, seen: CorridorSpec, phase: Phase, wave: int) -> Part:
    """What a phase asks in a wave, which sees the document as `seen`."""
    fields = seen.fields_of(phase)
    labels = {one.path: one.label for one in seen.lists} | {one.path: one.label for one in fields}
    by_file = seen.deposit is DepositMode.JSON
    return Part(
        phase=phase,
        waves=(wave,),
        blocks=_blocks(version, phase, wave) if by_file else (),
        questions=() if by_file else fields,
        exclusive=tuple(one.paths for one in seen.exclusive if labels.keys() >= set(one.paths)),
        pairings=tuple((labels[one.list], labels[one.per]) for one in seen.pairings_of(phase)),
        scenario=tuple(
            Answer(one.path, labels[one.path], corridor_words.literal(one.equals), one.profile)
            for one in seen.scenario
            if one.profile and one.path in labels
        ),
        documents=seen.documents_of(phase),
    )


def _blocks(version: CorridorVersion, phase: Phase, wave: int) -> tuple[FieldBlock, ...]:
    model = format_files.model_of(version, phase, wave)
    return format_fields.blocks(model, format_files.example_of(model)["lignesImport"][0])


def piece_obligation(piece: DocumentSpec) -> str:
    """« obligatoire », « obligatoire si … vaut … », « facultative »."""
    if piece.required_if:
        return f"obligatoire si {corridor_words.condition(piece.required_if)}"
    return "obligatoire" if piece.required else "facultative"


def code_families() -> list[tuple[str, list[Rule]]]:
    """Every code the portal answers with, by what it tells, each family with its title."""
    by_family = groupby(codes.every(), lambda rule: rule.code[:2])
    return [(FAMILIES[family], list(rules)) for family, rules in by_family]


# ── the money, in words ─────────────────────────────────────────────────────────────────────────────────────────────


def _ceilings(spec: CorridorSpec) -> tuple[Ceiling, ...]:
    """The rules, with the software each is for."""
    found: dict[str, list[str]] = {}
    for one in spec.software:
        rule = explanations.rule_in_words(spec.amount_of(one.type, one.wave))
        found.setdefault(rule, []).append(f"{one.type}, vague {one.wave}")
    return tuple(Ceiling(tuple(software), rule) for rule, software in found.items())


def _instalments(spec: CorridorSpec) -> tuple[str, str]:
    """What the avance is, what the solde is."""
    rest = "engagement arrêté sur la facture − avance versée"
    match spec.instalments:
        case RateInstalments(avance_rate=rate):
            return f"{formats.percent(rate)} de l'engagement, arrondi au centime", rest
        case FixedInstalments(avance_ht=avance, solde_ht=solde):
            fixed = f"{formats.money(avance)} HT, fixe"
            return fixed, rest if solde is None else f"{formats.money(solde)} HT, fixe"
    raise AssertionError(spec.instalments)


# ── what changed ────────────────────────────────────────────────────────────────────────────────────────────────────


def _editions(code: str) -> tuple[Edition, ...]:
    """The last versions, the last first."""
    versions = corridor_versions.history(code)[: EDITIONS_SHOWN + 1]
    found = [Edition(new.number, new.published_at, _changes(old, new)) for new, old in pairwise(versions)]
    if versions[-1].number == 1:
        found.append(Edition(1, versions[-1].published_at, ()))
    return tuple(found)


def _changes(old: CorridorVersion, new: CorridorVersion) -> tuple[Change, ...]:
    key = (old.digest, new.digest)
    if key not in _CHANGES:
        _CHANGES[key] = corridor_changes.between(corridor_versions.spec_of(old), corridor_versions.spec_of(new))
    return _CHANGES[key]


_CHANGES: dict[tuple[str, str], tuple[Change, ...]] = {}
