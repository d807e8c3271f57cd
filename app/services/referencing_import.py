"""The ANS's list of referencings, by CSV: what it would change, then changing it, set by set.

No public API gives this list (domain dossier, § G2): staff import it. A referencing that suppliers are enrolled for
keeps its number, its corridor and its DSR; those the file does not name are left as they are.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.corridors.spec import CorridorSpec
from app.domain import identifiers
from app.domain.enums import RowFate
from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.csv_uploads import CsvUpload
from app.models.enrolments import Enrolment
from app.models.referencings import Referencing
from app.services import audit, bulk_rows, clock, corridor_versions, csv_reading, csv_text, csv_uploads, formats
from app.services.actors import Actor
from app.services.csv_reading import Row
from app.services.csv_uploads import Diff, Preview, PreviewRow, StalePreview

HEADINGS = {
    "ans_number": "N° ANS",
    "editor_siret": "SIRET de l'éditeur",
    "software": "Nom du logiciel",
    "software_version": "Version du logiciel",
    "software_type": "Type de logiciel",
    "dsr": "DSR",
    "corridor_code": "Couloir",
    "wave": "Vague",
    "profiles": "Profils référencés",
    "effective_on": "Date de prise d'effet",
}
PROFILES_SPLIT = "|"
IN_USE = "Des fournisseurs sont enrôlés pour ce numéro : il garde son numéro, son couloir, son type et son DSR."
_FIXED_IN_USE = ("ans_number", "corridor_code", "software_type", "dsr", "wave")
_LENGTHS = {"software": 200, "software_version": 50, "profile": 100}
_MOST_PROFILES = 30
_EARLIEST = dt.date(2000, 1, 1)
_DATES = (
    re.compile(r"(?P<day>[0-9]{2})/(?P<month>[0-9]{2})/(?P<year>[0-9]{4})"),
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"),
)
IMPORT, REGISTER, CHANGE = "import_referencings", "register", "change"


class Values(NamedTuple):
    """A referencing as a line says it, in the order of the headings."""

    ans_number: str
    editor_siret: str
    software: str
    software_version: str
    software_type: str
    dsr: str
    corridor_code: str
    wave: int
    profiles: tuple[str, ...]
    effective_on: dt.date


class _Known(NamedTuple):
    id: int
    values: Values
    in_use: bool


class _Plan(NamedTuple):
    preview: Preview
    new: list[Values]
    changed: list[tuple[_Known, Values]]


def preview(content: bytes) -> Preview:
    """What applying these bytes would do now. Raises `RuleBroken` when they are no such CSV."""
    return _plan(content).preview


def apply(upload: CsvUpload, state: str, actor: Actor) -> Preview:
    """Do what was previewed, in one transaction (the caller commits); what is refused is left aside.

    Raises `StalePreview` (it would do something else than what the person saw), `Conflict` (applied already),
    `RuleBroken` (nothing to do).
    """
    csv_uploads.hold(upload)
    plan = _plan(csv_uploads.content_of(upload), held=True)
    if plan.preview.state != state:
        raise StalePreview
    if not plan.preview.writes:
        raise RuleBroken("Ce fichier ne change rien : il n'y a rien à appliquer.")
    bulk_rows.insert(Referencing, Values._fields, [_written(values) for values in plan.new])
    if plan.changed:
        rows = [{"id": known.id, **_columns(values)} for known, values in plan.changed]
        db.session.execute(sa.update(Referencing), rows)
        db.session.expire_all()
    csv_uploads.mark_applied(upload, plan.preview)
    _audit(plan, upload, actor)
    return plan.preview


def template() -> str:
    """The headings alone, for a spreadsheet."""
    return csv_text.written([HEADINGS.values()])


def current() -> str:
    """Every referencing as this file would say it: what is sent back unchanged changes nothing."""
    query = sa.select(*(getattr(Referencing, name) for name in Values._fields)).order_by(Referencing.ans_number)
    rows = ([csv_text.inert(_shown(value)) for value in row] for row in db.session.execute(query))
    return csv_text.written([HEADINGS.values(), *rows])


def _plan(content: bytes, *, held: bool = False) -> _Plan:
    sheet = csv_reading.read(content, HEADINGS)
    specs = _specs()
    lines: dict[str, list[int]] = {}
    for row in sheet.rows:
        lines.setdefault(row.cells.get("ans_number", "").lower(), []).append(row.line)
    known = _known([key for key in lines if key], held)
    found: list[PreviewRow] = []
    new: list[Values] = []
    changed: list[tuple[_Known, Values]] = []
    for row in sheet.rows:
        key = row.cells.get("ans_number", "")
        values, faults = _parsed(row, specs, lines.get(key.lower(), []))
        former = known.get(key.lower())
        if values is None:
            found.append(PreviewRow(row.line, key, RowFate.REFUSED, reason=" ".join(faults)))
        elif former is None:
            new.append(values)
            found.append(PreviewRow(row.line, key, RowFate.NEW, _diffs(None, values)))
        elif former.values == values:
            found.append(PreviewRow(row.line, key, RowFate.UNCHANGED))
        elif former.in_use and any(getattr(former.values, name) != getattr(values, name) for name in _FIXED_IN_USE):
            found.append(PreviewRow(row.line, key, RowFate.REFUSED, _diffs(former.values, values), IN_USE))
        else:
            changed.append((former, values))
            found.append(PreviewRow(row.line, key, RowFate.CHANGED, _diffs(former.values, values)))
    return _Plan(csv_uploads.preview_of(found, sheet.encoding), new, changed)


def _specs() -> dict[str, CorridorSpec]:
    """Of each corridor, what its version in force says."""
    return {spec.code: spec for spec in map(corridor_versions.spec_of, corridor_versions.all_in_force())}


def _known(keys: Sequence[str], held: bool) -> dict[str, _Known]:
    """The referencings of these numbers, in lower case; locked when they are to be written: nobody enrols meanwhile."""
    number: Any = sa.func.lower(Referencing.ans_number, type_=sa.String)
    columns = [getattr(Referencing, name) for name in Values._fields]
    query = sa.select(Referencing.id, *columns).where(bulk_rows.among(number, keys)).order_by(Referencing.id)
    rows = db.session.execute(query.with_for_update() if held else query).all()
    ids = [row.id for row in rows]
    used = set(
        db.session.scalars(
            sa.select(Enrolment.referencing_id).where(bulk_rows.among(Enrolment.referencing_id, ids)).distinct()
        )
    )
    values = [Values(*row[1:])._replace(profiles=tuple(row.profiles)) for row in rows]
    return {one.ans_number.lower(): _Known(row.id, one, row.id in used) for row, one in zip(rows, values, strict=True)}


def _parsed(row: Row, specs: Mapping[str, CorridorSpec], lines: Sequence[int]) -> tuple[Values | None, list[str]]:
    """The values of a line, or everything that is wrong with it."""
    if row.fault:
        return None, [f"{row.fault}."]
    faults = [*_text_faults(row.cells), *_number_faults(row.cells)]
    if len(lines) > 1:
        faults.append(f"Ce numéro figure plusieurs fois dans le fichier (lignes {', '.join(map(str, lines[:6]))}).")
    software, why = _software(row.cells, specs)
    effective_on = _date(row.cells["effective_on"])
    if effective_on is None:
        faults.append(f"Date de prise d'effet « {row.cells['effective_on'][:20]} » : jj/mm/aaaa attendu.")
    profiles, more = _profiles(row.cells["profiles"])
    faults += [*why, *more]
    if faults or software is None or effective_on is None:
        return None, faults
    cells = row.cells
    told = (cells["ans_number"], cells["editor_siret"], cells["software"], cells["software_version"])
    return Values(*told, *software, profiles, effective_on), []


def _text_faults(cells: Mapping[str, str]) -> list[str]:
    faults = [] if cells["software"] else ["Nom du logiciel : valeur obligatoire absente."]
    for name in ("software", "software_version"):
        fault = csv_reading.cell_fault(cells[name], _LENGTHS[name])
        if fault:
            faults.append(f"{HEADINGS[name]} : {fault}.")
    return faults


def _number_faults(cells: Mapping[str, str]) -> list[str]:
    faults = []
    for name, kind in (("ans_number", "ans"), ("editor_siret", "siret")):
        fault = identifiers.FAULTS[kind](cells[name])
        if fault and csv_reading.looks_rounded(cells[name]):
            fault += " ; un tableur l'a arrondi, mettez la colonne au format texte"
        if fault:
            faults.append(f"{HEADINGS[name]} « {cells[name][:20]} » : {fault}.")
    return faults


def _software(
    cells: Mapping[str, str], specs: Mapping[str, CorridorSpec]
) -> tuple[tuple[str, str, str, int] | None, list[str]]:
    """(type, DSR, corridor, wave), by the DSR, or by the type and the wave; what is said twice must agree."""
    code, kind, dsr, wave = (cells[name] for name in ("corridor_code", "software_type", "dsr", "wave"))
    spec = specs.get(code.upper())
    if spec is None:
        return None, [f"Couloir « {code[:10]} » inconnu."]
    if not kind and not dsr:
        return None, ["Donnez le type de logiciel et la vague, ou le DSR."]
    fits = [one for one in spec.software if not dsr or one.dsr.lower() == dsr.lower()]
    if not fits:
        return None, [f"Le couloir {spec.code} ne connaît pas le DSR « {dsr[:40]} »."]
    fits = [one for one in fits if (not kind or one.type == kind.upper()) and (not wave or str(one.wave) == wave)]
    if len(fits) != 1:
        said = f"{kind[:10] or 'ce type'} en vague {wave[:4] or '?'}"
        with_dsr = f", DSR {dsr[:40]}" if dsr else ""
        return None, [f"Le couloir {spec.code} ne connaît pas {said}{with_dsr}."]
    return (fits[0].type, fits[0].dsr, spec.code, fits[0].wave), []


def _profiles(cell: str) -> tuple[tuple[str, ...], list[str]]:
    parts = tuple(dict.fromkeys(part.strip() for part in cell.split(PROFILES_SPLIT) if part.strip()))
    if len(parts) > _MOST_PROFILES:
        return (), [f"Profils référencés : plus de {_MOST_PROFILES}."]
    faults = ((part, csv_reading.cell_fault(part, _LENGTHS["profile"])) for part in parts)
    return parts, [f"Profils référencés, « {part[:20]} » : {fault}." for part, fault in faults if fault]


def _date(cell: str) -> dt.date | None:
    for form in _DATES:
        found = form.fullmatch(cell)
        if found:
            try:
                day = dt.date(*(int(found[part]) for part in ("year", "month", "day")))
            except ValueError:
                return None
            return day if _EARLIEST <= day <= clock.today() + dt.timedelta(days=5 * 366) else None
    return None


def _diffs(before: Values | None, after: Values) -> tuple[Diff, ...]:
    return tuple(
        Diff(HEADINGS[name], "" if before is None else _shown(getattr(before, name)), _shown(getattr(after, name)))
        for name in Values._fields
        if before is None or getattr(before, name) != getattr(after, name)
    )


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f" {PROFILES_SPLIT} ".join(value)
    return formats.day(value) if isinstance(value, dt.date) else str(value)


def _written(values: Values) -> tuple[Any, ...]:
    return tuple(values._replace(profiles=list(values.profiles)))  # type: ignore[arg-type]


def _columns(values: Values) -> dict[str, Any]:
    return dict(zip(Values._fields, _written(values), strict=True))


def _audit(plan: _Plan, upload: CsvUpload, actor: Actor) -> None:
    """Each referencing written, then the file as a whole."""
    for values in plan.new:
        audit.record(REGISTER, "referencing", values.ans_number, actor, after=_columns(values))
    for known, values in plan.changed:
        before, after = _columns(known.values), _columns(values)
        names = [name for name in before if before[name] != after[name]]
        audit.record(
            CHANGE,
            "referencing",
            known.values.ans_number,
            actor,
            before={name: before[name] for name in names},
            after={name: after[name] for name in names},
        )
    totals = {fate.value: count for fate, count in plan.preview.totals.items()}
    about = {"file_name": upload.file_name, "digest": upload.digest}
    audit.record(IMPORT, csv_uploads.SUBJECT, str(upload.id), actor, after=about | totals)
