"""Is a request still sound with the values its supplier typed, and what becomes of its rows?

The controls are those of the deposit: the line's (`app.exchange.amended`), then what the portal knows (beneficiaries
financed elsewhere, ceilings). Amounts in euros.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.corridors.amount_rules import Basis, UnknownIdentifier
from app.domain.enums import DepositMode
from app.domain.errors import RuleBroken
from app.exchange import amended as amending
from app.exchange import contents
from app.exchange.amended import Place
from app.exchange.contents import Person
from app.exchange.faults import Fault
from app.exchange.line_model import LineModel
from app.exchange.line_rules import Circumstances
from app.exchange.lines import Line
from app.extensions import db
from app.models.requests import Avenant, Beneficiary, Scenario
from app.services import asked, beneficiary_claims, clock, import_controls, line_worth, liquidation
from app.services import requests as request_service


class Refused(RuleBroken):
    """Some values cannot be: `reasons`, in French, by the name of their place."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__("Rien n'est enregistré : corrigez les valeurs refusées.")
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Amended:
    """The line with the values typed, and those of its places that say something else than today."""

    line: Line
    changed: tuple[Place, ...]


def places(avenant: Avenant, paths: Iterable[str]) -> list[Place]:
    """Every value of these paths in the line of this request."""
    model = asked.model_of(avenant)
    return list(amending.places(model, _line(avenant, model), paths))


def amended(avenant: Avenant, opened: list[Place], typed: Mapping[str, str]) -> Amended:
    """The line with these values, under the controls of the deposit. Raises `Refused` with every value that cannot be.

    What was already wrong elsewhere than in the opened places (a profile lost since, say) is not held against him.
    """
    model, around = asked.model_of(avenant), _around(avenant)
    raw, values, reasons = _line(avenant, model), {}, {}
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
    return Amended(line, changed)


def write(avenant: Avenant, line: Line) -> None:
    """The rows of the request say what the line says; its amounts are reckoned again, its beneficiaries held.

    Raises `Refused` when somebody else took a beneficiary in the last instant.
    """
    if line.model.spec.deposit is DepositMode.FORM:
        _write_form(avenant, line)
    else:
        _write_line(avenant, line)
    avenant.scenarios = []
    request_service.flush(avenant)  # their rows leave before those that take their places come
    avenant.scenarios = [
        Scenario(position=position, answers=contents.plain(answers))
        for position, answers in enumerate(contents.scenarios_of(line.raw), start=1)
    ]
    _write_people(avenant, line)
    request_service.flush(avenant)
    db.session.expire(avenant, ["beneficiaries", "scenarios"])
    liquidation.freeze(avenant)


def _line(avenant: Avenant, model: LineModel) -> dict[str, object]:
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
            _ceiling(avenant, line)
        except UnknownIdentifier as unknown:
            line_worth.refuse_unknown(line, unknown.identifier)


def _ceiling(avenant: Avenant, line: Line) -> Decimal | None:
    basis = Basis(
        software_type=avenant.dossier.software_type,
        identifiers=tuple(person.identifier for person in line.people),
        counts=line.model.reader.counts(line.raw),
    )
    return liquidation.rule_of(avenant).ceiling(basis)


def _sentence(fault: Fault) -> str:
    return f"{fault.message[:1].upper()}{fault.message[1:]}. {fault.cure or fault.rule.cure}"


def _write_line(avenant: Avenant, line: Line) -> None:
    content = line.model.reader.read(line.raw, line.people)
    avenant.order_date, avenant.declared_ht = content.order_date, content.declared_ht
    avenant.invoice_date, avenant.invoice_number = content.invoice_date, content.invoice_number
    avenant.declared = contents.declared(line.raw, content)


def _write_form(avenant: Avenant, line: Line) -> None:
    """A form declares no amount: what the rule gives is asked for."""
    counts = line.model.reader.counts(line.raw)
    avenant.declared = contents.plain(line.raw) | ({"counts": counts} if counts else {})
    avenant.declared_ht = _ceiling(avenant, line) or avenant.declared_ht


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
