"""What the supplier declared in his file, block by block, under the labels of his corridor's document.

Read by `request_view` only. Nothing here knows a corridor: ticks, facts, tables and questions come from the fields of
the `CorridorSpec` and the values from the line kept on the avenant (guide « Les écrans du portail », § 5.2).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.corridors.spec import BeneficiarySource, CorridorSpec, FieldSpec
from app.domain import identifiers
from app.exchange.contents import Person, Reader
from app.exchange.line_rules import value_at
from app.models.requests import Avenant, Beneficiary
from app.services import formats, table_pages
from app.services.table_pages import Asked, Page

BENEFICIARIES, SCENARIO = "beneficiaires", "scenarioInstallation"


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value, ready to be shown; `tip` explains the label when the guide does.

    `checked_against_profiles`: shown in bold, as on a `Tick` and a `Heading`.
    """

    label: str
    value: str
    tip: str = ""
    checked_against_profiles: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """A yes-or-no of the file: ticked when « true ». `checked_against_profiles`: shown in bold."""

    label: str
    ticked: bool
    facts: tuple[Fact, ...] = ()
    checked_against_profiles: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column; `checked_against_profiles`: its answers are in bold."""

    label: str
    checked_against_profiles: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a list of the file; a boolean cell stays a boolean, to be drawn as a tick."""

    title: str
    headings: tuple[Heading, ...]
    page: Page[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class BeneficiaryRow:
    """`others`: what the corridor asks of a beneficiary besides (under `BeneficiaryBlock.other_headings`)."""

    name: str
    email: str
    phone: str
    identifier: str
    others: tuple[Any, ...]
    in_avance: bool | None


@dataclass(frozen=True, slots=True)
class BeneficiaryBlock:
    """On a solde (`compared`), `missing`: those of the avance that it no longer names; `added`: how many only it names.

    `tables`: lists of the block that name nobody.
    """

    ticks: tuple[Tick, ...]
    facts: tuple[Fact, ...]
    identifier_label: str
    other_headings: tuple[str, ...]
    page: Page[BeneficiaryRow]
    tables: tuple[Table, ...]
    compared: bool
    missing: tuple[str, ...]
    added: int

    @property
    def matches(self) -> bool:
        return not self.missing and not self.added


@dataclass(frozen=True, slots=True)
class ScenarioBlock:
    """`checked`: the portal held an answer at least against the profiles the software is referenced for."""

    ticks: tuple[Tick, ...]
    facts: tuple[Fact, ...]
    table: Table | None
    checked: bool


def beneficiary_block(
    avenant: Avenant, spec: CorridorSpec, avance: Sequence[Beneficiary] | None, asked: Asked
) -> BeneficiaryBlock | None:
    """The block « Bénéficiaire(s) », None for a corridor that finances nobody else than the supplier.

    `avance`: the beneficiaries to compare a solde with, None on an avance.
    """
    if not spec.beneficiaries and not avenant.beneficiaries:
        return None
    fields = single_fields(spec, avenant, BENEFICIARIES)
    ticks = [field for field in fields if field.kind == "boolean"]
    tick_paths = {field.path for field in ticks}
    plain = [field for field in fields if field.kind != "boolean"]
    free = [field for field in plain if field.required_if is None or field.required_if.path not in tick_paths]
    known = None if avance is None else {one.identifier for one in avance}
    named = {one.identifier for one in avenant.beneficiaries}
    headings, rows = _people(avenant, spec, known)
    return BeneficiaryBlock(
        ticks=tuple(_tick(avenant, field, _under(field, plain)) for field in ticks),
        facts=_facts(avenant, free),
        identifier_label=_identifier_label(avenant, spec),
        other_headings=headings,
        page=table_pages.cut(BENEFICIARIES, rows, asked),
        tables=_unnamed_lists(avenant, spec, asked),
        compared=known is not None,
        missing=tuple(f"{one.name} ({one.identifier})" for one in avance or () if one.identifier not in named),
        added=0 if known is None else len(named - known),
    )


def _identifier_label(avenant: Avenant, spec: CorridorSpec) -> str:
    kinds = dict.fromkeys(one.identifier_kind for one in avenant.beneficiaries) or dict.fromkeys(spec.identifier_kinds)
    return " ou ".join(identifiers.LABELS[kind] for kind in kinds)


def _people(
    avenant: Avenant, spec: CorridorSpec, known: set[str] | None
) -> tuple[tuple[str, ...], list[BeneficiaryRow]]:
    """The beneficiaries, with what the file says of each besides their name and identifier."""
    columns = [field for source in active_sources(spec, avenant) for field in _other_columns(spec, avenant, source)]
    declared = {one.position: one for one in Reader(spec, avenant.phase).beneficiaries(avenant.declared)}
    rows = [
        BeneficiaryRow(
            one.name,
            one.email,
            one.phone,
            one.identifier,
            tuple(_said_of(avenant, declared.get(one.position), field) for field in columns),
            None if known is None else one.identifier in known,
        )
        for one in avenant.beneficiaries
    ]
    return tuple(field.label for field in columns), rows


def _other_columns(spec: CorridorSpec, avenant: Avenant, source: BeneficiarySource) -> list[FieldSpec]:
    shown = {source.identifier, source.name, source.email, source.phone}
    return [field for field in columns_of(spec, avenant, source.list) if _key(field) not in shown]


def _said_of(avenant: Avenant, person: Person | None, field: FieldSpec) -> Any:
    """What the element of the file that names this person says under one of its tags."""
    if person is None:
        return formats.NOTHING
    at = next(rank for rank, step in enumerate(person.place) if isinstance(step, int))
    steps = tuple(str(step) for step in person.place[:at])
    if not field.path.startswith(f"{'.'.join(steps)}[]."):
        return formats.NOTHING
    element = value_at(avenant.declared, steps)[person.place[at]]
    return _cell(declared_value(element, _key(field)))


def scenario_block(avenant: Avenant, spec: CorridorSpec, asked: Asked) -> ScenarioBlock | None:
    """The block « Scénario d'installation », None for a corridor that asks nothing."""
    single, columns = single_fields(spec, avenant, SCENARIO), columns_of(spec, avenant, SCENARIO)
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
        Fact(field.label, formats.shown(_answer(avenant, answers, field)), "", field.path in controlled)
        for field in single
        if field.kind != "boolean" and _answer(avenant, answers, field) not in (None, "")
    )
    rows = answers or _elements(avenant, SCENARIO)
    table = _table(SCENARIO, "Scénario d'installation", columns, rows, asked, controlled) if columns else None
    return ScenarioBlock(ticks, facts, table, any(field.path in controlled for field in (*single, *columns)))


def other_tables(avenant: Avenant, spec: CorridorSpec, asked: Asked) -> tuple[Table, ...]:
    """The lists of the file that belong to neither block (technical administrators, for instance)."""
    roots = {BENEFICIARIES, SCENARIO}
    return tuple(
        _table(one.path, one.label, columns, _elements(avenant, one.path), asked)
        for one in spec.lists
        if one.path.split(".")[0] not in roots and (columns := columns_of(spec, avenant, one.path))
    )


def _unnamed_lists(avenant: Avenant, spec: CorridorSpec, asked: Asked) -> tuple[Table, ...]:
    """The lists of the beneficiaries' block from which no beneficiary is read."""
    read = {source.list for source in spec.beneficiaries}
    return tuple(
        _table(one.path, one.label, columns, _elements(avenant, one.path), asked)
        for one in spec.lists
        if one.path.split(".")[0] == BENEFICIARIES
        and one.path not in read
        and (columns := columns_of(spec, avenant, one.path))
    )


def standing_facts(avenant: Avenant, spec: CorridorSpec) -> tuple[Fact, ...]:
    """The answers that stand by themselves (a contact, counts, the deployment), for the block « Informations »."""
    return _facts(avenant, standing_fields(spec, avenant))


def standing_fields(spec: CorridorSpec, avenant: Avenant) -> list[FieldSpec]:
    """The fields that belong to no list and to neither of the two blocks."""
    roots = {BENEFICIARIES, SCENARIO}
    return [
        field
        for field in spec.fields_of(avenant.phase)
        if "[]" not in field.path and field.path.split(".")[0] not in roots
    ]


def declared_value(line: dict[str, Any], path: str) -> Any:
    """The value at a path of the line, None when any step is missing or is not an object."""
    return value_at(line, tuple(path.split(".")))


def single_fields(spec: CorridorSpec, avenant: Avenant, root: str) -> list[FieldSpec]:
    """The fields under an object of the line, those of lists left out."""
    return [one for one in spec.fields_of(avenant.phase) if one.path.startswith(f"{root}.") and "[]" not in one.path]


def columns_of(spec: CorridorSpec, avenant: Avenant, path: str) -> list[FieldSpec]:
    """The fields of the elements of a list."""
    return [one for one in spec.fields_of(avenant.phase) if one.path.startswith(f"{path}[].")]


def active_sources(spec: CorridorSpec, avenant: Avenant) -> list[BeneficiarySource]:
    """Where the beneficiaries of this line were read."""
    return [
        source
        for source in spec.beneficiaries
        if source.when is None or declared_value(avenant.declared, source.when.path) == source.when.equals
    ]


def _key(field: FieldSpec) -> str:
    return field.path.rpartition("[].")[2]


def _under(tick: FieldSpec, fields: Iterable[FieldSpec]) -> list[FieldSpec]:
    """The fields asked only when this one is true: the mandataire's."""
    return [field for field in fields if field.required_if and field.required_if.path == tick.path]


def _tick(avenant: Avenant, field: FieldSpec, under: list[FieldSpec]) -> Tick:
    ticked = declared_value(avenant.declared, field.path) is True
    return Tick(field.label, ticked, _facts(avenant, under) if ticked else ())


def _facts(avenant: Avenant, fields: Iterable[FieldSpec]) -> tuple[Fact, ...]:
    """What was filled in; what was left empty is not shown."""
    values = ((field, declared_value(avenant.declared, field.path)) for field in fields)
    return tuple(Fact(field.label, written(field.kind, value)) for field, value in values if value not in (None, ""))


def written(kind: str | None, value: Any) -> str:
    """A value of the file on the page; an amount with its comma."""
    return formats.euros(Decimal(str(value))) if kind == "amount" else formats.shown(value)


def _answer(avenant: Avenant, answers: list[dict[str, Any]], field: FieldSpec) -> Any:
    if answers:
        return declared_value(answers[0], field.path.removeprefix(f"{SCENARIO}."))
    return declared_value(avenant.declared, field.path)


def _elements(avenant: Avenant, path: str) -> list[dict[str, Any]]:
    value = declared_value(avenant.declared, path)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _table(
    key: str,
    title: str,
    columns: list[FieldSpec],
    elements: Iterable[dict[str, Any]],
    asked: Asked,
    controlled: Iterable[str] = (),
) -> Table:
    headings = tuple(Heading(field.label, field.path in set(controlled)) for field in columns)
    rows = [tuple(_cell(declared_value(element, _key(field))) for field in columns) for element in elements]
    return Table(title, headings, table_pages.cut(key, rows, asked))


def _cell(value: Any) -> Any:
    return value if isinstance(value, bool) else formats.shown(value)
