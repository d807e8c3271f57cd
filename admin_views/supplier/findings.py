"""How the report of a simulation is shown: grouped by rule or by line, and as a CSV a spreadsheet opens safely."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from app.models.imports import JsonSimulation
from app.services import csv_text

Finding = Mapping[str, Any]
ERROR = "error"
LEVELS = {ERROR: "Erreur", "warning": "Avertissement"}
BY_RULE, BY_LINE = "regle", "ligne"
CSV_COLUMNS = (
    ("Gravité", "level"),
    ("Ligne du fichier", "row"),
    ("Colonne", "column"),
    ("Chemin", "path"),
    ("numLigne", "line_number"),
    ("N° éditeur", "editor_number"),
    ("Code", "code"),
    ("Règle", "rule"),
    ("Constat", "message"),
    ("Valeur lue", "value"),
    ("Valeur attendue", "expected"),
    ("Comment corriger", "cure"),
)


@dataclass(frozen=True, slots=True)
class Group:
    """Findings shown together under a title. `blocking` when one of them rejects something."""

    title: str
    findings: tuple[Finding, ...]

    @property
    def blocking(self) -> bool:
        return any(finding["level"] == ERROR for finding in self.findings)


def all_of(simulation: JsonSimulation) -> list[Finding]:
    """The faults of the file first, then those of its lines, in the order of the text."""
    report = simulation.report
    return [*report["file_faults"], *report["findings"]]


def file_is_at_fault(simulation: JsonSimulation) -> bool:
    """True when the file itself is refused, whatever its lines are worth."""
    return any(fault["level"] == ERROR for fault in simulation.report["file_faults"])


def grouped(findings: Sequence[Finding], by: str) -> list[Group]:
    """Errors before warnings under each view; the groups in the order of their first finding."""
    title = _line_title if by == BY_LINE else _rule_title
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(title(finding), []).append(finding)
    made = [Group(name, tuple(members)) for name, members in groups.items()]
    return sorted(made, key=lambda group: not group.blocking)


def _rule_title(finding: Finding) -> str:
    return str(finding["rule"])


def _line_title(finding: Finding) -> str:
    if finding["line_number"] is None and not finding["editor_number"]:
        return "Le fichier"
    number = "sans numéro" if finding["line_number"] is None else f"numLigne {finding['line_number']}"
    return f"N° éditeur {finding['editor_number']} ({number})" if finding["editor_number"] else f"Demande, {number}"


def as_csv(simulation: JsonSimulation) -> str:
    """Every finding, one a row: `;`, a BOM, no cell that runs as a formula."""
    headings = [heading for heading, _ in CSV_COLUMNS]
    return csv_text.written(chain([headings], map(_cells, all_of(simulation))))


def _cells(finding: Finding) -> Iterable[str]:
    shown = {**finding, "level": LEVELS.get(str(finding["level"]), "")}
    for _, key in CSV_COLUMNS:
        value = shown.get(key)
        yield str(value) if isinstance(value, int) else csv_text.inert("" if value is None else str(value))
