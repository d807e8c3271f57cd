"""What the ANS referenced, as the ASP records it."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from app.domain import identifiers
from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.referencings import Referencing
from app.services import audit, corridor_versions
from app.services.actors import Actor


def register(
    ans_number: str,
    corridor_code: str,
    software_type: str,
    *,
    wave: int,
    software: str,
    software_version: str,
    editor_siret: str,
    profiles: Sequence[str],
    effective_on: dt.date,
    actor: Actor,
) -> Referencing:
    """A new N° ANS; its DSR is the corridor's. Raises `RuleBroken` (number, SIRET, unknown corridor or software)."""
    for kind, value in (("ans", ans_number), ("siret", editor_siret)):
        fault = identifiers.FAULTS[kind](value)
        if fault:
            raise RuleBroken(f"« {value} » : {fault}.", field=kind)
    if find(ans_number):
        raise RuleBroken(f"Le numéro ANS {ans_number} est déjà enregistré.", field="ans")
    row = Referencing(
        ans_number=ans_number,
        corridor_code=corridor_code,
        software_type=software_type,
        dsr=_dsr(corridor_code, software_type, wave),
        wave=wave,
        software=software,
        software_version=software_version,
        editor_siret=editor_siret,
        profiles=list(profiles),
        effective_on=effective_on,
    )
    db.session.add(row)
    db.session.flush()
    audit.record("register", "referencing", ans_number, actor, after={"dsr": row.dsr, "software": software})
    return row


def _dsr(corridor_code: str, software_type: str, wave: int) -> str:
    version = corridor_versions.in_force(corridor_code)
    if version is None:
        raise RuleBroken(f"Le couloir {corridor_code} n'existe pas.", field="corridor_code")
    software = corridor_versions.spec_of(version).software_of(software_type, wave)
    if software:
        return software.dsr
    raise RuleBroken(
        f"Le couloir {corridor_code} ne connaît pas {software_type} en vague {wave}.", field="software_type"
    )


def find(ans_number: str) -> Referencing | None:
    """The referencing of this number, whatever its case."""
    query = sa.select(Referencing).where(sa.func.lower(Referencing.ans_number) == ans_number.strip().lower())
    return db.session.scalar(query)
