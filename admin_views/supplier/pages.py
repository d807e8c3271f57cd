"""A supplier's pages that share a prefix, and how much they accept to receive."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar, cast

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from admin_views.guard import Screen
from app.domain import limits
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.extensions import db, reading, set_reading
from app.models.suppliers import Supplier
from app.models.users import User
from forms import uploads
from forms.refusing import RefusingForm

T = TypeVar("T")
# A file somewhat over its limit is received, so that the refusal stands at its field rather than on an error page.
ROOM_FOR_A_REFUSAL = 50 * limits.MEGABYTE


class Pages(Screen):
    """`rooms` gives what each upload accepts, in bytes."""

    for_suppliers = True
    rooms: ClassVar[Mapping[str, int]] = {}

    def create_blueprint(self, admin: Any) -> Blueprint:
        for name, room in self.rooms.items():
            uploads.accepts(room)(getattr(type(self), name))
        blueprint = super().create_blueprint(admin)
        blueprint.register_error_handler(RequestEntityTooLarge, self._oversized)
        return cast(Blueprint, blueprint)

    def _oversized(self, error: RequestEntityTooLarge) -> ResponseReturnValue:
        """The page again, with the refusal at the field. The body was never read, nor the person known."""
        set_reading(True)
        if not self.is_accessible():
            return error
        return self.oversized(request.view_args or {})

    def oversized(self, arguments: Mapping[str, Any]) -> ResponseReturnValue:
        """What a body over its room gets (`arguments`: those of the address); the pages that take files say it at the
        field."""
        return RequestEntityTooLarge()


def attempt(form: RefusingForm, deed: Callable[[], T]) -> T | None:
    """Do `deed`, which gives something, and commit. None when a rule refuses: the form then says why, and nothing is
    kept. Conflicts and rights are pages."""
    try:
        made = deed()
        db.session.commit()
        return made
    except (Conflict, NotAllowed):
        raise
    except RuleBroken as refusal:
        db.session.rollback()
        form.refuse(refusal)
        return None


def without_lock(look: Callable[[], T]) -> T:
    """What is found in a transaction that only reads. It may take a second, in which others write."""
    db.session.commit()  # a POST that read anything keeps the writers of SQLite out
    with reading():
        seen = look()
        db.session.commit()
    return seen


def person() -> User:
    """Who is logged in, himself rather than his stand-in."""
    return cast(User, current_user._get_current_object())


def company() -> Supplier:
    """The supplier of the person logged in."""
    supplier = person().supplier
    assert supplier is not None, "a supplier's account carries its supplier"
    return supplier
