"""« Simuler »: what would become of a file if it were imported, without importing it.

Compulsory before an import, which is bound to the simulated bytes (guide « Les écrans du portail », § 4.1). To judge a
file takes up to a second and writes nothing, to keep what was judged takes a few milliseconds: a screen judges in a
transaction that only reads, so that nobody waits for it to write.
"""

import hashlib
import io
import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.domain import file_names, limits
from app.domain.enums import Phase
from app.domain.errors import NotAllowed, RuleBroken, Unavailable
from app.domain.vat import VatRegime
from app.extensions import db
from app.models.enrolments import Enrolment
from app.models.imports import JsonSimulation
from app.models.users import User
from app.services import clock, corridor_versions, import_controls, mending, ports, simulation_report
from app.services.import_controls import Deposit, Verdict
from app.services.simulation_report import Place


class Judged(NamedTuple):
    """A file under every control: what will be kept, and its bytes."""

    simulation: JsonSimulation
    content: bytes


def judge(
    content: bytes,
    file_name: str,
    enrolment: Enrolment,
    phase: Phase,
    vat: VatRegime,
    user: User,
    previous: JsonSimulation | None = None,
) -> Judged:
    """Put the file under every control of the import. Nothing is written.

    `previous`: the simulation whose file was mended into this one.
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
        report=report(content, verdict, enrolment),
        simulated_at=clock.now(),
        previous_id=previous.id if previous else None,
    )
    return Judged(simulation, content)


def keep(judged: Judged) -> JsonSimulation:
    """Keep the file with its report. Nothing else is written. A file lost with the power is simulated again."""
    ports.get().store.put(judged.simulation.storage_key, io.BytesIO(judged.content), lasting=False)
    db.session.add(judged.simulation)
    db.session.flush()
    return judged.simulation


def simulate(
    content: bytes, file_name: str, enrolment: Enrolment, phase: Phase, vat: VatRegime, user: User
) -> JsonSimulation:
    """Judge the file and keep it, at once. Raises as `judge`."""
    return keep(judge(content, file_name, enrolment, phase, vat, user))


def find(simulation_id: int, supplier_id: int) -> JsonSimulation | None:
    """A simulation of this supplier; None for anybody else's."""
    query = sa.select(JsonSimulation).where(
        JsonSimulation.id == simulation_id, JsonSimulation.supplier_id == supplier_id
    )
    return db.session.scalar(query)


def mend(simulation: JsonSimulation, answers: Mapping[str, str], user: User) -> Judged:
    """Judge this file with the corrections answered in its report: kept, it is a new simulation, importable as it is.

    Raises `mending.Refused` when an answer cannot be, `RuleBroken` when a place is no more there, and as `judge`.
    """
    if user.supplier_id != simulation.supplier_id:
        raise NotAllowed("Cette simulation n'est pas la vôtre.")
    mended = mending.mended(content_of(simulation), simulation.report, answers)
    enrolment = db.session.get_one(Enrolment, simulation.enrolment_id)
    return judge(mended, simulation.file_name, enrolment, simulation.phase, simulation.vat, user, simulation)


def content_of(simulation: JsonSimulation) -> bytes:
    """The simulated bytes, proved by their SHA-256. Raises `Unavailable`."""
    try:
        with ports.get().store.open(simulation.storage_key) as file:
            content = file.read()
    except KeyError:
        content = b""
    if hashlib.sha256(content).hexdigest() != simulation.digest:
        raise Unavailable("Le fichier simulé n'est plus disponible : simulez-le à nouveau.")
    return content


def report(content: bytes, verdict: Verdict, enrolment: Enrolment) -> dict[str, Any]:
    """What the screens show of this verdict."""
    referencing = enrolment.referencing
    place = Place(
        corridor_versions.spec_of(verdict.version).label, referencing.dsr, enrolment.vat, verdict.version.number
    )
    return simulation_report.of(content, verdict.examination, verdict.worth, place)
