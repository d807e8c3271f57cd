"""Is a request still sound with the values its supplier typed, and what becomes of its rows?

The controls are those of the deposit: the line's (`app.exchange.amended`), then what the portal knows (beneficiaries
financed elsewhere, ceilings). Amounts in euros.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.corridors.amount_rules import Basis, UnknownIdentifier
from app.domain.enums import DepositMode
from app.domain.errors import RuleBroken
from app.exchange import amended as amending
from app.exchange import contents, form_answers
from app.exchange.amended import Place
from app.exchange.contents import Person
from app.exchange.faults import Fault, Path
from app.exchange.line_model import LineModel
from app.exchange.line_rules import Circumstances, value_at
from app.exchange.lines import Line
from app.extensions import db
from app.models.requests import Avenant, Beneficiary, Scenario
from app.services import asked, beneficiary_claims, clock, import_controls, line_worth, liquidation
from app.services import requests as request_service

_LABEL = re.compile("^« [^»]+ » : ")


class Refused(RuleBroken):
    """Some values cannot be: `reasons`, in French, by the name of their place."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__("Rien n'est enregistré : corrigez les valeurs refusées.")
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Amended:
    """What the request would declare, and the places that say something else than today. `line`: None for a form."""

    changed: tuple[Place, ...]
    declared: dict[str, Any]
    line: Line | None = None


def places(avenant: Avenant, paths: Iterable[str]) -> list[Place]:
    """Every value of these paths in the line of this request."""
    model = asked.model_of(avenant)
    return list(amending.places(model, _line(avenant, model), paths))


def amended(avenant: Avenant, opened: list[Place], typed: Mapping[str, str]) -> Amended:
    """What it declares with these values, under the controls of the deposit. Raises `Refused` with every value that
    cannot be.

    What was already wrong elsewhere than in the opened places (a profile lost since, say) is not held against him.
    """
    by_form = asked.model_of(avenant).spec.deposit is DepositMode.FORM
    return _form(avenant, opened, typed) if by_form else _file(avenant, opened, typed)


def _form(avenant: Avenant, opened: list[Place], typed: Mapping[str, str]) -> Amended:
    spec, profiles = asked.model_of(avenant).spec, avenant.dossier.enrolment.referencing.profiles
    today = {one.name: one.shown for one in places(avenant, [field.path for field in spec.fields_of(avenant.phase)])}
    names = {one.name for one in opened}
    known = form_answers.read(spec, avenant.phase, today, profiles).faults
    answers = form_answers.read(spec, avenant.phase, today | dict(typed), profiles)
    reasons = {name: said for name, said in answers.faults.items() if name in names or known.get(name) != said}
    if reasons:
        raise Refused(reasons)
    changed = (one for one in opened if value_at(answers.declared, tuple(one.name.split("."))) != one.current)
    return Amended(tuple(changed), answers.declared)


def _file(avenant: Avenant, opened: list[Place], typed: Mapping[str, str]) -> Amended:
    model, around = asked.model_of(avenant), _around(avenant)
    raw = _line(avenant, model)
    values: dict[Path, Any] = {}
    reasons: dict[str, str] = {}
    for one in opened:
        try:
            values[one.path] = one.value(typed.get(one.name, one.shown))
        except ValueError as reason:
            reasons[one.name] = str(reason)
    changed = tuple(one for one in opened if one.path in values and values[one.path] != one.current)
    known = {(fault.path, fault.rule) for fault in amending.examined(model, around, raw).faults}
    line = amending.examined(model, around, amending.changed(raw, values))
    _control(avenant, line)
    names = {one.name for one in opened}
    told = [
        fault
        for fault in line.faults
        if fault.blocks and (amending.place_of(fault) in names or (fault.path, fault.rule) not in known)
    ]
    reasons = {amending.place_of(fault): _sentence(fault) for fault in reversed(told)} | reasons
    if reasons:
        raise Refused(reasons)
    return Amended(changed, {}, line)


def write(avenant: Avenant, found: Amended) -> None:
    """The rows of the request say what was found sound; its amounts are reckoned again, its beneficiaries held.

    Raises `Refused` when somebody else took a beneficiary in the last instant, `RuleBroken` when nothing is to be paid.
    """
    if found.line is None:
        _write_form(avenant, found.declared)
    else:
        _write_line(avenant, found.line)
        _write_scenarios(avenant, found.line)
        _write_people(avenant, found.line)
    request_service.flush(avenant)
    db.session.expire(avenant, ["beneficiaries", "scenarios"])
    liquidation.freeze(avenant)


def _line(avenant: Avenant, model: LineModel) -> dict[str, Any]:
    return amending.line_of(model, avenant.declared, avenant.dossier.number)


def _around(avenant: Avenant) -> Circumstances:
    return Circumstances(clock.today(), avenant.vat, tuple(avenant.dossier.enrolment.referencing.profiles))


def _control(avenant: Avenant, line: Line) -> None:
    """Add the faults that the portal alone knows."""
    dossier = avenant.dossier
    persons = {person.identifier: person for person in line.people}
    for identifier, holder in import_controls.claims(dossier.dsr, persons):
        if holder != dossier.id:
            import_controls.refuse_claimed(line, persons[identifier].place, identifier, dossier.dsr)
    if not line.rejected:
        try:
            _ceiling(avenant, list(persons), line.model.reader.counts(line.raw))
        except UnknownIdentifier as unknown:
            line_worth.refuse_unknown(line, unknown.identifier)


def _ceiling(avenant: Avenant, identifiers: Iterable[str], counts: Mapping[str, int]) -> Decimal | None:
    basis = Basis(software_type=avenant.dossier.software_type, identifiers=tuple(identifiers), counts=counts)
    return liquidation.rule_of(avenant).ceiling(basis)


def _sentence(fault: Fault) -> str:
    """Why a value is refused and what to do; its label stands beside it already."""
    why = _LABEL.sub("", fault.message)
    return f"{why[:1].upper()}{why[1:]}. {fault.cure or fault.rule.cure}"


def _write_line(avenant: Avenant, line: Line) -> None:
    content = line.model.reader.read(line.raw, line.people)
    avenant.order_date, avenant.declared_ht = content.order_date, content.declared_ht
    avenant.invoice_date, avenant.invoice_number = content.invoice_date, content.invoice_number
    avenant.declared = contents.plain(contents.declared(line.raw, content))


def _write_form(avenant: Avenant, declared: dict[str, Any]) -> None:
    """A form declares no amount: what the rule gives is asked for."""
    asked_ht = _ceiling(avenant, (), declared.get("counts", {}))
    if asked_ht is not None and asked_ht <= 0:
        raise RuleBroken("Le montant calculé d'après vos réponses est nul : il n'y a rien à demander.")
    avenant.declared, avenant.declared_ht = declared, asked_ht or avenant.declared_ht


def _write_scenarios(avenant: Avenant, line: Line) -> None:
    avenant.scenarios = []
    request_service.flush(avenant)  # these rows leave before those that take their places come
    avenant.scenarios = [
        Scenario(position=position, answers=contents.plain(answers))
        for position, answers in enumerate(contents.scenarios_of(line.raw), start=1)
    ]


def _write_people(avenant: Avenant, line: Line) -> None:
    before = {one.identifier for one in avenant.beneficiaries}
    now = {person.identifier: person for person in line.people}
    if before != now.keys():
        lost = beneficiary_claims.move(avenant, now)
        for identifier in sorted(lost):
            import_controls.refuse_claimed(line, now[identifier].place, identifier, avenant.dossier.dsr)
        if lost:
            raise Refused({amending.place_of(fault): _sentence(fault) for fault in line.faults if fault.blocks})
    avenant.beneficiaries = []
    request_service.flush(avenant)
    avenant.beneficiaries = list(_people(line.people))


def _people(people: Iterable[Person]) -> Iterator[Beneficiary]:
    for one in people:
        yield Beneficiary(**{name: value for name, value in one._asdict().items() if name != "place"})
