"""« Demandes importées non complétées »: which they are, deleting them, and the purge after seven days.

Source: guide « Les écrans du portail », § 9. Only their supplier sees them; an avance may be deleted by hand.
"""

import contextlib
import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from app.domain import deadlines
from app.domain.enums import Phase, RequestStatus, Role
from app.domain.errors import NotAllowed, RuleBroken
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.documents import Document
from app.models.dossiers import BeneficiaryClaim, Dossier
from app.models.imports import JsonImport
from app.models.requests import Avenant, FundingRequest
from app.models.users import User
from app.services import actors, audit, clock, kept_files, messages, ports, stored_files, sweeping
from app.services.actors import SYSTEM, Actor
from app.services.messages import Event

DELETE, PURGE = Action.DELETE.label, Action.PURGE.label


def condition(supplier_id: int) -> sa.ColumnElement[bool]:
    """The WHERE on `Avenant` of a supplier's non-completed requests, expired ones included until the purge."""
    return sa.and_(Avenant.supplier_id == supplier_id, Avenant.is_current, Avenant.status == RequestStatus.INCOMPLETE)


def is_locked(expires_on: dt.date | None) -> bool:
    """True from 00:00 Paris on the date d'expiration: nothing may be added any more."""
    return expires_on is not None and deadlines.is_locked(expires_on, clock.today())


def delete(numbers: list[str], user: User) -> int:
    """Delete avances of this supplier, all or none of them. Returns how many.

    Raises `NotAllowed` (not a supplier), `RuleBroken` (nothing chosen, a solde, or a number that is not his or is no
    longer to complete: it does not say which).
    """
    if Role.SUPPLIER not in user.role_set or user.supplier_id is None:
        raise NotAllowed("Seul un fournisseur supprime ses demandes non complétées.")
    chosen = sorted(set(numbers))
    if not chosen:
        raise RuleBroken("Sélectionnez au moins une demande à supprimer.")
    avenants = _locked(sa.select(Avenant).where(condition(user.supplier_id), Avenant.number.in_(chosen)))
    unknown = set(chosen) - {avenant.number for avenant in avenants}
    if unknown:
        raise RuleBroken(f"La demande {min(unknown)} n'est plus à compléter. Rechargez la liste.")
    for avenant in avenants:
        if avenant.phase is not Phase.AVANCE:
            raise RuleBroken(f"La demande {avenant.number} est un solde : seule une avance peut être supprimée.")
    imports = {avenant.json_import_id for avenant in avenants if avenant.json_import_id}
    for avenant in avenants:
        _erase(avenant, DELETE, actors.of(user))
    for import_id in sorted(imports):
        kept_files.purge_useless(actors.of(user), import_id)
    return len(avenants)


def purge(today: dt.date) -> int:
    """Delete what expired on or before this Paris day, avances and soldes, and the files to sort of every import that
    waits for nothing more. Returns how many requests; twice is harmless.

    Commits import by import (`sweeping.each`), its supplier being told (ours): one that cannot be deleted never stops
    the others. A request that somebody holds is left to the next purge, where the database can tell.
    """
    found = sa.select(Avenant.json_import_id).where(_expired(today)).distinct()
    try:
        return sweeping.each(list(db.session.scalars(found)), lambda one: _purge_import(one, today))
    finally:
        kept_files.purge_useless()
        db.session.commit()


def _expired(today: dt.date) -> sa.ColumnElement[bool]:
    return sa.and_(Avenant.is_current, Avenant.status == RequestStatus.INCOMPLETE, Avenant.expires_on <= today)


def _purge_import(import_id: int | None, today: dt.date) -> int:
    """What expired of one import; of none, what no file deposited."""
    query = sa.select(Avenant).where(_expired(today), Avenant.json_import_id.is_not_distinct_from(import_id))
    avenants = _locked(query, skip_held=True)
    if avenants and import_id is not None:
        with contextlib.suppress(LookupError):  # nobody to write to: the purge does not wait
            _tell(db.session.get_one(JsonImport, import_id), avenants)
    for avenant in avenants:
        _erase(avenant, PURGE, SYSTEM)
    return len(avenants)


def _tell(json_import: JsonImport, avenants: Sequence[Avenant]) -> None:
    """One mail for the whole import. It names no N° ASP: staff read the mails, and never saw these requests."""
    messages.queue(
        Event.PURGED,
        recipient=messages.contact_of(avenants[0].supplier),
        key=f"{Event.PURGED.value}:{min(one.number for one in avenants)}",
        supplier_id=json_import.supplier_id,
        request_id=None,
        json_import=json_import,
        editor_numbers=sorted(one.editor_number for one in avenants),
        expires_on=max(one.expires_on for one in avenants if one.expires_on),
        base_url=ports.get().public_base_url,
    )


def _locked(query: sa.Select[tuple[Avenant]], *, skip_held: bool = False) -> list[Avenant]:
    """Held until the commit, in the order of their ids; PostgreSQL looks again at what another transaction changed.
    `skip_held`: without those another transaction holds, instead of waiting for them."""
    locked = query.order_by(Avenant.id).with_for_update(skip_locked=skip_held)
    return list(db.session.scalars(locked.execution_options(populate_existing=True)))


def _erase(avenant: Avenant, action: str, actor: Actor) -> None:
    """The request, its pieces, and its dossier when nothing else stands in it; the line of its import is kept.

    A solde deposited again after a rejection leaves the rejected one in its place.
    """
    request = avenant.request
    audit.record(action, "request", avenant.number, actor, before=_snapshot(avenant))
    if avenant.ordinal > 0:
        _give_way(avenant)
        return
    for key in db.session.scalars(sa.select(Document.storage_key).where(Document.request_id == request.id)):
        stored_files.delete_after_commit(key)
    dossier_id = request.dossier_id
    db.session.delete(request)
    db.session.flush()
    if not db.session.scalar(sa.select(FundingRequest.id).where(FundingRequest.dossier_id == dossier_id).limit(1)):
        db.session.execute(sa.delete(BeneficiaryClaim).where(BeneficiaryClaim.dossier_id == dossier_id))
        db.session.execute(sa.delete(Dossier).where(Dossier.id == dossier_id))


def _give_way(avenant: Avenant) -> None:
    """Undo the last deposit of a request: its pieces and its avenant go, the one before is current again."""
    given = sa.and_(Document.request_id == avenant.request_id, Document.deposited_at >= avenant.deposited_at)
    for key in db.session.scalars(sa.select(Document.storage_key).where(given)):
        stored_files.delete_after_commit(key)
    db.session.execute(sa.delete(Document).where(given))
    before = sa.select(Avenant).where(Avenant.request_id == avenant.request_id, Avenant.ordinal == avenant.ordinal - 1)
    former = db.session.scalars(before).one()
    db.session.delete(avenant)
    db.session.flush()
    former.is_current = True
    db.session.flush()


def _snapshot(avenant: Avenant) -> dict[str, object]:
    return {
        "status": avenant.status.value,
        "phase": avenant.phase.value,
        "editor_number": avenant.editor_number,
        "declared_ht": str(avenant.declared_ht),
        "expires_on": avenant.expires_on.isoformat() if avenant.expires_on else None,
    }
