"""The table of ceilings of a corridor, by CSV: what it would change of the version in force, then a draft that says so.

One line an identifier, one column a software type; the file is the whole table: what it does not name is removed, what
it cannot read stays as it is. A line whose very identifier cannot be read may be any of those it does not name: none of
these is removed then. Applying publishes nothing: a second administrator does (`app.services.corridor_drafts`).
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.corridors import ceilings
from app.corridors.amount_rules import Table
from app.corridors.spec import CorridorSpec
from app.domain import identifiers
from app.domain.enums import RowFate
from app.domain.errors import RuleBroken
from app.models.corridors import CorridorDraft
from app.models.csv_uploads import CsvUpload
from app.services import audit, corridor_drafts, corridor_versions, csv_reading, csv_text, csv_uploads, formats
from app.services.actors import Actor
from app.services.csv_reading import Row
from app.services.csv_uploads import Diff, Preview, PreviewRow, StalePreview

IMPORT = "import_ceilings"
IDENTIFIER = "identifier"
Amounts = dict[str, Decimal]  # column key → euros HT


@dataclass(frozen=True, slots=True)
class Column:
    """A software type of a table: the corridor's (`rank` None), or the one that the software of this rank has."""

    rank: int | None
    software_type: str
    heading: str

    @property
    def key(self) -> str:
        return self.heading


@dataclass(frozen=True, slots=True)
class _Plan:
    preview: Preview
    columns: tuple[Column, ...]
    ceilings: dict[str, Amounts]


def columns_of(spec: CorridorSpec) -> tuple[Column, ...]:
    """The columns of its tables, in the order of its software; none when no amount of it is ruled by a table."""
    found: list[Column] = []
    if isinstance(spec.amount, Table):
        sharing = [one.type for one in spec.software if one.amount is None]
        found += [Column(None, kind, kind) for kind in dict.fromkeys([*sharing, *spec.amount.ceilings])]
    for rank, one in enumerate(spec.software):
        if isinstance(one.amount, Table):
            twice = sum(other.type == one.type for other in spec.software) > 1
            found.append(Column(rank, one.type, f"{one.type} vague {one.wave}" if twice else one.type))
    return tuple(found)


def headings_of(spec: CorridorSpec) -> dict[str, str]:
    """Key → heading of the file, as a draft's own table is downloaded: the identifier, then each software type."""
    return {IDENTIFIER: ceilings.FIRST} | {one.key: one.heading for one in columns_of(spec)}


def current(code: str) -> str:
    """The table of the version in force, as this file would say it. Raises `RuleBroken` when it has none."""
    spec = _spec(code)
    known = _known(spec)
    keys = [one.key for one in columns_of(spec)]
    rows = ([identifier, *(_shown(known[identifier].get(key)) for key in keys)] for identifier in sorted(known))
    return csv_text.written([headings_of(spec).values(), *rows])


def preview(content: bytes, code: str) -> Preview:
    """What these bytes would change of the version in force. Raises `RuleBroken`."""
    return _plan(content, _spec(code)).preview


def apply(upload: CsvUpload, state: str, actor: Actor) -> CorridorDraft:
    """Open a draft of the version in force with this table; who sent the file is an author of it. The caller commits.

    Raises `StalePreview`, `Conflict` (applied already), `RuleBroken` (nothing to do, no table any more).
    """
    csv_uploads.hold(upload)
    code = upload.corridor_code or ""
    plan = _plan(csv_uploads.content_of(upload), _spec(code))
    if plan.preview.state != state:
        raise StalePreview
    if not plan.preview.writes:
        raise RuleBroken("Ce fichier ne change rien : il n'y a rien à appliquer.")
    draft = corridor_drafts.open(code, actor)
    corridor_drafts.save(draft, _document(draft.document, plan), actor)
    corridor_drafts.note_author(draft, upload.uploaded_by_id)
    csv_uploads.mark_applied(upload, plan.preview)
    totals = {fate.value: count for fate, count in plan.preview.totals.items()}
    about = {"file_name": upload.file_name, "digest": upload.digest, "reference": draft.name}
    audit.record(IMPORT, csv_uploads.SUBJECT, str(upload.id), actor, after=about | totals)
    return draft


def _spec(code: str) -> CorridorSpec:
    version = corridor_versions.in_force(code)
    spec = corridor_versions.spec_of(version) if version else None
    if spec is None or not columns_of(spec):
        raise RuleBroken(f"Le couloir {code} n'a pas de table de plafonds.", field="file")
    return spec


def _known(spec: CorridorSpec) -> dict[str, Amounts]:
    """Identifier → its ceilings, in the version in force."""
    found: dict[str, Amounts] = {}
    for column in columns_of(spec):
        rule = spec.amount if column.rank is None else spec.software[column.rank].amount
        assert isinstance(rule, Table), "a column is one of a table"
        for identifier, amount in rule.ceilings.get(column.software_type, {}).items():
            found.setdefault(identifier, {})[column.key] = amount
    return found


def _plan(content: bytes, spec: CorridorSpec) -> _Plan:
    sheet = csv_reading.read(content, headings_of(spec))
    columns, known = columns_of(spec), _known(spec)
    lines: dict[str, list[int]] = {}
    for row in sheet.rows:
        lines.setdefault(_identifier(row), []).append(row.line)
    rows: list[PreviewRow] = []
    kept: dict[str, Amounts] = {}
    for row in sheet.rows:
        key, before = _identifier(row), known.get(_identifier(row), {})
        after, faults = _parsed(row, spec, columns, lines[key])
        if faults:
            rows.append(PreviewRow(row.line, key, RowFate.REFUSED, reason=" ".join(faults)))
            kept |= {key: before} if before else {}
            continue
        fate = RowFate.NEW if not before else RowFate.UNCHANGED if before == after else RowFate.CHANGED
        kept[key] = after
        rows.append(PreviewRow(row.line, key, fate, _diffs(columns, before, after)))
    gone = sorted(known.keys() - lines.keys())
    nameless = [row.line for row in sheet.rows if _identifier_faults(row, spec)]
    if nameless:
        rows += [PreviewRow(None, key, RowFate.REFUSED, reason=_kept_because(nameless)) for key in gone]
        kept |= {key: known[key] for key in gone}
    else:
        rows += [PreviewRow(None, key, RowFate.REMOVED, _diffs(columns, known[key], {})) for key in gone]
    return _Plan(csv_uploads.preview_of(rows, sheet.encoding), columns, kept)


def _kept_because(nameless: Sequence[int]) -> str:
    lines = f"la ligne {nameless[0]} est" if len(nameless) == 1 else f"{len(nameless)} lignes sont"
    return f"Absent du fichier, mais gardé : {lines} sans identifiant lisible. Corrigez le fichier pour le retirer."


def _identifier(row: Row) -> str:
    return row.cells.get(IDENTIFIER, "").upper()


def _parsed(row: Row, spec: CorridorSpec, columns: Sequence[Column], lines: Sequence[int]) -> tuple[Amounts, list[str]]:
    """The ceilings of a line, and everything that is wrong with it."""
    if row.fault:
        return {}, [f"{row.fault}."]
    faults = _identifier_faults(row, spec)
    if _identifier(row) and len(lines) > 1:
        faults.append(f"Cet identifiant figure plusieurs fois (lignes {', '.join(map(str, lines[:6]))}).")
    typed = {one.key: row.cells[one.key] for one in columns if row.cells[one.key]}
    found = {key: ceilings.amount(text) for key, text in typed.items()}
    wrong = [key for key, amount in found.items() if amount is None]
    faults += [f"{key} « {typed[key][:20]} » : un montant en euros, deux décimales au plus." for key in wrong]
    if not found:
        faults.append("Aucun plafond : pour retirer un identifiant, retirez sa ligne.")
    return {key: Decimal(amount) for key, amount in found.items() if amount is not None}, faults


def _identifier_faults(row: Row, spec: CorridorSpec) -> list[str]:
    text = _identifier(row)
    if not text:
        return ["Identifiant absent."]
    told = [identifiers.FAULTS[kind](text) for kind in spec.identifier_kinds]
    if told and all(told):
        rounded = " ; un tableur l'a arrondi, mettez la colonne au format texte"
        return [f"« {text[:20]} » : {told[0]}{rounded if csv_reading.looks_rounded(text) else ''}."]
    fault = csv_reading.cell_fault(text, 20)
    return [f"« {text[:20]} » : {fault}."] if fault else []


def _diffs(columns: Sequence[Column], before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> tuple[Diff, ...]:
    return tuple(
        Diff(f"{one.heading} (€ HT)", _shown(before.get(one.key)), _shown(after.get(one.key)))
        for one in columns
        if before.get(one.key) != after.get(one.key)
    )


def _shown(amount: Decimal | None) -> str:
    return "" if amount is None else formats.euros(amount)


def _document(document: Mapping[str, Any], plan: _Plan) -> dict[str, Any]:
    """The document with these tables, and nothing else of it changed."""
    made: dict[str, Any] = deepcopy(dict(document))
    for column in plan.columns:
        holder = made if column.rank is None else made["software"][column.rank]
        holder["amount"]["ceilings"][column.software_type] = {
            identifier: f"{amounts[column.key]:.2f}"
            for identifier, amounts in plan.ceilings.items()
            if column.key in amounts
        }
    return made
