"""The pieces of a request: who gives one, removes one, reads one, and when they make a request complete.

Sources: guide « Les écrans du portail », § 5.2 (pièces justificatives) and § 9 (non-completed requests). Expected
pieces may be replaced until the request is complete; complements until they are confirmed. Services flush.
"""

from dataclasses import dataclass
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.exc import InvalidRequestError

from app.adapters import file_types
from app.adapters.file_types import Inspected
from app.domain import permissions
from app.domain.enums import AWAITING_SUPPLIER, DocumentOrigin, RequestStatus, Role, ScanState
from app.domain.errors import Conflict, IllegalAction, NotAllowed, RuleBroken, Unavailable
from app.domain.permissions import Capability
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.documents import Document, ExpectedDocument
from app.models.requests import Avenant, FundingRequest
from app.models.users import User
from app.services import (
    actors,
    asked,
    audit,
    clock,
    corridor_versions,
    formats,
    incomplete,
    ports,
    staff_scope,
    stored_files,
)
from app.services import requests as request_service
from app.services.actors import Actor

ATTACH, REPLACE, REMOVE, READ = "Déposer une pièce", "Remplacer une pièce", "Supprimer une pièce", "Lire une pièce"


@dataclass(frozen=True, slots=True)
class Stored:
    """A proved file whose bytes are in the store."""

    file: Inspected
    scan: ScanState
    key: str


def prove(file_name: str, content: BinaryIO) -> tuple[Inspected, ScanState]:
    """Type, size, name, then antivirus. Raises `RuleBroken` naming the file, `Unavailable` (antivirus)."""
    file = file_types.inspect(file_name, content)
    return file, ports.get().scanner.scan(file.content, file.name)


def store(file_name: str, content: BinaryIO) -> Stored:
    """Prove the file and put its bytes in the store, before any lock. Raises `RuleBroken`, `Unavailable`."""
    file, scan = prove(file_name, content)
    return Stored(file, scan, stored_files.put_document(file.content))


def expected_of(avenant: Avenant) -> list[ExpectedDocument]:
    """The pieces announced by the file for this request, in its order."""
    query = sa.select(ExpectedDocument).where(ExpectedDocument.avenant_id == avenant.id)
    return list(db.session.scalars(query.order_by(ExpectedDocument.position)))


def attach_expected(expected: ExpectedDocument, file_name: str, content: BinaryIO, user: User) -> Document:
    """Give an expected piece, or another one in its place, and complete the request with the last of them.

    Raises `NotAllowed` (not his), `IllegalAction` (no longer to complete), `RuleBroken`, `Unavailable`.
    """
    refuse_closed_completion(expected.avenant, user)
    stored = store(file_name, content)
    lock_for_completion(expected.avenant, user)
    document = place(expected, stored, user)
    complete_if_ready(expected.avenant, actors.of(user))
    return document


def lock_for_completion(avenant: Avenant, user: User) -> None:
    """Hold the request and look again: it may have expired, or been completed, while the file was read."""
    hold(avenant)
    refuse_closed_completion(avenant, user)


def hold(avenant: Avenant) -> None:
    """Lock a request that may be deleted by the purge or by its supplier. Raises `Conflict` when it was."""
    number = avenant.number
    try:
        request_service.lock(avenant)
    except InvalidRequestError as gone:
        raise Conflict(f"La demande {number} a été supprimée entre-temps.") from gone


def refuse_closed_completion(avenant: Avenant, user: User) -> None:
    """Raise unless this user may give the expected pieces of this request now."""
    _refuse_foreign(avenant, user)
    if avenant.status is not RequestStatus.INCOMPLETE:
        raise IllegalAction(f"La demande {avenant.number} est complète : ses pièces ne peuvent plus être changées.")
    if incomplete.is_locked(avenant.expires_on):
        day = formats.day(avenant.expires_on)
        raise RuleBroken(f"La demande {avenant.number} a expiré le {day} : elle ne peut plus être complétée.")


def place(expected: ExpectedDocument, stored: Stored, user: User) -> Document:
    """Write the row of an expected piece (its request is locked); the piece it replaces goes with its file."""
    avenant = expected.avenant
    db.session.refresh(expected)
    former = expected.document
    document = _write(avenant, expected.kind, stored, user, REPLACE if former else ATTACH)
    expected.document = document
    db.session.flush()
    if former:
        _drop(former)
    return document


def complete_if_ready(avenant: Avenant, actor: Actor) -> bool:
    """« En cours » as soon as every expected and every required piece is there. True when it became so."""
    if avenant.status is not RequestStatus.INCOMPLETE or incomplete.is_locked(avenant.expires_on) or _missing(avenant):
        return False
    request_service.act(avenant, Action.COMPLETE, actor)
    return True


def _missing(avenant: Avenant) -> bool:
    if any(expected.document_id is None for expected in expected_of(avenant)):
        return True
    spec = corridor_versions.spec_of_dossier(avenant.dossier)
    required = {one.code for one in spec.documents_of(avenant.phase) if one.required and one.required_if is None}
    given = db.session.scalars(sa.select(Document.kind).where(Document.request_id == avenant.request_id))
    return not required <= set(given)


def attach(avenant: Avenant, kind: str, file_name: str, content: BinaryIO, user: User) -> Document:
    """Add a complementary piece, removable until the supplier confirms. Raises as `attach_expected`."""
    refuse_closed_complement(avenant, user)
    if kind not in dict(asked.kinds_open(avenant)):
        raise RuleBroken("Sélectionnez un type de pièce complémentaire.", field="kind")
    stored = store(file_name, content)
    hold(avenant)
    refuse_closed_complement(avenant, user)
    return _write(avenant, kind, stored, user, ATTACH)


def remove(document: Document, user: User) -> None:
    """Take back a piece of one's own that is not confirmed yet; its file goes after the commit.

    Raises `NotAllowed` (not his), `IllegalAction` (confirmed, or nothing is open), `RuleBroken` (expired).
    """
    avenant = current_avenant(document)
    _refuse_foreign(avenant, user)
    hold(avenant)
    db.session.refresh(document)
    if document.origin is not DocumentOrigin.SUPPLIER or document.confirmed_at is not None:
        raise IllegalAction(f"La pièce « {document.file_name} » est validée : elle ne peut plus être supprimée.")
    check = refuse_closed_completion if avenant.status is RequestStatus.INCOMPLETE else refuse_closed_complement
    check(avenant, user)
    audit.record(REMOVE, "request", avenant.number, actors.of(user), before=_snapshot(document))
    expected = db.session.scalar(sa.select(ExpectedDocument).where(ExpectedDocument.document_id == document.id))
    if expected:
        expected.document = None
        db.session.flush()
    _drop(document)


def current_avenant(document: Document) -> Avenant:
    """The avenant of today of the request this piece belongs to."""
    query = sa.select(Avenant).where(Avenant.request_id == document.request_id, Avenant.is_current)
    return db.session.scalars(query).one()


def visible(document_id: int, user: User) -> Document | None:
    """The piece, if this user may read it: a supplier his own; staff who may read pieces, those of the requests they
    see, once given for good (not a complement the supplier has not confirmed)."""
    query = sa.select(Document).join(Document.request).where(Document.id == document_id)
    if Role.SUPPLIER in user.role_set:
        return db.session.scalar(query.where(FundingRequest.supplier_id == user.supplier_id))
    if not permissions.may(user.role_set, Capability.READ_DOCUMENTS):
        return None
    given = sa.or_(Document.origin == DocumentOrigin.AGENCY, Document.confirmed_at.is_not(None))
    known = sa.select(Avenant.request_id).where(Avenant.is_current, staff_scope.reachable(user.role_set))
    return db.session.scalar(query.where(given, Document.request_id.in_(known)))


def open_content(document: Document) -> BinaryIO:
    """The bytes. Raises `Conflict` while the antivirus has not spoken, `Unavailable` when the store does not answer."""
    if document.scan is ScanState.PENDING:
        raise Conflict(f"La pièce « {document.file_name} » est en attente d'analyse par l'antivirus.")
    try:
        return ports.get().store.open(document.storage_key)
    except KeyError as lost:
        raise Unavailable(f"La pièce « {document.file_name} » est momentanément indisponible.") from lost


def record_reading(document: Document, user: User) -> None:
    """Who of the staff read which piece: in the journal, not in the trail of the request, which it does not change."""
    after = {"document": document.id, "file_name": document.file_name}
    audit.record(READ, "document", document.request.number, actors.of(user), after=after)


def _refuse_foreign(avenant: Avenant, user: User) -> None:
    if Role.SUPPLIER not in user.role_set or user.supplier_id != avenant.supplier_id:
        raise NotAllowed("Cette demande n'est pas la vôtre.")


def refuse_closed_complement(avenant: Avenant, user: User) -> None:
    """Raise unless this user may answer now what an officer asked of this request."""
    _refuse_foreign(avenant, user)
    question = request_service.open_information_request(avenant)
    if avenant.status not in AWAITING_SUPPLIER or not avenant.is_current:
        raise IllegalAction(f"Aucune pièce n'est demandée pour {avenant.number} (statut « {avenant.status.label} »).")
    if question and asked.is_over(question):
        day = formats.day(question.closes_on)
        raise IllegalAction(f"La modification de {avenant.number} est close depuis le {day}.")


def _write(avenant: Avenant, kind: str, stored: Stored, user: User, action: str) -> Document:
    document = Document(
        request_id=avenant.request_id,
        kind=kind,
        file_name=stored.file.name,
        media_type=stored.file.media_type,
        size=stored.file.size,
        digest=stored.file.digest,
        storage_key=stored.key,
        origin=DocumentOrigin.SUPPLIER,
        scan=stored.scan,
        deposited_at=clock.now(),
        deposited_by_id=user.id,
    )
    db.session.add(document)
    db.session.flush()
    audit.record(action, "request", avenant.number, actors.of(user), after=_snapshot(document))
    return document


def _drop(document: Document) -> None:
    stored_files.delete_after_commit(document.storage_key)
    db.session.delete(document)
    db.session.flush()


def _snapshot(document: Document) -> dict[str, object]:
    return {"kind": document.kind, "file_name": document.file_name, "size": document.size, "digest": document.digest}
