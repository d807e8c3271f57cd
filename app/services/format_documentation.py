"""The documentation of the JSON format, read from the corridors in force: what is deposited, when, in which form.

Publishing a corridor is all it takes to document it.
"""

import datetime as dt
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby, pairwise

from app.corridors.spec import CorridorSpec, FixedInstalments, RateInstalments
from app.domain.enums import DepositMode, Phase
from app.exchange import codes, line_model
from app.exchange.codes import Rule
from app.models.corridors import CorridorVersion
from app.services import (
    corridor_changes,
    corridor_versions,
    deposit_calendar,
    explanations,
    format_files,
    format_parts,
    formats,
)
from app.services.corridor_changes import Change
from app.services.deposit_calendar import Period
from app.services.format_parts import ModelOf, Part

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
    """Everything the page of a corridor says. `editions`: its published versions, the last first; none of a draft."""

    spec: CorridorSpec
    parts: tuple[Part, ...]
    ceilings: tuple[Ceiling, ...]
    instalments: tuple[str, str]
    periods: tuple[Period, ...] = ()
    editions: tuple[Edition, ...] = ()

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
    return replace(
        _described(spec, partial(format_files.model_of, version)),
        periods=tuple(deposit_calendar.of_version(version)),
        editions=_editions(code),
    )


def of_draft(spec: CorridorSpec) -> CorridorPage:
    """What the page would say of a document that is not published: neither its periods nor its versions."""
    return _described(spec, lambda phase, wave: line_model.build(spec.narrowed(wave), phase))


def _described(spec: CorridorSpec, model_of: ModelOf) -> CorridorPage:
    return CorridorPage(
        spec=spec,
        parts=tuple(part for phase in Phase for part in format_parts.of_phase(spec, phase, model_of)),
        ceilings=_ceilings(spec),
        instalments=_instalments(spec),
    )


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
