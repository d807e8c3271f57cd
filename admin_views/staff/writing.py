"""How a staff screen writes: who acts, one commit, and what a refusal becomes."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import abort
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from app.domain import permissions
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.domain.permissions import Capability
from app.extensions import db
from app.services import actors
from app.services.actors import Actor
from forms.staff import StaffForm

_KEY = re.compile(r"[A-Z0-9][A-Z0-9-]{0,29}", re.ASCII)


def actor() -> Actor:
    """The person logged in, as services see him."""
    return actors.of(current_user)


def may(capability: Capability) -> bool:
    return permissions.may(current_user.role_set, capability)


def require(capability: Capability) -> None:
    """403 for whoever has not this capability."""
    if not may(capability):
        abort(403)


def key(text: str) -> str:
    """A number or a code of an address (DEC-2026-0001); 404 for what can be none."""
    return text if _KEY.fullmatch(text) else abort(404)


@contextmanager
def one_commit() -> Iterator[None]:
    """Everything inside, or nothing. A key taken by somebody else at the same moment is a conflict, not a bug."""
    try:
        yield
        db.session.commit()
    except IntegrityError as clash:
        db.session.rollback()
        raise Conflict(
            "Une autre personne vient d'enregistrer la même chose. Rien n'a été enregistré de votre action."
        ) from clash


def attempt(form: StaffForm, deed: Callable[[], object]) -> bool:
    """Do `deed` and commit. False when a rule refuses: the form then says why. Conflicts and rights are pages."""
    try:
        with one_commit():
            deed()
    except (Conflict, NotAllowed):
        raise
    except RuleBroken as refusal:
        db.session.rollback()
        form.refuse(str(refusal), refusal.field)
        return False
    return True
