"""The rows an import writes: one statement a table (`bulk_rows`), whatever the number of lines.

Amounts in euros. Every request starts « Non complétée », its pieces expected until the date d'expiration.
"""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from app.domain import deadlines, numbers
from app.domain.enums import LineOutcome, PaymentState, Phase, RequestStatus
from app.exchange import codes, contents, examination, result
from app.exchange.contents import Person, Piece
from app.exchange.examination import Examination, Line
from app.exchange.faults import blocking
from app.extensions import db
from app.models.documents import ExpectedDocument
from app.models.dossiers import BeneficiaryClaim, Dossier
from app.models.enrolments import Enrolment
from app.models.imports import JsonImport, JsonImportLine
from app.models.requests import Avenant, Beneficiary, FundingRequest, Scenario
from app.services import bulk_rows, clock, corridor_versions, counters, import_controls
from app.services.import_controls import Verdict

_SAID = ("order_date", "invoice_number", "invoice_date", "declared", "declared_ht")
_PERSON_COLUMNS = tuple(name for name in Person._fields if name != "place")
_PERSON = attrgetter(*_PERSON_COLUMNS)
DossierOf = dict[int, tuple[int, str]]  # rank of a line → id and number of its dossier


def open_dossiers(verdict: Verdict, enrolment: Enrolment) -> DossierOf:
    """A new dossier, with its FIN number, for each avance retained; a solde's is its avance's."""
    lines = verdict.examination.retained
    if verdict.examination.phase is Phase.SOLDE:
        return {line.rank: (verdict.targets[line.rank].dossier_id, verdict.targets[line.rank].number) for line in lines}
    referencing = enrolment.referencing
    ranks = counters.take(counters.DOSSIER, len(lines))
    given = [numbers.dossier(referencing.corridor_code, rank) for rank in ranks]
    ids = bulk_rows.draw_ids(Dossier, len(lines))
    pairs = list(zip(ids, given, strict=True))
    bulk_rows.insert(
        Dossier,
        ("id", "number"),
        pairs,
        supplier_id=enrolment.supplier_id,
        enrolment_id=enrolment.id,
        corridor_version_id=verdict.version.id,
        corridor_code=referencing.corridor_code,
        software_type=referencing.software_type,
        dsr=referencing.dsr,
        created_at=clock.now(),
    )
    return {line.rank: pair for line, pair in zip(lines, pairs, strict=True)}


def claim(verdict: Verdict, dossiers: DossierOf, dsr: str) -> None:
    """Hold the beneficiaries of every line retained. One that somebody else took meanwhile rejects its line, whose
    dossier is undone: its number is lost, as a purged one's is.

    Taken, then given back before we could see by whom, it is rejected too: to claim it again, out of the common order,
    might wait for an import that waits for us.
    """
    wanted = {
        person.identifier: (line, person, dossiers[line.rank][0])
        for line in verdict.examination.retained
        for person in line.people
    }
    # In one order for all, so that two imports never wait for each other.
    rows = [(identifier, wanted[identifier][2]) for identifier in sorted(wanted)]
    held = bulk_rows.insert_missing(
        BeneficiaryClaim, ("dsr", "identifier"), ("identifier", "dossier_id"), rows, dsr=dsr
    )
    lost: set[int] = set()
    missed = wanted.keys() - held
    holders = dict(import_controls.claims(dsr, missed))
    for identifier in missed:
        line, person, dossier_id = wanted[identifier]
        if holders.get(identifier) != dossier_id:
            import_controls.refuse_claimed(line, person.place, identifier, dsr)
            lost.add(dossier_id)
    if lost and verdict.examination.phase is Phase.AVANCE:
        orphans = sa.delete(Dossier).where(bulk_rows.among(Dossier.id, lost))
        db.session.execute(orphans.execution_options(synchronize_session=False))


def write_requests(imported: JsonImport, verdict: Verdict, dossiers: DossierOf, enrolment: Enrolment) -> dict[int, str]:
    """The requests, avenants and children of every line retained. Returns the request's number by rank of line."""
    lines, phase = verdict.examination.retained, verdict.examination.phase
    request_ids = _requests(verdict, dossiers, enrolment)
    given = {line.rank: numbers.request(dossiers[line.rank][1], phase) for line in lines}
    avenant_ids = bulk_rows.draw_ids(Avenant, len(lines))
    rows = [
        (
            avenant_id,
            request_ids[line.rank],
            _ordinal(verdict, line),
            given[line.rank],
            line.editor_number,
            *_said(line),
        )
        for avenant_id, line in zip(avenant_ids, lines, strict=True)
    ]
    names = ("id", "request_id", "ordinal", "number", "editor_number", *_SAID)
    bulk_rows.insert(Avenant, names, rows, **_common(imported, verdict, enrolment))
    _children(lines, avenant_ids)
    return given


def _common(imported: JsonImport, verdict: Verdict, enrolment: Enrolment) -> dict[str, Any]:
    """What every avenant of the file has. Delays are those in force, the rest is the line's."""
    days = corridor_versions.spec_of(verdict.version).delays.complete
    return {
        "is_current": True,
        "phase": verdict.examination.phase,
        "supplier_id": enrolment.supplier_id,
        "corridor_code": enrolment.referencing.corridor_code,
        "software_type": enrolment.referencing.software_type,
        "json_import_id": imported.id,
        "deposited_at": imported.imported_at,
        "expires_on": deadlines.expiry(clock.paris_day(imported.imported_at), days),
        "status": RequestStatus.INCOMPLETE,
        "status_changed_at": imported.imported_at,
        "payment_state": PaymentState.NONE,
        "vat": enrolment.vat,
        "version": 1,
    }


def _said(line: Line) -> tuple[Any, ...]:
    """What the line says of its avenant: the values of `_SAID`."""
    content = line.content
    assert content is not None, "a retained line is read"
    declared = contents.declared(line.raw, content)
    return content.order_date, content.invoice_number, content.invoice_date, declared, content.declared_ht


def _ordinal(verdict: Verdict, line: Line) -> int:
    target = verdict.targets.get(line.rank)
    return target.solde.ordinal + 1 if target and target.solde else 0


def _requests(verdict: Verdict, dossiers: DossierOf, enrolment: Enrolment) -> dict[int, int]:
    """The request of each line: a new one, or the solde's of before, whose last avenant leaves the front."""
    phase, lines = verdict.examination.phase, verdict.examination.retained
    soldes = {rank: target.solde for rank, target in verdict.targets.items() if target.solde}
    again = [soldes[line.rank] for line in lines if line.rank in soldes]
    if again:
        last = bulk_rows.among(Avenant.id, [one.avenant_id for one in again])
        db.session.execute(
            sa.update(Avenant)
            .where(last)
            .values(is_current=False, version=Avenant.version + 1)
            .execution_options(synchronize_session="fetch")
        )
    new = [line.rank for line in lines if line.rank not in soldes]
    made = dict(zip(new, bulk_rows.draw_ids(FundingRequest, len(new)), strict=True))
    rows = [
        (request_id, dossiers[rank][0], numbers.request(dossiers[rank][1], phase)) for rank, request_id in made.items()
    ]
    bulk_rows.insert(
        FundingRequest, ("id", "dossier_id", "number"), rows, phase=phase, supplier_id=enrolment.supplier_id
    )
    return made | {line.rank: soldes[line.rank].request_id for line in lines if line.rank in soldes}


def _children(lines: Sequence[Line], avenant_ids: Sequence[int]) -> None:
    people: list[tuple[Any, ...]] = []
    scenarios: list[tuple[Any, ...]] = []
    pieces: list[tuple[Any, ...]] = []
    for line, avenant_id in zip(lines, avenant_ids, strict=True):
        content = line.content
        assert content is not None, "a retained line is read"
        people += [(avenant_id, *_PERSON(person)) for person in content.beneficiaries]
        pieces += [(avenant_id, *piece) for piece in content.pieces]
        scenarios += [
            (avenant_id, position, answers) for position, answers in enumerate(contents.scenarios_of(line.raw), start=1)
        ]
    bulk_rows.insert(Beneficiary, ("avenant_id", *_PERSON_COLUMNS), people)
    bulk_rows.insert(Scenario, ("avenant_id", "position", "answers"), scenarios)
    bulk_rows.insert(ExpectedDocument, ("avenant_id", *Piece._fields), pieces)


def write_lines(imported: JsonImport, examined: Examination, numbers_of: Mapping[int, str]) -> None:
    """What became of each line, in the order of the file. A line without a number of its own is known by its rank."""
    lines = examined.lines
    own = [line.number for line in lines]
    numbered = None not in own and len(set(own)) == len(own)
    rows = []
    for line in lines:
        refusals = blocking(line.faults)
        first = refusals[0] if refusals else None
        rows.append(
            (
                line.number if numbered else line.rank + 1,
                line.editor_number,
                LineOutcome.REJECTED if first else LineOutcome.RETAINED,
                numbers_of.get(line.rank),
                first.rule.code if first else codes.RETAINED_CODE,
                result.label(first.message) if first else codes.RETAINED_LABEL,
                examination.rows_of(examined, line),
            )
        )
    names = ("line_number", "editor_number", "outcome", "request_number", "code", "label", "findings")
    bulk_rows.insert(JsonImportLine, names, rows, json_import_id=imported.id)
