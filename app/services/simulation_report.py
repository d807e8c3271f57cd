"""What a simulation says: how many requests would be retained, what they are worth, every finding.

The same report for a supplier and for the public simulator, which looks up neither dossiers nor beneficiaries.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from app.domain.amounts import ZERO
from app.domain.vat import VatRegime
from app.exchange import codes, examination
from app.exchange.examination import Examination, Line
from app.exchange.mending import BOM
from app.services.liquidation import Liquidation


class Place(NamedTuple):
    """Where the requests would be deposited. `version`: the number of the corridor's version in force."""

    corridor: str
    dsr: str
    vat: VatRegime
    version: int


def of(content: bytes, examined: Examination, worth: Mapping[int, Liquidation], place: Place) -> dict[str, Any]:
    """The report as JSON. Totals in euros, over the lines that would be retained but for `file_total`."""
    kept = [] if examined.refused else [line for line in examined.retained if line.rank in worth]
    of_file, of_lines = (examination.as_rows(rows) for rows in examination.findings(examined))
    declared = sum((worth[line.rank].engagement.declared_ht for line in kept), ZERO)
    engaged = sum((worth[line.rank].engagement.retained for line in kept), ZERO)
    amount = sum((worth[line.rank].amount for line in kept), ZERO)
    return {
        "line_count": len(examined.lines),
        "retained": len(kept),
        "rejected": len(examined.lines) - len(kept),
        "errors": _count(examined, codes.ERROR),
        "warnings": _count(examined, codes.WARNING),
        "file_total": str(_in_the_file(examined)),
        "declared_total": str(declared),
        "engagement_total": str(engaged),
        "amount_total": str(amount),
        "place": {"corridor": place.corridor, "dsr": place.dsr, "vat": place.vat.label, "version": place.version},
        "amounts": _amounts(examined, kept, worth),
        "ceilings": [_ceiling(line, worth[line.rank]) for line in kept if _is_cut(worth[line.rank])],
        "financed": _financed(examined),
        "bom": content.startswith(BOM),
        "file_faults": of_file,
        "findings": of_lines,
    }


def _in_the_file(examined: Examination) -> Decimal:
    """What all its lines declare, those to reject included; an amount that cannot be one counts for nothing."""
    said = (line.declared_ht for line in examined.lines)
    return sum((amount for amount in said if amount is not None), ZERO)


def _count(examined: Examination, level: str) -> int:
    """All of them, those a report is too short to tell included."""
    faults = [*examined.file_faults, *(fault for line in examined.lines for fault in line.faults)]
    return sum(fault.rule.level == level for fault in faults)


def _amounts(examined: Examination, kept: Sequence[Line], worth: Mapping[int, Liquidation]) -> list[str | None]:
    """The amount of each line of the file; None for one that would be rejected."""
    by_rank = {line.rank: str(worth[line.rank].amount) for line in kept}
    return [by_rank.get(line.rank) for line in examined.lines]


def _is_cut(worth: Liquidation) -> bool:
    ceiling = worth.engagement.ceiling_ht
    return ceiling is not None and worth.engagement.declared_ht > ceiling


def _ceiling(line: Line, worth: Liquidation) -> dict[str, Any]:
    engagement = worth.engagement
    return {
        "line_number": line.number,
        "editor_number": line.editor_number,
        "declared": str(engagement.declared_ht),
        "ceiling": str(engagement.ceiling_ht),
    }


def _financed(examined: Examination) -> list[str]:
    """The beneficiaries another dossier holds, once each, and nothing of by whom."""
    found = (fault for line in examined.lines for fault in line.faults if fault.rule is codes.ALREADY_FINANCED)
    return list(dict.fromkeys(str(fault.value) for fault in found))
