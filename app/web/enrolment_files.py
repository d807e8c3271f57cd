"""The pieces of an enrolment as an officer reads them: downloaded, or shown beside its data; each reading is noted."""

from flask import Blueprint, abort
from flask_login import current_user
from werkzeug.wrappers import Response

from app.domain import permissions
from app.domain.permissions import Capability
from app.services import enrolment_follow_up, enrolment_pieces
from app.web.files import open_to, sent

blueprint = Blueprint("enrolment_files", __name__, url_prefix="/gestion/enrolements/<number>/pieces")


def _instructs() -> bool:
    return permissions.may(current_user.role_set, Capability.INSTRUCT)


@blueprint.get("/<row:piece_id>")
@open_to(_instructs)
def download(number: str, piece_id: int) -> Response:
    return _sent(number, piece_id, inline=False)


@blueprint.get("/<row:piece_id>/apercu")
@open_to(_instructs)
def preview(number: str, piece_id: int) -> Response:
    """The same, shown in a frame of our own pages."""
    return _sent(number, piece_id, inline=True)


def _sent(number: str, piece_id: int, *, inline: bool) -> Response:
    enrolment = enrolment_follow_up.find(number) or abort(404)
    piece = enrolment_pieces.find(enrolment, piece_id) or abort(404)
    user = current_user._get_current_object()
    return sent(piece.attachment, inline=inline, noted=lambda: enrolment_pieces.record_reading(enrolment, piece, user))
