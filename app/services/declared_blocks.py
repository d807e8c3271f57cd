"""What the supplier declared in his file, block by block, under the labels of his corridor's document.

Read by `request_view` only. Nothing here knows a corridor: ticks, facts, tables and questions come from the fields of
the `CorridorSpec` and the values from the line kept on the avenant (guide « Les écrans du portail », § 5.2).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.corridors.spec import CorridorSpec, FieldSpec
from app.domain import identifiers
from app.models.requests import Avenant, Beneficiary
from app.services import formats

BENEFICIARIES, SCENARIO = "beneficiaires", "scenarioInstallation"


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value, ready to be shown; `tip` explains the label when the guide does."""

    label: str
    value: str
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A yes-or-no of the file: ticked when « true ». `checked_against_profiles`: shown in bold."""

    label: str
    ticked: bool
    facts: tuple[Fact, ...] = ()
    checked_against_profiles: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a list of the file; a boolean cell stays a boolean, to be drawn as a tick."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class BeneficiaryRow:
    name: str
    email: str
    phone: str
    identifier: str
    in_avance: bool | None


@dataclass(frozen=True, slots=True)
class BeneficiaryBlock:
    """`missing`: those of the avance that the solde no longer names; `in_avance` is None on an avance."""

    ticks: tuple[Tick, ...]
    facts: tuple[Fact, ...]
    identifier_label: str
    rows: tuple[BeneficiaryRow, ...]
    compared: bool
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScenarioBlock:
    ticks: tuple[Tick, ...]
    facts: tuple[Fact, ...]
    table: Table | None


def beneficiary_block(avenant: Avenant, spec: CorridorSpec, avance: Sequence[Beneficiary] | None) -> BeneficiaryBlock:
    """The block « Bénéficiaire(s) ». `avance`: the beneficiaries to compare a solde with, None on an avance."""
    fields = _single(spec, BENEFICIARIES)
    ticks = [field for field in fields if field.kind == "boolean"]
    tick_paths = {field.path for field in ticks}
    plain = [field for field in fields if field.kind != "boolean"]
    free = [field for field in plain if field.required_if is None or field.required_if.path not in tick_paths]
    known = None if avance is None else {one.identifier for one in avance}
    named = {one.identifier for one in avenant.beneficiaries}
    kinds = dict.fromkeys(one.identifier_kind for one in avenant.beneficiaries) or dict.fromkeys(spec.identifier_kinds)
    return BeneficiaryBlock(
        ticks=tuple(_tick(avenant, field, _under(field, plain)) for field in ticks),
        facts=_facts(avenant, free),
        identifier_label=" ou ".join(identifiers.LABELS[kind] for kind in kinds),
        rows=tuple(
            BeneficiaryRow(
                one.name, one.email, one.phone, one.identifier, None if known is None else one.identifier in known
            )
            for one in avenant.beneficiaries
        ),
        compared=known is not None,
        missing=tuple(f"{one.name} ({one.identifier})" for one in avance or () if one.identifier not in named),
    )


def scenario_block(avenant: Avenant, spec: CorridorSpec) -> ScenarioBlock | None:
    """The block « Scénario d'installation », None for a corridor that asks nothing."""
    single, columns = _single(spec, SCENARIO), _columns(spec, SCENARIO)
    if not single and not columns:
        return None
    controlled = {question.path for question in spec.scenario if question.profile}
    answers = [scenario.answers for scenario in avenant.scenarios]
    ticks = tuple(
        Tick(field.label, _answer(avenant, answers, field) is True, (), field.path in controlled)
        for field in single
        if field.kind == "boolean"
    )
    facts = tuple(
        Fact(field.label, formats.shown(_answer(avenant, answers, field)))
        for field in single
        if field.kind != "boolean" and _answer(avenant, answers, field) not in (None, "")
    )
    rows = answers or _elements(avenant, SCENARIO)
    return ScenarioBlock(ticks, facts, _table("Scénario d'installation", columns, rows) if columns else None)


def other_tables(avenant: Avenant, spec: CorridorSpec) -> tuple[Table, ...]:
    """The lists of the file that belong to neither block (technical administrators, for instance)."""
    others = [one for one in spec.lists if one.path.split(".")[0] not in (BENEFICIARIES, SCENARIO)]
    return tuple(_table(one.label, _columns(spec, one.path), _elements(avenant, one.path)) for one in others)


def form_facts(avenant: Avenant, spec: CorridorSpec) -> tuple[Fact, ...]:
    """The answers of a form that stand by themselves (a contact, counts), for the block « Informations »."""
    return _facts(avenant, (field for field in spec.fields_of(avenant.phase) if "." not in field.path))


def declared_value(line: dict[str, Any], path: str) -> Any:
    """The value at a path of the line, None when any step is missing or is not an object."""
    value: Any = line
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _single(spec: CorridorSpec, root: str) -> list[FieldSpec]:
    """The fields under an object of the line, those of lists left out."""
    return [field for field in spec.fields if field.path.startswith(f"{root}.") and "[]" not in field.path]


def _columns(spec: CorridorSpec, path: str) -> list[FieldSpec]:
    return [field for field in spec.fields if field.path.startswith(f"{path}[].")]


def _under(tick: FieldSpec, fields: Iterable[FieldSpec]) -> list[FieldSpec]:
    """The fields asked only when this one is true: the mandataire's."""
    return [field for field in fields if field.required_if and field.required_if.path == tick.path]


def _tick(avenant: Avenant, field: FieldSpec, under: list[FieldSpec]) -> Tick:
    ticked = declared_value(avenant.declared, field.path) is True
    return Tick(field.label, ticked, _facts(avenant, under) if ticked else ())


def _facts(avenant: Avenant, fields: Iterable[FieldSpec]) -> tuple[Fact, ...]:
    """What was filled in; what was left empty is not shown."""
    values = ((field.label, declared_value(avenant.declared, field.path)) for field in fields)
    return tuple(Fact(label, formats.shown(value)) for label, value in values if value not in (None, ""))


def _answer(avenant: Avenant, answers: list[dict[str, Any]], field: FieldSpec) -> Any:
    if answers:
        return declared_value(answers[0], field.path.removeprefix(f"{SCENARIO}."))
    return declared_value(avenant.declared, field.path)


def _elements(avenant: Avenant, path: str) -> list[dict[str, Any]]:
    value = declared_value(avenant.declared, path)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _table(title: str, columns: list[FieldSpec], elements: Iterable[dict[str, Any]]) -> Table:
    keys = [field.path.rpartition("[].")[2] for field in columns]
    rows = (tuple(_cell(declared_value(element, key)) for key in keys) for element in elements)
    return Table(title, tuple(field.label for field in columns), tuple(rows))


def _cell(value: Any) -> Any:
    return value if isinstance(value, bool) else formats.shown(value)
