"""The rows an import writes, by packs: a file of 200 requests costs a dozen statements, not a thousand.

Amounts in euros. Every request starts « Non complétée », its pieces expected until the date d'expiration.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.domain import deadlines, numbers
from app.domain.enums import LineOutcome, PaymentState, Phase, RequestStatus
from app.exchange import codes, contents, examination
from app.exchange.examination import Examination, Line
from app.exchange.faults import blocking
from app.exchange.result import LABEL_LENGTH
from app.extensions import db
from app.models.documents import ExpectedDocument
from app.models.dossiers import BeneficiaryClaim, Dossier
from app.models.enrolments import Enrolment
from app.models.imports import JsonImport, JsonImportLine
from app.models.requests import Avenant, Beneficiary, FundingRequest, Scenario
from app.services import clock, corridor_versions, counters, import_controls
from app.services.import_controls import Verdict, chunks

DossierOf = dict[int, tuple[int, str]]  # rank of a line → id and number of its dossier


def open_dossiers(verdict: Verdict, enrolment: Enrolment) -> DossierOf:
    """A new dossier, with its FIN number, for each avance retained; a solde's is its avance's."""
    lines = verdict.examination.retained
    if verdict.examination.phase is Phase.SOLDE:
        return {line.rank: (verdict.targets[line.rank].dossier_id, verdict.targets[line.rank].number) for line in lines}
    referencing = enrolment.referencing
    ranks = counters.take(counters.DOSSIER, len(lines))
    given = [numbers.dossier(referencing.corridor_code, rank) for rank in ranks]
    rows = [
        {
            "number": number,
            "supplier_id": enrolment.supplier_id,
            "enrolment_id": enrolment.id,
            "corridor_version_id": verdict.version.id,
            "corridor_code": referencing.corridor_code,
            "software_type": referencing.software_type,
            "dsr": referencing.dsr,
            "created_at": clock.now(),
        }
        for number in given
    ]
    ids = _insert(Dossier, rows)
    return {line.rank: pair for line, pair in zip(lines, zip(ids, given, strict=True), strict=True)}


def claim(verdict: Verdict, dossiers: DossierOf, dsr: str) -> None:
    """Hold the beneficiaries of every line retained. One that somebody else took meanwhile rejects its line, whose
    dossier is undone: its number is lost, as a purged one's is."""
    wanted = {
        person.identifier: (line, person, dossiers[line.rank][0])
        for line in verdict.examination.retained
        for person in line.people
    }
    rows = [{"dsr": dsr, "identifier": key, "dossier_id": wanted[key][2]} for key in sorted(wanted)]
    for chunk in chunks(rows):
        db.session.execute(_insert_or_skip().values(chunk))
    lost: set[int] = set()
    for identifier, holder in import_controls.claims(dsr, wanted):
        line, person, dossier_id = wanted[identifier]
        if holder != dossier_id:
            import_controls.refuse_claimed(line, person.place, identifier, dsr)
            lost.add(dossier_id)
    if lost and verdict.examination.phase is Phase.AVANCE:
        db.session.execute(sa.delete(Dossier).where(Dossier.id.in_(lost)).execution_options(synchronize_session=False))


def _insert_or_skip() -> Any:
    """INSERT … ON CONFLICT DO NOTHING: waits for a concurrent import to end, then leaves its rows alone."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    return insert(BeneficiaryClaim.__table__).on_conflict_do_nothing(index_elements=["dsr", "identifier"])


def write_requests(imported: JsonImport, verdict: Verdict, dossiers: DossierOf, enrolment: Enrolment) -> dict[int, str]:
    """The requests, avenants and children of every line retained. Returns the request's number by rank of line."""
    lines, phase = verdict.examination.retained, verdict.examination.phase
    request_ids = _requests(verdict, dossiers, enrolment)
    given = {line.rank: numbers.request(dossiers[line.rank][1], phase) for line in lines}
    common = _common(imported, verdict, enrolment)
    rows = [
        {
            **common,
            "request_id": request_ids[line.rank],
            "ordinal": _ordinal(verdict, line),
            "number": given[line.rank],
            "editor_number": line.editor_number,
            **_said(line),
        }
        for line in lines
    ]
    _children(lines, _insert(Avenant, rows))
    return given


def _common(imported: JsonImport, verdict: Verdict, enrolment: Enrolment) -> dict[str, Any]:
    """What every avenant of the file has. Delays are those in force, the rest is the line's."""
    days = corridor_versions.spec_of(verdict.version).delays.complete
    return {
        "is_current": True,
        "phase": verdict.examination.phase,
        "supplier_id": enrolment.supplier_id,
        "json_import_id": imported.id,
        "deposited_at": imported.imported_at,
        "expires_on": deadlines.expiry(clock.paris_day(imported.imported_at), days),
        "status": RequestStatus.INCOMPLETE,
        "status_changed_at": imported.imported_at,
        "payment_state": PaymentState.NONE,
        "vat": enrolment.vat,
        "version": 1,
    }


def _said(line: Line) -> dict[str, Any]:
    content = line.content
    assert content is not None, "a retained line is read"
    return {
        "order_date": content.order_date,
        "invoice_number": content.invoice_number,
        "invoice_date": content.invoice_date,
        "declared": contents.declared(line.raw, content),
        "declared_ht": content.declared_ht,
    }


def _ordinal(verdict: Verdict, line: Line) -> int:
    target = verdict.targets.get(line.rank)
    return target.solde.ordinal + 1 if target and target.solde else 0


def _requests(verdict: Verdict, dossiers: DossierOf, enrolment: Enrolment) -> dict[int, int]:
    """The request of each line: a new one, or the solde's of before, whose last avenant leaves the front."""
    phase, lines = verdict.examination.phase, verdict.examination.retained
    soldes = {rank: target.solde for rank, target in verdict.targets.items() if target.solde}
    again = [soldes[line.rank] for line in lines if line.rank in soldes]
    if again:
        db.session.execute(
            sa.update(Avenant)
            .where(Avenant.id.in_([one.avenant_id for one in again]))
            .values(is_current=False, version=Avenant.version + 1)
            .execution_options(synchronize_session="fetch")
        )
    new = [line for line in lines if line.rank not in soldes]
    rows = [
        {
            "dossier_id": dossiers[line.rank][0],
            "phase": phase,
            "number": numbers.request(dossiers[line.rank][1], phase),
            "supplier_id": enrolment.supplier_id,
        }
        for line in new
    ]
    made = dict(zip((line.rank for line in new), _insert(FundingRequest, rows), strict=True))
    return made | {line.rank: soldes[line.rank].request_id for line in lines if line.rank in soldes}


def _children(lines: Sequence[Line], avenant_ids: Sequence[int]) -> None:
    people: list[dict[str, Any]] = []
    scenarios: list[dict[str, Any]] = []
    pieces: list[dict[str, Any]] = []
    for line, avenant_id in zip(lines, avenant_ids, strict=True):
        content = line.content
        assert content is not None, "a retained line is read"
        for person in content.beneficiaries:
            said = person._asdict()
            del said["place"]
            people.append({"avenant_id": avenant_id, **said})
        for piece in content.pieces:
            pieces.append({"avenant_id": avenant_id, **piece._asdict()})
        for position, answers in enumerate(contents.scenarios_of(line.raw), start=1):
            scenarios.append({"avenant_id": avenant_id, "position": position, "answers": contents.plain(answers)})
    for model, rows in ((Beneficiary, people), (Scenario, scenarios), (ExpectedDocument, pieces)):
        if rows:
            _insert(model, rows)


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
            {
                "json_import_id": imported.id,
                "line_number": line.number if numbered else line.rank + 1,
                "editor_number": line.editor_number,
                "outcome": LineOutcome.REJECTED if first else LineOutcome.RETAINED,
                "request_number": numbers_of.get(line.rank),
                "code": first.rule.code if first else codes.RETAINED_CODE,
                "label": _label(first.message) if first else codes.RETAINED_LABEL,
                "findings": examination.rows_of(examined, line),
            }
        )
    _insert(JsonImportLine, rows)


def _label(message: str) -> str:
    said = message[:1].upper() + message[1:]
    return said if len(said) <= LABEL_LENGTH else said[: LABEL_LENGTH - 1] + "…"


def _insert(model: Any, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert the rows by packs. Returns their ids in the same order."""
    if not rows:
        return []
    table = model.__table__
    made = db.session.execute(sa.insert(table).returning(table.c.id, sort_by_parameter_order=True), rows)
    return list(made.scalars())
