"""How the report of a simulation is shown: grouped by rule or by line, by level, in pages; and as a CSV.

The same for a supplier and for the public simulator. Reads the report alone, and the file for what mends it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from app.domain.errors import RuleBroken
from app.exchange import codes, mending_fields, snippets
from app.exchange.faults import Mark
from app.exchange.mending import BOM
from app.exchange.mending_fields import Field
from app.services import csv_text

Finding = Mapping[str, Any]
Report = Mapping[str, Any]
LEVELS = {codes.ERROR: "Erreur", codes.WARNING: "Avertissement"}
BY_RULE, BY_LINE = "regle", "ligne"
THE_FILE = "Le fichier"
PAGE = 300  # findings shown together
OPEN = 60  # of which the groups are unfolded
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
class View:
    """What a person chose to see: `by` rule or line, one `level` or all, one `group` or all, which page."""

    by: str = BY_RULE
    level: str = ""
    group: str = ""
    page: int = 1

    @classmethod
    def asked(cls, said: Mapping[str, str]) -> "View":
        """As an address or a form says it; what means nothing is left out."""
        page = said.get("page", "")
        return cls(
            BY_LINE if said.get("par") == BY_LINE else BY_RULE,
            said.get("niveau", "") if said.get("niveau") in LEVELS else "",
            said.get("groupe", "")[:40],
            int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 5 else 1,
        )

    def but(self, **changes: Any) -> dict[str, Any]:
        """The words of an address for this view with something else; another choice begins at its first page."""
        said = {"par": self.by, "niveau": self.level, "groupe": self.group, "page": 1} | changes
        return {name: value for name, value in said.items() if value not in ("", 1, BY_RULE)}


@dataclass(frozen=True, slots=True)
class Row:
    """A finding as shown: what mends it, what was answered already, why that could not be, the text around."""

    finding: Finding
    field: Field | None
    said: str = ""
    refused: str = ""
    snippet: str = ""


@dataclass(slots=True)
class Group:
    """Findings shown together. `rows`: those of this page; `total`: all of them."""

    key: str
    title: str
    cure: str
    total: int = 0
    errors: int = 0
    unfolded: bool = False
    findings: list[Finding] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    @property
    def blocking(self) -> bool:
        return self.errors > 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a report. `index`: every group of the view; `shown`: those with rows on this page."""

    view: View
    index: tuple[Group, ...]
    shown: tuple[Group, ...]
    total: int
    pages: int
    mendable: int


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person sent to mend, and why some of it could not be, by key."""

    said: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)


def all_of(report: Report) -> list[Finding]:
    """The faults of the file first, then those of its lines, in the order of the text."""
    return [*report["file_faults"], *report["findings"]]


def file_is_at_fault(report: Report) -> bool:
    """True when the file itself is refused, whatever its lines are worth."""
    return any(fault["level"] == codes.ERROR for fault in report["file_faults"])


def counts(report: Report) -> dict[str, int]:
    """How many errors and warnings, by level."""
    found = {level: sum(one["level"] == level for one in all_of(report)) for level in LEVELS}
    return {
        codes.ERROR: report.get("errors", found[codes.ERROR]),
        codes.WARNING: report.get("warnings", found[codes.WARNING]),
    }


def sheet(report: Report, view: View, content: bytes | None = None, answers: Answers | None = None) -> Sheet:
    """This page of the report. `content`: the file, when it can be mended here; `answers`: those already given."""
    groups = _grouped([one for one in all_of(report) if view.level in ("", one["level"])], view.by)
    chosen = [group for group in groups if view.group in ("", group.key)] or groups
    total = sum(group.total for group in chosen)
    pages = max(1, -(-total // PAGE))
    shown = _page(chosen, min(view.page, pages))
    fields = mending_fields.offered(content, chain.from_iterable(group.findings for group in shown)) if content else {}
    text = content.removeprefix(BOM).decode(errors="replace") if content else ""
    for group in shown:
        group.rows = [_row(one, fields, text, answers or Answers()) for one in group.findings]
    return Sheet(view, tuple(groups), tuple(shown), total, pages, len(fields))


def _row(finding: Finding, fields: Mapping[str, Field], text: str, answers: Answers) -> Row:
    key = mending_fields.key_of(finding)
    found = fields.get(key)
    said = answers.said.get(mending_fields.VALUE + key, found.initial) if found else ""
    return Row(finding, found, said, answers.refused.get(key, ""), _snippet(finding, text))


def _snippet(finding: Finding, text: str) -> str:
    """The text around a place that is no JSON."""
    if not text or not str(finding["code"]).startswith("01"):
        return ""
    try:
        return snippets.around(text, Mark(finding["row"], finding["column"]))
    except RuleBroken:
        return ""


def _grouped(findings: Sequence[Finding], by: str) -> list[Group]:
    """Those with errors first; else in the order of their first finding."""
    groups: dict[str, Group] = {}
    for finding in findings:
        key = _line_key(finding) if by == BY_LINE else str(finding["code"])
        if key not in groups:
            title = _line_title(finding) if by == BY_LINE else str(finding["rule"])
            groups[key] = Group(key, title, "" if by == BY_LINE else str(finding["cure"]))
        group = groups[key]
        group.total += 1
        group.errors += finding["level"] == codes.ERROR
        group.findings.append(finding)
    return sorted(groups.values(), key=lambda group: not group.blocking)


def _page(groups: Sequence[Group], page: int) -> list[Group]:
    """The groups cut to the findings of this page; the first ones unfolded."""
    first, last = (page - 1) * PAGE, page * PAGE
    shown: list[Group] = []
    at = 0
    for group in groups:
        kept = group.findings[max(first - at, 0) : max(last - at, 0)]
        if kept:
            unfolded = not shown or at + len(kept) <= first + OPEN
            shown.append(Group(group.key, group.title, group.cure, group.total, group.errors, unfolded, kept))
        at += group.total
    return shown


def _line_key(finding: Finding) -> str:
    rank = mending_fields.rank_of(finding)
    return "fichier" if rank is None else f"demande-{rank + 1}"


def _line_title(finding: Finding) -> str:
    if finding["line_number"] is None and not finding["editor_number"]:
        return THE_FILE if mending_fields.rank_of(finding) is None else "Demande sans numéro"
    number = "sans numéro" if finding["line_number"] is None else f"numLigne {finding['line_number']}"
    return f"N° éditeur {finding['editor_number']} ({number})" if finding["editor_number"] else f"Demande, {number}"


def as_csv(report: Report) -> str:
    """Every finding, one a row: `;`, a BOM, no cell that runs as a formula."""
    headings = [heading for heading, _ in CSV_COLUMNS]
    return csv_text.written(chain([headings], map(_cells, all_of(report))))


def _cells(finding: Finding) -> Iterable[str]:
    shown = {**finding, "level": LEVELS.get(str(finding["level"]), "")}
    for _, key in CSV_COLUMNS:
        value = shown.get(key)
        yield str(value) if isinstance(value, int) else csv_text.inert("" if value is None else str(value))
