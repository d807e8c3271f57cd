"""What changed between the simulation of a file and its import? Said line by line: « depuis la simulation : … ».

The import runs the very controls of the simulation again; what it finds more was not so when the file was simulated.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.domain.enums import Phase
from app.exchange import codes
from app.exchange.examination import Examination, Line
from app.exchange.faults import Fault, written
from app.models.imports import JsonImport, JsonImportLine
from app.services import formats
from app.services.import_controls import Verdict

SINCE = "depuis la simulation : "
Report = Mapping[str, Any]


def tell(verdict: Verdict, report: Report) -> None:
    """Mark the faults that the report of the simulation did not hold, and remark the amounts that are others.

    Called again when more is found, it marks only that.
    """
    examined, before = verdict.examination, report.get("amounts")
    known = {(row["path"], row["code"]) for row in report["file_faults"]}
    examined.file_faults[:] = [_marked(fault, known) for fault in examined.file_faults]
    if before is None or len(before) != len(examined.lines):
        return  # a file whose lines were not even read, or a report of before they were kept
    known = {(row["path"], row["code"]) for row in report["findings"]}
    whole = not any(code == codes.MORE_FINDINGS.code for _, code in known)
    for line, amount in zip(examined.lines, before, strict=True):
        if amount is not None:
            line.faults[:] = [_marked(fault, known) if whole or fault.blocks else fault for fault in line.faults]
            _tell_amount(line, verdict, amount)


def _marked(fault: Fault, known: set[tuple[str, str]]) -> Fault:
    if (written(fault.path), fault.rule.code) in known or fault.message.startswith(SINCE):
        return fault
    return fault._replace(message=SINCE + fault.message)


def _tell_amount(line: Line, verdict: Verdict, before: str) -> None:
    worth = verdict.worth.get(line.rank)
    told = any(fault.rule is codes.OTHER_AMOUNT for fault in line.faults)
    if worth is None or line.rejected or told or str(worth.amount) == before:
        return
    what = "l'avance" if verdict.examination.phase is Phase.AVANCE else "le solde"
    now, then = formats.euros(worth.amount), formats.euros(Decimal(before))
    message = f"{SINCE}{what} est de {now} € au lieu de {then} € (version {verdict.version.number} du couloir)"
    line.refuse(codes.OTHER_AMOUNT, ("commande",), message, expected=f"{then} €")


def told(json_import: JsonImport) -> list[tuple[JsonImportLine, list[str]]]:
    """The lines of an import of which something changed since its simulation, and what."""
    found = [(line, [row["message"] for row in line.findings]) for line in json_import.lines]
    since = [(line, [said for said in messages if said.startswith(SINCE)]) for line, messages in found]
    return [(line, messages) for line, messages in since if messages]


def newly_rejected(examined: Examination) -> list[str]:
    """For each line the simulation retained and the import would not: which it is, and why."""
    found = []
    for line in examined.lines:
        reasons = [fault.message for fault in line.faults if fault.blocks and fault.message.startswith(SINCE)]
        if reasons:
            found.append(f"numLigne {line.number or line.rank + 1} – {reasons[0]}")
    return found
