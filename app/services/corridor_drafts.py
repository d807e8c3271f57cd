"""Drafts of corridors: opened from what is in force, saved with their faults, published by a second administrator.

A draft may be wrong until it is submitted. Nobody publishes what he wrote in, and nobody publishes over a version that
came meanwhile: the draft is laid on it first (`rebase`). `seen` is the row's version that the person had before his
eyes; another one of today raises `Conflict`, saying what happened. Everything is audited, before and after.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from app.corridors import documents, editing
from app.corridors.flaws import Flaw
from app.domain import permissions
from app.domain.enums import DraftStatus
from app.domain.errors import Conflict, IllegalAction, NotAllowed, RuleBroken
from app.domain.permissions import Capability
from app.extensions import db
from app.models.corridors import CorridorDraft, CorridorDraftEditor, CorridorVersion
from app.services import audit, audit_words, clock, corridor_versions, formats
from app.services.actors import Actor


class FaultyDraft(RuleBroken):
    """It may be neither submitted nor published: `flaws`, each with its place."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        said = " ; ".join(f"{place} : {message}" for place, message in flaws[:5])
        super().__init__(f"Le brouillon a {len(flaws)} anomalie(s) à corriger d'abord : {said}.")
        self.flaws = tuple(flaws)


LIVING = (DraftStatus.WRITING, DraftStatus.SUBMITTED)
# Beyond, the journal keeps how many places changed and the digests of both documents.
AUDITED_PLACES = 500


def open(code: str, actor: Actor, *, copy_of: CorridorVersion | None = None) -> CorridorDraft:
    """A draft for this corridor: the version in force as it is, or a new corridor's beginning.

    `copy_of`: start from that version instead, an older one or another corridor's. Raises `RuleBroken` (code).
    """
    if not documents.CODE.fullmatch(code):
        raise RuleBroken("Trois caractères : lettres majuscules ou chiffres.", field="code")
    base = corridor_versions.in_force(code)
    start = copy_of or base
    document = documents.beginning(code) if start is None else _settled(start.document | {"code": code})
    now = clock.now()
    draft = CorridorDraft(
        code=code,
        origin=_origin(code, start, base),
        base_version=base,
        document=document,
        status=DraftStatus.WRITING,
        opened_at=now,
        opened_by_id=_person(actor),
        saved_at=now,
        saved_by_id=_person(actor),
    )
    db.session.add(draft)
    db.session.flush()
    _note_editor(draft, actor)
    audit.record("open_draft", "corridor_draft", draft.name, actor, after={"origin": draft.origin})
    return draft


def _origin(code: str, start: CorridorVersion | None, base: CorridorVersion | None) -> str:
    if start is None:
        return "Nouveau couloir"
    if start is base:
        return f"Version {start.number} en vigueur"
    return f"Version {start.number}" if start.corridor.code == code else f"Copie de {start.corridor.label}"


def save(draft: CorridorDraft, document: dict[str, Any], actor: Actor, *, seen: int | None = None) -> None:
    """Write the whole document, faults included. Its code stays the draft's."""
    _hold(draft, seen)
    _require(draft, DraftStatus.WRITING)
    document = _settled(document | {"code": draft.code})
    if document == draft.document:
        return
    before, after = _audited(draft.document, document)
    draft.document, draft.saved_at, draft.saved_by_id = document, clock.now(), _person(actor)
    _write(draft)
    _note_editor(draft, actor)
    audit.record("save_draft", "corridor_draft", draft.name, actor, before=before, after=after)


def _settled(document: dict[str, Any]) -> dict[str, Any]:
    """As a published version writes it, once nothing is wrong in it."""
    return document if documents.faults(document) else documents.canonical(documents.parse(document))


def faults(draft: CorridorDraft) -> tuple[Flaw, ...]:
    """Every fault of its document: (place, message)."""
    return documents.faults(draft.document)


def changes_something(draft: CorridorDraft) -> bool:
    """False when its document, without fault, says what its base version says."""
    base = draft.base_version
    return not base or documents.parse(draft.document) != corridor_versions.spec_of(base)


def is_stale(draft: CorridorDraft) -> bool:
    """True when another version came into force since the draft was opened or laid on it."""
    current = corridor_versions.in_force(draft.code)
    return (current.id if current else None) != draft.base_version_id


def rebase(draft: CorridorDraft, actor: Actor, *, seen: int | None = None) -> tuple[str, ...]:
    """Lay what the draft changed on the version now in force. Returns the places that both changed, where the draft's
    words are kept for the person to read again."""
    _hold(draft, seen)
    _require(draft, DraftStatus.WRITING)
    current = corridor_versions.in_force(draft.code)
    if current is None or current.id == draft.base_version_id:
        raise IllegalAction("Le brouillon part déjà de la version en vigueur.")
    base = _settled(draft.base_version.document) if draft.base_version else documents.beginning(draft.code)
    document, clashes = editing.merged(base, draft.document, _settled(current.document))
    before, after = _audited(draft.document, document)
    draft.base_version, draft.document = current, document
    draft.saved_at, draft.saved_by_id = clock.now(), _person(actor)
    _write(draft)
    _note_editor(draft, actor)
    after |= {"version": current.number}
    audit.record("rebase_draft", "corridor_draft", draft.name, actor, before=before, after=after)
    return clashes


def submit(draft: CorridorDraft, actor: Actor, *, seen: int | None = None) -> None:
    """Give it to a second administrator. Raises `RuleBroken` while it has a fault, or changes nothing."""
    _check_right(actor)
    _hold(draft, seen)
    _require(draft, DraftStatus.WRITING)
    _refuse_stale_base(draft)
    _refuse_faults(draft)
    draft.status, draft.submitted_at, draft.submitted_by_id = DraftStatus.SUBMITTED, clock.now(), _person(actor)
    draft.judged_at = draft.judged_by_id = None
    draft.comment = ""
    _write(draft)
    _note_editor(draft, actor)
    audit.record("submit_draft", "corridor_draft", draft.name, actor, after={"draft_status": draft.status.value})


def publish(draft: CorridorDraft, actor: Actor, *, seen: int | None = None) -> CorridorVersion:
    """Make it the version in force. Raises `NotAllowed` for whoever wrote in it, `Conflict` over a newer version."""
    _judge(draft, actor, seen)
    corridor_versions.hold(draft.code)
    _refuse_stale_base(draft)
    _refuse_faults(draft)
    version = corridor_versions.publish(documents.parse(draft.document), actor)
    draft.status, draft.published_version = DraftStatus.PUBLISHED, version
    draft.judged_at, draft.judged_by_id = clock.now(), _person(actor)
    _write(draft)
    audit.record("publish_draft", "corridor_draft", draft.name, actor, after={"version": version.number})
    return version


def send_back(draft: CorridorDraft, actor: Actor, comment: str, *, seen: int | None = None) -> None:
    """Return it to those who write it, saying why. Raises `RuleBroken` without a comment."""
    if not comment.strip():
        raise RuleBroken("Dites ce qui est à revoir.", field="comment")
    _judge(draft, actor, seen)
    draft.status, draft.comment = DraftStatus.WRITING, comment.strip()
    draft.judged_at, draft.judged_by_id = clock.now(), _person(actor)
    _write(draft)
    audit.record("send_back_draft", "corridor_draft", draft.name, actor, comment=draft.comment)


def withdraw(draft: CorridorDraft, actor: Actor, *, seen: int | None = None) -> None:
    """Take a submitted draft back to write in it again."""
    _check_right(actor)
    _hold(draft, seen)
    _require(draft, DraftStatus.SUBMITTED)
    draft.status = DraftStatus.WRITING
    _write(draft)
    audit.record("withdraw_draft", "corridor_draft", draft.name, actor)


def abandon(draft: CorridorDraft, actor: Actor, *, seen: int | None = None) -> None:
    """Give it up; it stays readable."""
    _hold(draft, seen)
    _require(draft, *LIVING)
    draft.status = DraftStatus.ABANDONED
    _write(draft)
    audit.record("abandon_draft", "corridor_draft", draft.name, actor)


def find(draft_id: int) -> CorridorDraft | None:
    return db.session.get(CorridorDraft, draft_id)


def living(code: str) -> Sequence[CorridorDraft]:
    """The drafts of a corridor that may still become a version, the last saved first."""
    query = sa.select(CorridorDraft).where(CorridorDraft.code == code, CorridorDraft.status.in_(LIVING))
    return db.session.scalars(query.order_by(CorridorDraft.saved_at.desc(), CorridorDraft.id.desc())).all()


def wrote_in(draft: CorridorDraft, user_id: int | None) -> bool:
    """True for whoever opened, changed or submitted it."""
    return user_id is not None and db.session.get(CorridorDraftEditor, (draft.id, user_id)) is not None


def note_author(draft: CorridorDraft, user_id: int) -> None:
    """This person wrote what is in it, were it by a file that another applied: he does not publish it."""
    if not wrote_in(draft, user_id):
        db.session.add(CorridorDraftEditor(draft_id=draft.id, user_id=user_id))
        db.session.flush()


# --- guards


def _person(actor: Actor) -> int:
    if actor.id is None:
        raise NotAllowed("Un brouillon est écrit par une personne.")
    return actor.id


def _check_right(actor: Actor) -> None:
    if not permissions.may(actor.roles, Capability.EDIT_CORRIDORS):
        raise NotAllowed("Seul un administrateur soumet ou publie un couloir.")


def _judge(draft: CorridorDraft, actor: Actor, seen: int | None) -> None:
    _check_right(actor)
    _hold(draft, seen)
    _require(draft, DraftStatus.SUBMITTED)
    if wrote_in(draft, actor.id):
        raise NotAllowed("Vous avez écrit dans ce brouillon : un autre administrateur doit le lire et le publier.")


def _require(draft: CorridorDraft, *expected: DraftStatus) -> None:
    if draft.status not in expected:
        raise IllegalAction(f"Le brouillon {draft.name} est « {draft.status.label} » : cette action n'est pas ouverte.")


def _refuse_faults(draft: CorridorDraft) -> None:
    found = faults(draft)
    if found:
        raise FaultyDraft(found)
    if not changes_something(draft):
        raise RuleBroken("Le brouillon ne change rien à la version en vigueur.")


def _refuse_stale_base(draft: CorridorDraft) -> None:
    if not is_stale(draft):
        return
    current = corridor_versions.in_force(draft.code)
    assert current is not None, "a version in force never goes away"
    raise Conflict(
        f"La version {current.number} du couloir {draft.code} a été publiée le {formats.minute(current.published_at)},"
        " après l'ouverture de ce brouillon. Reprenez d'abord le brouillon sur cette version."
    )


def _hold(draft: CorridorDraft, seen: int | None) -> None:
    """Hold the row until the commit, as it is today. Raises `Conflict` when the person saw another one."""
    db.session.refresh(draft, with_for_update={"of": CorridorDraft})
    if seen is None or seen == draft.version:
        return
    last = audit.last_entry("corridor_draft", draft.name)
    happened = f" : « {audit_words.action(last.action)} » par {last.actor} le {formats.minute(last.at)}" if last else ""
    raise Conflict(
        f"Le brouillon {draft.name} a été modifié entre-temps{happened}. Rien n'a été enregistré de votre action."
        " Rouvrez-le pour voir où il en est."
    )


def _write(draft: CorridorDraft) -> None:
    try:
        db.session.flush()
    except StaleDataError as stale:
        raise Conflict("Le brouillon a été modifié entre-temps. Rechargez la page.") from stale


def _note_editor(draft: CorridorDraft, actor: Actor) -> None:
    note_author(draft, _person(actor))


def _audited(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    old, new = editing.differences(before, after)
    if len(new) <= AUDITED_PLACES:
        return old, new
    counted = {"places": len(new)}
    return {"digest": documents.digest(before)}, {"digest": documents.digest(after)} | counted
