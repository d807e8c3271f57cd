"""Downloads of what proves a change: a RIB, a mandate, an identity document.

A supplier reads his own; of the ASP, who judges the change, and each reading is noted in the journal.
"""

import sqlalchemy as sa
from flask import Blueprint, abort
from flask_login import current_user
from werkzeug.wrappers import Response

from app.domain import permissions
from app.domain.enums import Role
from app.domain.permissions import Capability
from app.extensions import db
from app.models.bank_accounts import BankChange
from app.models.person_changes import PersonChange, PersonChangePiece
from app.services import bank_changes, person_changes
from app.web.files import open_to, sent

blueprint = Blueprint("account_files", __name__)


def _is_supplier() -> bool:
    return Role.SUPPLIER in current_user.role_set


def _judges() -> bool:
    return permissions.may(current_user.role_set, Capability.JUDGE_CHANGES)


@blueprint.get("/segurnums/compte/coordonnees-bancaires/<row:account_id>/rib")
@open_to(_is_supplier)
def rib(account_id: int) -> Response:
    """The RIB he gave for one of his accounts."""
    mine = BankChange.supplier_id == current_user.supplier_id
    change = db.session.scalar(sa.select(BankChange).where(BankChange.account_id == account_id, mine)) or abort(404)
    return sent(change.rib)


@blueprint.get("/segurnums/compte/personnes/pieces/<row:piece_id>")
@open_to(_is_supplier)
def piece(piece_id: int) -> Response:
    """A piece he joined to a change of people."""
    found = person_changes.piece_of(current_user.supplier, piece_id) or abort(404)
    return sent(found.attachment)


@blueprint.get("/gestion/coordonnees-bancaires/<row:change_id>/rib")
@open_to(_judges)
def staff_rib(change_id: int) -> Response:
    return _rib(change_id, inline=False)


@blueprint.get("/gestion/coordonnees-bancaires/<row:change_id>/rib/apercu")
@open_to(_judges)
def staff_rib_preview(change_id: int) -> Response:
    """The same, shown in a frame of our own pages."""
    return _rib(change_id, inline=True)


@blueprint.get("/gestion/changements-de-personnes/<row:change_id>/pieces/<row:piece_id>")
@open_to(_judges)
def staff_piece(change_id: int, piece_id: int) -> Response:
    return _piece(change_id, piece_id, inline=False)


@blueprint.get("/gestion/changements-de-personnes/<row:change_id>/pieces/<row:piece_id>/apercu")
@open_to(_judges)
def staff_piece_preview(change_id: int, piece_id: int) -> Response:
    """The same, shown in a frame of our own pages."""
    return _piece(change_id, piece_id, inline=True)


def _rib(change_id: int, *, inline: bool) -> Response:
    change = bank_changes.find(change_id) or abort(404)
    user = current_user._get_current_object()
    return sent(change.rib, inline=inline, noted=lambda: bank_changes.record_reading(change, user))


def _piece(change_id: int, piece_id: int, *, inline: bool) -> Response:
    change = person_changes.find(change_id) or abort(404)
    found = _of(change, piece_id)
    user = current_user._get_current_object()
    return sent(found.attachment, inline=inline, noted=lambda: person_changes.record_reading(change, found, user))


def _of(change: PersonChange, piece_id: int) -> PersonChangePiece:
    return next((one for one in change.pieces if one.id == piece_id), None) or abort(404)
