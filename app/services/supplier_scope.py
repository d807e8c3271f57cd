"""Which requests a supplier sees: his own, whatever their status; what belongs to another is not found.

Those whose pieces are missing have their own screen (`app.services.incomplete`). The staff's side is `staff_scope`.
"""

import sqlalchemy as sa

from app.domain import numbers
from app.extensions import db
from app.models.requests import Avenant


def find(number: str, supplier_id: int) -> Avenant | None:
    """The current avenant of a request of this supplier, by its number (FINMDV005046M0)."""
    return _one(number, supplier_id, Avenant.is_current.is_(True))


def find_version(number: str, supplier_id: int, ordinal: int) -> Avenant | None:
    """One avenant of a request of this supplier, current or not."""
    return _one(number, supplier_id, Avenant.ordinal == ordinal)


def _one(number: str, supplier_id: int, which: sa.ColumnElement[bool]) -> Avenant | None:
    if not numbers.REQUEST.fullmatch(number):
        return None
    return db.session.scalar(
        sa.select(Avenant).where(Avenant.number == number, Avenant.supplier_id == supplier_id, which)
    )
