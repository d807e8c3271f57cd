"""« Simuler »: what would become of a file if it were imported, without importing it.

Compulsory before an import, which is bound to the simulated bytes (guide « Les écrans du portail », § 4.1).
"""

import io
import secrets
from typing import Any

import sqlalchemy as sa

from app.domain import file_names, limits
from app.domain.amounts import ZERO
from app.domain.enums import Phase
from app.domain.errors import NotAllowed, RuleBroken
from app.domain.vat import VatRegime
from app.exchange import examination
from app.extensions import db
from app.models.enrolments import Enrolment
from app.models.imports import JsonSimulation
from app.models.users import User
from app.services import clock, import_controls, ports
from app.services.import_controls import Deposit, Verdict


def simulate(
    content: bytes, file_name: str, enrolment: Enrolment, phase: Phase, vat: VatRegime, user: User
) -> JsonSimulation:
    """Put the file under every control of the import and keep it, with its report. Nothing else is written.

    Raises `RuleBroken` when the file is over the size limit, `NotAllowed` for another supplier's enrolment.
    """
    if user.supplier_id is None or user.supplier_id != enrolment.supplier_id:
        raise NotAllowed("Cet enrôlement n'est pas le vôtre.")
    if len(content) > limits.JSON_FILE_BYTES:
        most = limits.JSON_FILE_BYTES // limits.MEGABYTE
        raise RuleBroken(f"Le fichier dépasse {most} Mo : répartissez ses demandes en plusieurs.", field="file")
    verdict = import_controls.control(Deposit(content, enrolment, phase, vat))
    simulation = JsonSimulation(
        user_id=user.id,
        supplier_id=enrolment.supplier_id,
        enrolment_id=enrolment.id,
        phase=phase,
        vat=vat,
        file_name=file_names.kept(file_name, "fichier.json"),
        digest=verdict.digest,
        storage_key=f"simulations/{secrets.token_hex(16)}.json",
        importable=verdict.importable,
        report=report(verdict),
        simulated_at=clock.now(),
    )
    ports.get().store.put(simulation.storage_key, io.BytesIO(content))
    db.session.add(simulation)
    db.session.flush()
    return simulation


def find(simulation_id: int, supplier_id: int) -> JsonSimulation | None:
    """A simulation of this supplier; None for anybody else's."""
    query = sa.select(JsonSimulation).where(
        JsonSimulation.id == simulation_id, JsonSimulation.supplier_id == supplier_id
    )
    return db.session.scalar(query)


def report(verdict: Verdict) -> dict[str, Any]:
    """What the screens show. Totals in euros, over the lines that would be retained."""
    examined = verdict.examination
    kept = [] if examined.refused else examined.retained
    worth = [verdict.worth[line.rank] for line in kept]
    of_file, of_lines = examination.findings(examined)
    return {
        "line_count": len(examined.lines),
        "retained": len(kept),
        "rejected": len(examined.lines) - len(kept),
        "declared_total": str(sum((one.engagement.declared_ht for one in worth), ZERO)),
        "engagement_total": str(sum((one.engagement.retained for one in worth), ZERO)),
        "amount_total": str(sum((one.amount for one in worth), ZERO)),
        "file_faults": examination.as_rows(of_file),
        "findings": examination.as_rows(of_lines),
    }
