"""The library of the wordings of rejections: who writes one, changes it, retires it."""

from collections.abc import Sequence

import sqlalchemy as sa

from app.domain import wordings
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.domain.permissions import Capability, may
from app.extensions import db
from app.models.rejections import RejectionWording
from app.services import audit, clock
from app.services.actors import Actor

SUBJECT = "rejection_wording"


def offered() -> Sequence[RejectionWording]:
    """Those an officer may choose from, in the order of their codes."""
    query = sa.select(RejectionWording).where(RejectionWording.retired_at.is_(None)).order_by(RejectionWording.code)
    return db.session.scalars(query).all()


def find(wording_id: int) -> RejectionWording | None:
    return db.session.get(RejectionWording, wording_id)


def write(code: str, title: str, text: str, actor: Actor) -> RejectionWording:
    """A new wording. Raises `NotAllowed`, `RuleBroken` (code taken or misformed, unknown variable), at its field."""
    _refuse_others(actor)
    if not wordings.CODE.fullmatch(code):
        raise RuleBroken("Un code est fait de lettres majuscules, de chiffres et de tirets.", field="code")
    if db.session.scalar(sa.select(RejectionWording.id).where(RejectionWording.code == code)):
        raise RuleBroken(f"Le code {code} est déjà pris, peut-être par un motif retiré.", field="code")
    wordings.check(text)
    assert actor.id is not None, "only a person writes"
    made = RejectionWording(code=code, title=title, text=text, written_at=clock.now(), written_by_id=actor.id)
    db.session.add(made)
    db.session.flush()
    audit.record("create", SUBJECT, code, actor, after={"title": title}, comment=text)
    return made


def change(wording: RejectionWording, title: str, text: str, actor: Actor, *, seen: int) -> None:
    """Other words under the same code; the requests already rejected keep theirs. Raises `Conflict`, `RuleBroken`."""
    _hold(wording, actor, seen)
    wordings.check(text)
    before = {"title": wording.title}
    wording.title, wording.text, wording.written_at, wording.written_by_id = title, text, clock.now(), actor.id or 0
    db.session.flush()
    audit.record("change", SUBJECT, wording.code, actor, before=before, after={"title": title}, comment=text)


def retire(wording: RejectionWording, retired: bool, actor: Actor, *, seen: int) -> None:
    """No longer offered, or offered again. Raises `Conflict`, `NotAllowed`."""
    _hold(wording, actor, seen)
    before = {"retired": wording.retired_at is not None}
    wording.retired_at = clock.now() if retired else None
    db.session.flush()
    audit.record("change", SUBJECT, wording.code, actor, before=before, after={"retired": retired})


def _hold(wording: RejectionWording, actor: Actor, seen: int) -> None:
    _refuse_others(actor)
    db.session.refresh(wording, with_for_update=True)
    if wording.version != seen:
        raise Conflict(f"Le motif {wording.code} a été modifié entre-temps. Rechargez la page.")


def _refuse_others(actor: Actor) -> None:
    if not may(actor.roles, Capability.WRITE_WORDINGS):
        raise NotAllowed("Seul un gestionnaire écrit les motifs de rejet.")
