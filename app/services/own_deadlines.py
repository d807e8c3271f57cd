"""Which deadlines a supplier has, with their hour: what locks, what closes without his answer, his periods of deposit.

Sources: guide « Les écrans du portail », § 9 (the lock); guide « Modification d'une demande de solde SAS » (J+20). What
is asked without a delay (a piece) is no deadline: the request says it.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from app.domain.enums import EnrolmentStatus, RequestStatus
from app.extensions import db
from app.models.enrolments import Enrolment
from app.models.referencings import Referencing
from app.models.requests import Avenant, InformationRequest
from app.services import clock, deposit_calendar, incomplete
from app.services.deposit_calendar import Period, State


@dataclass(frozen=True, slots=True)
class Deadline:
    """`at`: the instant, in Paris, from which it is too late. `key` never changes for a same deadline; `path`: where it
    is met."""

    key: str
    at: dt.datetime
    title: str
    detail: str
    path: str


def of(supplier_id: int) -> list[Deadline]:
    """Those still to come, the next first."""
    return sorted([*_locks(supplier_id), *_amendments(supplier_id)], key=lambda one: (one.at, one.key))


def periods_for(supplier_id: int) -> list[Period]:
    """The periods, open or to come, in which he may deposit, the first to close first."""
    query = (
        sa.select(Referencing.corridor_code, Referencing.wave, Referencing.software_type)
        .join(Enrolment, Enrolment.referencing_id == Referencing.id)
        .where(Enrolment.supplier_id == supplier_id, Enrolment.status == EnrolmentStatus.VALIDATED)
        .distinct()
    )
    rights = [tuple(row) for row in db.session.execute(query)]
    if not rights:
        return []
    found = deposit_calendar.periods(sorted({code for code, *_ in rights}))
    mine = [
        one
        for one in found
        if one.state is not State.CLOSED
        and any((one.spec.code, one.wave) == (code, wave) and one.window.is_for(kind) for code, wave, kind in rights)
    ]
    return sorted(mine, key=lambda one: one.closes_at)


def _locks(supplier_id: int) -> list[Deadline]:
    """One for each import and day, however many requests it holds."""
    query = (
        sa.select(Avenant.json_import_id, Avenant.expires_on, sa.func.count(), sa.func.min(Avenant.number))
        .where(incomplete.condition(supplier_id), Avenant.expires_on > clock.today())
        .group_by(Avenant.json_import_id, Avenant.expires_on)
    )
    return [_lock(*row) for row in db.session.execute(query)]


def _lock(import_id: int | None, expires_on: dt.date, count: int, number: str) -> Deadline:
    many = "s" if count > 1 else ""
    of_import = f" de l'import n° {import_id}" if import_id else ""
    return Deadline(
        key=f"verrou-{import_id or number}-{expires_on:%Y%m%d}".lower(),
        at=clock.midnight(expires_on),
        title=f"{count} demande{many}{of_import} à compléter avant le {expires_on:%d/%m/%Y}",
        detail=(
            f"Sans leurs pièces le {expires_on:%d/%m/%Y} à 00:00 (heure de Paris), les demandes sont verrouillées,"
            " puis supprimées avec leurs fichiers."
        ),
        path=f"/segurnums/imports/{import_id}/pieces" if import_id else f"/segurnums/demandes/{number}",
    )


def _amendments(supplier_id: int) -> list[Deadline]:
    query = (
        sa.select(Avenant.number, InformationRequest.id, InformationRequest.closes_on)
        .join(InformationRequest, InformationRequest.avenant_id == Avenant.id)
        .where(
            Avenant.supplier_id == supplier_id,
            Avenant.status == RequestStatus.TO_AMEND,
            InformationRequest.resolved_at.is_(None),
            InformationRequest.closes_on > clock.today(),
        )
    )
    return [_amendment(*row) for row in db.session.execute(query)]


def _amendment(number: str, asked_id: int, closes_on: dt.date) -> Deadline:
    return Deadline(
        key=f"modification-{asked_id}",
        at=clock.midnight(closes_on),
        title=f"Demande {number} à modifier avant le {closes_on:%d/%m/%Y}",
        detail=(
            f"Sans confirmation le {closes_on:%d/%m/%Y} à 00:00 (heure de Paris), la demande repasse « En cours »"
            " et est instruite en l'état."
        ),
        path=f"/segurnums/demandes/{number}",
    )
