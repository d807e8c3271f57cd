"""The enrolments of the supplier who asks: read once a page, which its menu and its criteria share."""

from collections.abc import Sequence

from flask import request
from flask_login import current_user

from app.services import supplier_home
from app.services.supplier_home import Place

_READ = "segurnum.own_enrolments"  # what of this request holds them


def own_enrolments() -> Sequence[Place]:
    """Every one of them, by corridor then wave; none for who has no supplier."""
    supplier_id: int | None = current_user.supplier_id
    if supplier_id is None:
        return ()
    known: tuple[int, Sequence[Place]] | None = request.environ.get(_READ)
    if known is None or known[0] != supplier_id:
        known = request.environ[_READ] = (supplier_id, supplier_home.enrolments_of(supplier_id))
    return known[1]
