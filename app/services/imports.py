"""« Importer »: a simulated file becomes requests, all its retained lines in one transaction.

The import runs the very controls of the simulation again, under locks: what may have changed in between (a beneficiary
financed, a window closed, a solde deposited) is found there. Locks: the simulation, the enrolment (one import at a time
for an enrolment), the avances of a solde, the counter of dossiers, then the audit head at the commit.
"""

import hashlib
import io
import secrets
from collections.abc import Mapping
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.exchange import codes, result
from app.exchange.result import Answer
from app.extensions import db
from app.models.enrolments import Enrolment
from app.models.imports import JsonImport, JsonImportLine, JsonSimulation
from app.models.users import User
from app.services import (
    actors,
    audit,
    bulk_rows,
    clock,
    import_controls,
    import_rows,
    ports,
    simulations,
    since_simulation,
)
from app.services.import_controls import Deposit, Examined, Verdict

_TOLD = 10  # lines named in one sentence


def import_simulated(
    simulation: JsonSimulation,
    user: User,
    *,
    confirmed: bool = False,
    offered: bytes | None = None,
    before: Examined | None = None,
) -> JsonImport:
    """Import the simulated bytes. `offered`: what the person sends now, which must be those bytes. `before`: what
    `examined` told of them before anything was locked.

    Raises `RuleBroken` (other bytes, fault of the file, no line retained, lines to reject and not `confirmed`),
    `Conflict` (these bytes were imported and one of their requests lives), `NotAllowed` (not his simulation).
    """
    if user.supplier_id is None or user.supplier_id != simulation.supplier_id:
        raise NotAllowed("Cette simulation n'est pas la vôtre.")
    if offered is not None and hashlib.sha256(offered).hexdigest() != simulation.digest:
        raise RuleBroken("Ce fichier n'est pas celui qui a été simulé : simulez-le d'abord.", field="file")
    content = simulations.content_of(simulation)
    imported = _new_import(simulation, user)
    ports.get().store.put(imported.storage_key, io.BytesIO(content))
    enrolment = _hold(simulation)
    deposit = Deposit(content, enrolment, simulation.phase, simulation.vat)
    verdict = import_controls.control(deposit, lock=True, before=before)
    since_simulation.tell(verdict, simulation.report)
    _refuse_again(verdict)
    _refuse(verdict, confirmed)
    _write(imported, verdict, enrolment, simulation.report, confirmed)
    simulation.json_import_id = imported.id
    db.session.flush()
    _record(imported, user)
    return imported


def examined(simulation: JsonSimulation) -> Examined:
    """The simulated bytes read and examined; writes and locks nothing. Raises `Unavailable`, `RuleBroken`."""
    enrolment = db.session.get_one(Enrolment, simulation.enrolment_id)
    content = simulations.content_of(simulation)
    return import_controls.examined(Deposit(content, enrolment, simulation.phase, simulation.vat))


def open_result(json_import: JsonImport) -> BinaryIO:
    """The file given back, completed with the N° ASP of each request.

    It is made at the first download, from the file and the lines of the import, and kept: no file is written while the
    import holds its locks.
    """
    store = ports.get().store
    try:
        return store.open(json_import.result_key)
    except KeyError:
        pass
    with store.open(json_import.storage_key) as file:
        made = result.write(file.read(), json_import.id, _answers(json_import))
    store.put(json_import.result_key, io.BytesIO(made))
    return io.BytesIO(made)


def _answers(json_import: JsonImport) -> list[Answer]:
    """What became of each line, in the order of the file, which is that of their insertion."""
    told = sa.select(JsonImportLine.request_number, JsonImportLine.code, JsonImportLine.label)
    query = told.where(JsonImportLine.json_import_id == json_import.id).order_by(JsonImportLine.id)
    return [Answer(*row) for row in db.session.execute(query)]


def _hold(simulation: JsonSimulation) -> Enrolment:
    """Two imports of one simulation, or for one enrolment, follow each other."""
    db.session.refresh(simulation, with_for_update=True)
    query = (
        sa.select(Enrolment)
        .where(Enrolment.id == simulation.enrolment_id)
        .options(joinedload(Enrolment.referencing, innerjoin=True), joinedload(Enrolment.supplier, innerjoin=True))
        .with_for_update(key_share=True, of=Enrolment)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one()


def _new_import(simulation: JsonSimulation, user: User) -> JsonImport:
    key = secrets.token_hex(16)
    return JsonImport(
        supplier_id=simulation.supplier_id,
        enrolment_id=simulation.enrolment_id,
        imported_by_id=user.id,
        imported_at=clock.now(),
        phase=simulation.phase,
        file_name=simulation.file_name,
        digest=simulation.digest,
        storage_key=f"imports/{key}.json",
        result_key=f"imports/{key}-resultat.json",
    )


def _refuse_again(verdict: Verdict) -> None:
    """Raise when these bytes were imported and live: more than a fault of the file, somebody was faster."""
    for fault in verdict.examination.file_faults:
        if fault.rule is codes.ALREADY_IMPORTED:
            raise Conflict(_sentence(fault.message))


def _refuse(verdict: Verdict, confirmed: bool) -> None:
    """Raise when the file may not be imported, or wants the person's word first."""
    examined = verdict.examination
    blocking = [fault for fault in examined.file_faults if fault.blocks]
    if blocking:
        raise RuleBroken(_sentence(" ; ".join(fault.message for fault in blocking[:5])), field="file")
    if not examined.retained:
        raise RuleBroken("Aucune ligne de ce fichier ne peut être retenue : rien n'a été importé.", field="file")
    rejected = len(examined.lines) - len(examined.retained)
    if rejected and not confirmed:
        since = since_simulation.newly_rejected(examined)
        told = " ; ".join(since[:_TOLD]) + (f" ; et {len(since) - _TOLD} autres" if len(since) > _TOLD else "")
        raise RuleBroken(
            f"{rejected} ligne(s) sur {len(examined.lines)} seraient rejetées : confirmez l'import des autres, ou"
            f" corrigez le fichier et simulez-le à nouveau.{f' {told}.' if told else ''}",
            field="confirmed",
        )


def _write(
    imported: JsonImport, verdict: Verdict, enrolment: Enrolment, report: Mapping[str, Any], confirmed: bool
) -> None:
    """The rows of the import. A beneficiary claimed by somebody in the last instant rejects his line."""
    examined = verdict.examination
    bulk_rows.expect_many()
    dossiers = import_rows.open_dossiers(verdict, enrolment)
    import_rows.claim(verdict, dossiers, enrolment.referencing.dsr)
    since_simulation.tell(verdict, report)
    _refuse(verdict, confirmed)
    imported.ans_number = enrolment.referencing.ans_number
    imported.line_count, imported.retained_count = len(examined.lines), len(examined.retained)
    imported.rejected_count = imported.line_count - imported.retained_count
    db.session.add(imported)
    db.session.flush()
    numbers_of = import_rows.write_requests(imported, verdict, dossiers, enrolment)
    import_rows.write_lines(imported, examined, numbers_of)


def _record(imported: JsonImport, user: User) -> None:
    after = {
        "phase": imported.phase.value,
        "ans_number": imported.ans_number,
        "file_name": imported.file_name,
        "digest": imported.digest,
        "lines": imported.line_count,
        "retained": imported.retained_count,
        "rejected": imported.rejected_count,
    }
    audit.record("Importer", "json_import", str(imported.id), actors.of(user), after=after)


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:] + "."
