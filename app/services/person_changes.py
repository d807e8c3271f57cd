"""A supplier asks to change who speaks for him: typed and proved, sent, accepted or rejected by an officer.

Guide « Les écrans du portail », § 7.2. What is typed is a draft on the server from the first piece on; nothing changes
before the acceptance (settled). The addresses known before and those asked are told at the request and at the end.
"""

import datetime as dt
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.domain import limits, permissions, person_changes
from app.domain.enums import ChangeStatus, PersonKind, PersonPieceKind
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.domain.permissions import Capability
from app.domain.person_changes import Identity, Speakers
from app.extensions import db, reading
from app.models.person_changes import PersonChange, PersonChangePiece
from app.models.suppliers import Person, Supplier
from app.models.users import User
from app.services import actors, attachments, audit, clock, documents, messages, ports, supplier_users
from app.services.actors import SYSTEM, Actor
from app.services.messages import Event

NOBODY = Identity("", "", "", "")


def held(supplier: Supplier) -> Speakers:
    """Who speaks for this supplier now."""
    people = {person.kind: _identity(person) for person in supplier.people}
    return Speakers(people.get(PersonKind.LEGAL_REPRESENTATIVE, NOBODY), people.get(PersonKind.DECLARANT))


def open_of(supplier: Supplier) -> PersonChange | None:
    """His draft, or the change that waits for the ASP; the database allows one."""
    query = _whole().where(PersonChange.supplier_id == supplier.id)
    return db.session.scalar(query.where(PersonChange.status.in_((ChangeStatus.DRAFT, ChangeStatus.PENDING))))


def history(supplier: Supplier) -> list[PersonChange]:
    """The changes he sent, the last first."""
    query = _whole().where(PersonChange.supplier_id == supplier.id, PersonChange.sent_at.is_not(None))
    return list(db.session.scalars(query.order_by(PersonChange.id.desc())))


def find(change_id: int) -> PersonChange | None:
    """A change that was sent, for the ASP."""
    return db.session.scalar(_whole().where(PersonChange.id == change_id, PersonChange.sent_at.is_not(None)))


def save(supplier: Supplier, proposed: Speakers, user: User) -> PersonChange:
    """Keep what is typed, right or wrong, as the draft of this supplier. Raises `Conflict` (one is being judged)."""
    _lock(supplier)
    change = open_of(supplier)
    if change is None:
        change = PersonChange(
            supplier_id=supplier.id, status=ChangeStatus.DRAFT, asked_by_id=user.id, opened_at=clock.now()
        )
        db.session.add(change)
    elif change.status is ChangeStatus.PENDING:
        raise Conflict("Une modification est déjà en attente d'instruction.")
    change.proposed, change.asked_by_id = person_changes.as_json(proposed), user.id
    change.opened_at = clock.now()
    db.session.flush()
    return change


def add_piece(change: PersonChange, kind: str, name: str, content: BinaryIO, user: User) -> PersonChangePiece:
    """Join a piece to a draft, once. Raises `RuleBroken` naming the field (`kind`, `file`), `Unavailable`."""
    if kind not in {one.value for one in PersonPieceKind}:
        raise RuleBroken("Sélectionnez le type de la pièce.", field="kind")
    if len(change.pieces) >= limits.PERSON_CHANGE_PIECES:
        raise RuleBroken(f"Au plus {limits.PERSON_CHANGE_PIECES} pièces.", field="file")
    file, scan = documents.prove(name, content)
    for piece in change.pieces:
        if piece.kind == kind and piece.attachment.digest == file.digest:
            return piece
    piece = PersonChangePiece(kind=PersonPieceKind(kind), attachment=attachments.keep_proved(file, scan, user))
    change.pieces.append(piece)
    db.session.flush()
    return piece


def remove_piece(change: PersonChange, piece_id: int) -> bool:
    """Take a piece out of a draft, its bytes with it. False when it is not there (any more)."""
    piece = next((one for one in change.pieces if one.id == piece_id), None)
    if piece is None:
        return False
    attachment = piece.attachment
    change.pieces.remove(piece)
    db.session.flush()
    attachments.drop(attachment)
    return True


def discard(supplier: Supplier) -> None:
    """Erase the draft and its pieces; harmless without one."""
    _lock(supplier)
    change = open_of(supplier)
    if change is not None and change.status is ChangeStatus.DRAFT:
        _erase(change)


def sweep() -> int:
    """Erase the drafts nobody saved for long, with their pieces. Commits each. Returns how many."""
    before = clock.now() - dt.timedelta(limits.PERSON_DRAFT_DAYS)
    due = sa.select(PersonChange.id).where(PersonChange.status == ChangeStatus.DRAFT, PersonChange.opened_at <= before)
    with reading():
        found = list(db.session.scalars(due))
        db.session.commit()
    return sum(_swept(change_id, before) for change_id in found)


def _swept(change_id: int, before: dt.datetime) -> int:
    change = db.session.get(PersonChange, change_id)
    if change is not None:
        _lock(change.supplier)
        change = db.session.get(PersonChange, change_id, populate_existing=True)
    left = change is not None and change.status is ChangeStatus.DRAFT and change.opened_at <= before
    if change is not None and left:
        audit.record("purge_people_draft", "supplier", change.supplier.siret, SYSTEM)
        _erase(change)
    db.session.commit()
    return int(left)


def _erase(change: PersonChange) -> None:
    for piece in list(change.pieces):
        remove_piece(change, piece.id)
    db.session.delete(change)
    db.session.flush()


def send(change: PersonChange, user: User) -> None:
    """« Valider mes informations »: from now on the ASP judges it; both addresses are told.

    Raises `RuleBroken` (nothing changes, something is wrong, a piece is missing: fields `kind`), `Conflict`.
    """
    _lock(change.supplier)
    db.session.refresh(change)
    if change.status is not ChangeStatus.DRAFT:
        raise Conflict("Cette modification est déjà transmise.")
    former, proposed = held(change.supplier), person_changes.of_json(change.proposed)
    _refuse_unready(former, proposed, change)
    change.former = person_changes.as_json(former)
    change.status, change.sent_at, change.asked_by_id = ChangeStatus.PENDING, clock.now(), user.id
    db.session.flush()
    audit.record("ask_people_change", "supplier", change.supplier.siret, actors.of(user), after=_facts(change))
    _tell(Event.PEOPLE_CHANGE_ASKED, change)


def accept(change: PersonChange, comment: str, seen: int, actor: Actor) -> None:
    """The people are those asked from now on. Raises `NotAllowed` (role), `Conflict` (a page of before)."""
    _hold(change, seen, actor)
    former, proposed = person_changes.of_json(change.former or {}), person_changes.of_json(change.proposed)
    _write(change.supplier, PersonKind.LEGAL_REPRESENTATIVE, proposed.representative)
    _write(change.supplier, PersonKind.DECLARANT, proposed.declarant)
    readdressed = _readdress(change.supplier, former, proposed, actor)
    _conclude(change, ChangeStatus.ACCEPTED, comment, actor)
    words = {"changed_people": person_changes.in_words(former, proposed), "change_status": change.status.value}
    audit.record("change_people", "supplier", change.supplier.siret, actor, after=words, comment=change.comment)
    _tell(Event.PEOPLE_CHANGED, change, accounts=readdressed)


def reject(change: PersonChange, comment: str, seen: int, actor: Actor) -> None:
    """Nothing changes. Raises as `accept`, and `RuleBroken` on `comment` without one."""
    _hold(change, seen, actor)
    if not comment.strip():
        raise RuleBroken("Saisissez le motif du rejet : le fournisseur le lira.", field="comment")
    _conclude(change, ChangeStatus.REJECTED, comment, actor)
    audit.record(
        "reject_people_change", "supplier", change.supplier.siret, actor, after=_facts(change), comment=change.comment
    )
    _tell(Event.PEOPLE_CHANGE_REJECTED, change)


def piece_of(supplier: Supplier, piece_id: int) -> PersonChangePiece | None:
    """A piece of one of his changes."""
    mine = PersonChange.supplier_id == supplier.id
    return db.session.scalar(
        sa.select(PersonChangePiece)
        .join(PersonChange, PersonChange.id == PersonChangePiece.change_id)
        .where(PersonChangePiece.id == piece_id, mine)
    )


def record_reading(change: PersonChange, piece: PersonChangePiece, user: User) -> None:
    """Who of the staff read an identity document or a mandate."""
    after = {"document": piece.attachment_id, "kind": piece.kind.label}
    audit.record("read_person_piece", "supplier", change.supplier.siret, actors.of(user), after=after)


def words(change: PersonChange) -> str:
    """What a change that was sent is about."""
    return person_changes.in_words(person_changes.of_json(change.former or {}), person_changes.of_json(change.proposed))


def missing_pieces(change: PersonChange) -> tuple[PersonPieceKind, ...]:
    """The kinds still to join to this draft."""
    wanted = person_changes.required_pieces(held(change.supplier), person_changes.of_json(change.proposed))
    given = {piece.kind for piece in change.pieces}
    return tuple(kind for kind in wanted if kind not in given)


def _refuse_unready(former: Speakers, proposed: Speakers, change: PersonChange) -> None:
    if not person_changes.changed(former, proposed):
        raise RuleBroken("Rien n'est modifié : changez au moins un champ.")
    people = [one for one in (proposed.representative, proposed.declarant) if one is not None]
    if any(person_changes.faults(one) for one in people):
        raise RuleBroken("Corrigez les champs signalés.")
    missing = missing_pieces(change)
    if missing:
        said = " ; ".join(kind.label for kind in missing)
        raise RuleBroken(f"Il manque : {said}.", field="kind")


def _hold(change: PersonChange, seen: int, actor: Actor) -> None:
    if actor.id is None or not permissions.may(actor.roles, Capability.JUDGE_CHANGES):
        raise NotAllowed("Seul un gestionnaire instruit un changement de personnes.")
    _lock(change.supplier)
    db.session.refresh(change)
    if change.status is not ChangeStatus.PENDING or change.version != seen:
        raise Conflict(f"Ce changement a été traité : il est au statut « {change.status.label} ».")


def _conclude(change: PersonChange, status: ChangeStatus, comment: str, actor: Actor) -> None:
    change.status, change.comment = status, comment.strip()
    change.judged_by_id, change.judged_at = actor.id, clock.now()
    db.session.flush()


def _write(supplier: Supplier, kind: PersonKind, identity: Identity | None) -> None:
    """The row of this person says what was asked; it goes when nobody is."""
    person = next((one for one in supplier.people if one.kind is kind), None)
    if identity is None:
        if person is not None:
            db.session.delete(person)
    elif person is None:
        supplier.people.append(Person(kind=kind, **_fields(identity)))
    else:
        for field, value in _fields(identity).items():
            setattr(person, field, value)
    db.session.flush()


def _identity(person: Person) -> Identity:
    return Identity(person.last_name, person.first_name, person.email, person.phone)


def _fields(identity: Identity) -> dict[str, str]:
    return {field: getattr(identity, field) for field in person_changes.LABELS}


def _lock(supplier: Supplier) -> None:
    db.session.execute(sa.select(Supplier.id).where(Supplier.id == supplier.id).with_for_update())


def _facts(change: PersonChange) -> dict[str, object]:
    return {
        "changed_people": words(change),
        "pieces": [piece.kind.label for piece in change.pieces],
        "change_status": change.status.value,
    }


def _addresses(change: PersonChange) -> list[str]:
    """Where the people are, or were, and where they would be: each told once."""
    both = (person_changes.of_json(change.former or {}), person_changes.of_json(change.proposed))
    people = [one for speakers in both for one in (speakers.representative, speakers.declarant) if one]
    return sorted({person.email for person in people if person.email})


def _readdress(supplier: Supplier, former: Speakers, proposed: Speakers, actor: Actor) -> list[str]:
    """The accounts of these people are written to where they are now. Returns their identifiers."""
    pairs = ((former.representative, proposed.representative), (former.declarant, proposed.declarant))
    moved = [
        supplier_users.readdress(supplier, before.email, after.email, actor)
        for before, after in pairs
        if before is not None and after is not None
    ]
    return [user.username for user in moved if user is not None]


def _tell(event: Event, change: PersonChange, **context: Any) -> None:
    base_url = ports.get().public_base_url
    for address in _addresses(change):
        messages.queue(
            event,
            address,
            f"{event.value}:{change.id}:{address}",
            supplier_id=change.supplier_id,
            request_id=None,
            change=change,
            what=words(change),
            base_url=base_url,
            **context,
        )


def _whole() -> sa.Select[tuple[PersonChange]]:
    return sa.select(PersonChange).options(
        joinedload(PersonChange.supplier),
        joinedload(PersonChange.asked_by),
        joinedload(PersonChange.judged_by),
        selectinload(PersonChange.pieces).joinedload(PersonChangePiece.attachment),
    )
