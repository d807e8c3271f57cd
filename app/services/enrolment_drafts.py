"""Enrolments being filled: opened at the first step, kept as typed with their files, found again, erased, purged.

A draft is its holder's who shows its token (his session's, or that of the link mailed to the declarant), or the person
of the private space who began it. Everything is kept, right or wrong; a step is passed once it is right.
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping

import sqlalchemy as sa

from app.domain import limits
from app.domain.enrolment_steps import Piece, Step
from app.domain.enums import EnrolmentKind
from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.attachments import Attachment
from app.models.enrolment_drafts import EnrolmentDraft, EnrolmentPiece
from app.models.users import User
from app.services import actors, attachments, audit, clock, formats, messages, ports
from app.services.actors import SYSTEM
from app.services.documents import Stored
from app.services.messages import Event


def begin(answers: Mapping[str, str], user: User | None = None) -> tuple[EnrolmentDraft, str]:
    """A new draft, and the token its holder shows. `user`: of the private space, for a complementary one."""
    token, now = secrets.token_urlsafe(32), clock.now()
    draft = EnrolmentDraft(
        token_digest=_digest(token),
        kind=EnrolmentKind.COMPLEMENTARY if user else EnrolmentKind.INITIAL,
        supplier_id=user.supplier_id if user else None,
        user_id=user.id if user else None,
        answers=dict(answers),
        created_at=now,
        touched_at=now,
        expires_at=_expiry(now),
    )
    db.session.add(draft)
    db.session.flush()
    actor = actors.of(user) if user else SYSTEM
    audit.record("open", "enrolment_draft", str(draft.id), actor, after={"kind": draft.kind.value})
    return draft, token


def of_token(token: str) -> EnrolmentDraft | None:
    """The draft this token opens; None for an unknown or expired one."""
    return _alive(EnrolmentDraft.token_digest == _digest(token), EnrolmentDraft.kind == EnrolmentKind.INITIAL)


def of_user(user: User) -> EnrolmentDraft | None:
    """The last complementary one this person began, filed or not."""
    return _alive(EnrolmentDraft.user_id == user.id)


def _alive(*which: sa.ColumnElement[bool]) -> EnrolmentDraft | None:
    query = sa.select(EnrolmentDraft).where(*which, EnrolmentDraft.expires_at > clock.now())
    return db.session.scalar(query.order_by(EnrolmentDraft.id.desc()).limit(1))


def hold(draft: EnrolmentDraft) -> None:
    """Lock it, and read it again: somebody may have filed it. Raises `RuleBroken` when it was erased."""
    try:
        db.session.refresh(draft, with_for_update={"of": EnrolmentDraft})
    except sa.exc.InvalidRequestError as gone:
        raise RuleBroken("Cette demande a été effacée.") from gone


def answer(draft: EnrolmentDraft, typed: Mapping[str, object]) -> None:
    """Keep what was typed, in place of what was under the same names."""
    draft.answers = draft.answers | dict(typed)
    draft.touched_at = clock.now()
    draft.expires_at = _expiry(draft.touched_at)
    db.session.flush()


def forget(draft: EnrolmentDraft, *names: str) -> None:
    """Drop these answers."""
    draft.answers = {name: value for name, value in draft.answers.items() if name not in names}
    db.session.flush()


def pass_step(draft: EnrolmentDraft, step: Step) -> None:
    """The step is right: the next one opens."""
    draft.furthest_step = max(draft.furthest_step, step.number + 1)
    db.session.flush()


def fall_back(draft: EnrolmentDraft, step: Step) -> None:
    """The step is to be looked at again, and those after it wait."""
    draft.furthest_step = min(draft.furthest_step, step.number)
    db.session.flush()


def keep_piece(draft: EnrolmentDraft, piece: Piece, stored: Stored) -> EnrolmentPiece:
    """Keep a file that was proved and stored, in place of the former of its kind."""
    attachment = attachments.write(stored, draft.user)
    held = held_of(draft).get(piece.code)
    if held is None:
        held = EnrolmentPiece(draft_id=draft.id, kind=piece.code, label=piece.label, attachment_id=attachment.id)
        db.session.add(held)
        db.session.flush()
        return held
    former = db.session.get_one(Attachment, held.attachment_id)
    held.attachment_id = attachment.id
    db.session.flush()
    attachments.drop(former)
    db.session.expire(held)
    return held


def held_of(draft: EnrolmentDraft) -> dict[str, EnrolmentPiece]:
    """Its pieces by kind."""
    query = sa.select(EnrolmentPiece).where(EnrolmentPiece.draft_id == draft.id)
    return {one.kind: one for one in db.session.scalars(query)}


def drop_piece(piece: EnrolmentPiece) -> None:
    """Remove a piece of a draft, with its file."""
    attachment = db.session.get_one(Attachment, piece.attachment_id)
    db.session.delete(piece)
    db.session.flush()
    attachments.drop(attachment)


def attachment_of(draft: EnrolmentDraft, attachment_id: int) -> Attachment | None:
    """A file of this draft; None for any other."""
    return next((one.attachment for one in held_of(draft).values() if one.attachment_id == attachment_id), None)


def send_link(draft: EnrolmentDraft, email: str, token: str) -> str:
    """Mail the declarant the link to go on with it, once per address, some addresses at most. Returns the token that
    opens the draft from now on: `token`, or another one, so that a link sent to a wrong address opens nothing."""
    if email == draft.email or draft.links_sent >= limits.ENROLMENT_DRAFT_LINKS:
        return token
    if draft.email:
        token = secrets.token_urlsafe(32)
        draft.token_digest = _digest(token)
    draft.email, draft.links_sent = email, draft.links_sent + 1
    db.session.flush()
    messages.queue(
        Event.ENROLMENT_DRAFT,
        email,
        f"{Event.ENROLMENT_DRAFT.value}:{draft.token_digest[:32]}",  # drafts are erased, and their ids given again
        supplier_id=None,
        request_id=None,
        secret=f"{ports.get().public_base_url}/segurnum/enrolement/reprendre/{token}",
        expires=formats.day(draft.expires_at),
    )
    return token


def erase(draft: EnrolmentDraft) -> None:
    """« Quitter sans enregistrer »: nothing is left of it, neither answers nor files."""
    _erase(draft, "erase")


def sweep() -> int:
    """Erase those whose time is over, filed ones included: their enrolment stays. Commits each. Returns how many."""
    due = sa.select(EnrolmentDraft.id).where(EnrolmentDraft.expires_at <= clock.now()).order_by(EnrolmentDraft.id)
    found = list(db.session.scalars(due))
    db.session.commit()
    for draft_id in found:
        draft = db.session.get(EnrolmentDraft, draft_id, with_for_update={"skip_locked": True})
        if draft is not None and draft.expires_at <= clock.now():
            _erase(draft, "purge")
        db.session.commit()
    return len(found)


def _erase(draft: EnrolmentDraft, action: str) -> None:
    for piece in held_of(draft).values():
        drop_piece(piece)
    audit.record(action, "enrolment_draft", str(draft.id), SYSTEM)
    db.session.delete(draft)
    db.session.flush()


def _expiry(now: dt.datetime) -> dt.datetime:
    return now + dt.timedelta(days=limits.ENROLMENT_DRAFT_DAYS)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
