"""What proves a rejection that a supplier reports to the assistance: his file and what was found in it, in one ZIP.

« Signaler ce rejet », from the report of a simulation or from an import.
"""

import io
import zipfile
from collections import Counter
from dataclasses import dataclass

from app.domain import limits, numbers
from app.domain.enums import TicketKind, TicketPhase
from app.domain.errors import Unavailable
from app.exchange import codes
from app.extensions import db
from app.models.enrolments import Enrolment
from app.models.imports import JsonImport, JsonSimulation
from app.services import formats, imports, report_view, simulations


@dataclass(frozen=True, slots=True)
class Evidence:
    """`name`: of the ZIP. `known`: what the contact form is filled with, by its fields."""

    name: str
    known: dict[str, str]
    simulation: JsonSimulation

    def archive(self) -> tuple[str, io.BytesIO]:
        """The ZIP: the report, the file given back by the import if there is one, the file; the last ones are left out
        when it would be more than a message may carry. Raises `Unavailable` when the store does not answer."""
        parts = _parts(self.simulation)
        while True:
            made = _zipped(parts)
            if len(made) <= limits.MESSAGE_FILE_BYTES or len(parts) == 1:
                return self.name, io.BytesIO(made)
            parts.pop()


def of(simulation: JsonSimulation) -> Evidence:
    """That of this simulation, imported or not."""
    enrolment = db.session.get_one(Enrolment, simulation.enrolment_id)
    known = {
        "corridor_code": enrolment.referencing.corridor_code,
        "phase": TicketPhase(simulation.phase.value).value,
        "kind": TicketKind.REJECTION.value,
        "ans_number": enrolment.referencing.ans_number,
        "about": numbers.NO_NUMBER,
        "body": _words(simulation),
    }
    return Evidence(f"rejet-simulation-{simulation.id}.zip", known, simulation)


def _words(simulation: JsonSimulation) -> str:
    """How the message begins; the person says the rest."""
    found = Counter(one["code"] for one in report_view.all_of(simulation.report) if one["level"] == codes.ERROR)
    said = ", ".join(f"{code} ({count})" for code, count in sorted(found.items()))
    imported = f", import n° {simulation.json_import_id}" if simulation.json_import_id else ""
    return (
        f"Rejet signalé : fichier « {simulation.file_name} », simulation n° {simulation.id} du"
        f" {formats.moment(simulation.simulated_at)}{imported}.\nCodes : {said or 'aucun'}.\n\n"
    )


def _parts(simulation: JsonSimulation) -> list[tuple[str, bytes]]:
    parts = [("rapport.csv", report_view.as_csv(simulation.report).encode())]
    if simulation.json_import_id is not None:
        parts.append(("retour.json", _given_back(db.session.get_one(JsonImport, simulation.json_import_id))))
    return [*parts, ("fichier.json", simulations.content_of(simulation))]


def _given_back(json_import: JsonImport) -> bytes:
    try:
        with imports.open_result(json_import) as file:
            return file.read()
    except KeyError as lost:
        raise Unavailable("Le fichier de cet import est momentanément indisponible.") from lost


def _zipped(parts: list[tuple[str, bytes]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return made.getvalue()
