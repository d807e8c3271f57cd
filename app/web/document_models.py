"""Downloads of models of documents: a supplier his own; of the ASP, who judges them, each reading noted."""

from flask import Blueprint, abort
from flask_login import current_user
from werkzeug.wrappers import Response

from app.domain import permissions
from app.domain.enums import Role
from app.domain.permissions import Capability
from app.services import document_models
from app.web.files import open_to, sent

blueprint = Blueprint("document_models", __name__)


def _is_supplier() -> bool:
    return Role.SUPPLIER in current_user.role_set


def _judges() -> bool:
    return permissions.may(current_user.role_set, Capability.JUDGE_MODELS)


@blueprint.get("/segurnums/modeles-de-documents/<row:model_id>/fichier")
@open_to(_is_supplier)
def download(model_id: int) -> Response:
    found = document_models.find_own(current_user.supplier, model_id) or abort(404)
    return sent(found.attachment)


@blueprint.get("/gestion/modeles-de-documents/<row:model_id>/fichier")
@open_to(_judges)
def staff_download(model_id: int) -> Response:
    return _noted(model_id, inline=False)


@blueprint.get("/gestion/modeles-de-documents/<row:model_id>/fichier/apercu")
@open_to(_judges)
def staff_preview(model_id: int) -> Response:
    """The same, shown in a frame of our own pages."""
    return _noted(model_id, inline=True)


def _noted(model_id: int, *, inline: bool) -> Response:
    found = document_models.find(model_id) or abort(404)
    user = current_user._get_current_object()
    return sent(found.attachment, inline=inline, noted=lambda: document_models.record_reading(found, user))
