"""J+2, J+5, J+6: the supplier is reminded of the pieces that an import still expects, one mail for the whole import.

The days are those of the corridor in force, counted from the deposit in calendar days of Paris; the date d'expiration
is the stored one. After days of absence only the latest reminder due leaves. Inferred: the guide « Les écrans du
portail », § 9, gives the seven days and no reminder. A mail names no N° ASP: staff read the mails, and see nothing of a
request until it is complete.
"""

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa

from app.domain import deadlines
from app.domain.enums import RequestStatus
from app.extensions import db
from app.models.enrolments import Enrolment
from app.models.imports import JsonImport
from app.models.mails import Mail
from app.models.referencings import Referencing
from app.models.requests import Avenant
from app.models.suppliers import Supplier
from app.services import (
    bulk_rows,
    clock,
    corridor_versions,
    countdowns,
    formats,
    import_view,
    kept_files,
    messages,
    ports,
    sweeping,
)
from app.services.import_view import Deposited
from app.services.messages import Event

LISTED = 50  # requests named in one mail; the others are counted


def send_due(today: dt.date) -> int:
    """Queue the reminder due on `today` (Paris) for each import that still waits. Returns how many.

    Commits each (`sweeping.each`): one that cannot be written to never stops the others. Twice, or in two places, is
    harmless: one import has one mail for each reminder, and one a day.
    """
    return sweeping.each(_due(today), lambda due: _remind(*due))


def is_still_true(mail_id: int, import_id: int) -> bool:
    """Whether a reminder that waited to be sent still has an object: pieces are expected, and it is the latest."""
    later = sa.exists().where(Mail.json_import_id == import_id, Mail.id > mail_id)
    waits = sa.exists().where(Avenant.json_import_id == import_id, _waits(clock.today()))
    return bool(db.session.scalar(sa.select(sa.and_(waits, ~later))))


def _waits(today: dt.date) -> sa.ColumnElement[bool]:
    """The WHERE on `Avenant` of those that may still be completed."""
    return sa.and_(Avenant.is_current, Avenant.status == RequestStatus.INCOMPLETE, Avenant.expires_on > today)


def _due(today: dt.date) -> list[tuple[int, int]]:
    """(import, days after the deposit) of the reminders to queue."""
    waiting = sa.select(Avenant.json_import_id).where(_waits(today), Avenant.json_import_id.is_not(None))
    query = (
        sa.select(JsonImport.id, JsonImport.imported_at, Referencing.corridor_code)
        .join(Enrolment, Enrolment.id == JsonImport.enrolment_id)
        .join(Referencing, Referencing.id == Enrolment.referencing_id)
        .where(JsonImport.id.in_(waiting))
        .order_by(JsonImport.id)
    )
    rows = db.session.execute(query).all()
    days = {code: _days(code) for code in {code for *_, code in rows}}
    ranks = {key: deadlines.due_reminder(clock.paris_day(at), today, days[code]) for key, at, code in rows}
    told = _told(list(ranks), today)
    due = [(key, rank) for key, rank in ranks.items() if rank is not None]
    return [(key, rank) for key, rank in due if _key(key, rank) not in told and key not in told]


def _days(corridor_code: str) -> Sequence[int]:
    version = corridor_versions.in_force(corridor_code)
    return corridor_versions.spec_of(version).delays.completion_reminders if version else ()


def _told(imports: Collection[int], today: dt.date) -> set[str | int]:
    """The keys of the reminders already queued for these imports, and the imports reminded today."""
    query = sa.select(Mail.json_import_id, Mail.event_key, Mail.created_at).where(
        bulk_rows.among(Mail.json_import_id, imports)
    )
    told: set[str | int] = set()
    for import_id, key, at in db.session.execute(query):
        told.add(key)
        if clock.paris_day(at) == today:
            told.add(import_id)
    return told


def _key(import_id: int, rank: int) -> str:
    return f"{Event.COMPLETION_REMINDER.value}:{import_id}:{rank}"


def _remind(import_id: int, rank: int) -> bool:
    """Look again at what is expected, and queue the mail; False when it was completed meanwhile."""
    json_import = db.session.get_one(JsonImport, import_id)
    requests = [one for one in import_view.requests_of(json_import) if one.waiting]
    deadline = import_view.deadline_of(requests)
    if deadline is None:
        return False
    messages.queue(
        Event.COMPLETION_REMINDER,
        recipient=messages.contact_of(db.session.get_one(Supplier, json_import.supplier_id)),
        key=_key(import_id, rank),
        supplier_id=json_import.supplier_id,
        request_id=None,
        json_import_id=import_id,
        json_import=json_import,
        deposited_on=formats.day(json_import.imported_at),
        countdown=countdowns.of(deadline),
        count=len(requests),
        waiting=[(one.avenant.editor_number, _missing(one)) for one in requests[:LISTED]],
        kept=kept_files.count_of(json_import),
        base_url=ports.get().public_base_url,
    )
    return True


def _missing(one: Deposited) -> list[str]:
    return [piece.expected.file_name for piece in one.pieces if not piece.received]
