"""Downloads of pieces: a supplier his own, staff those they may read, streamed and harmless in a browser.

Guide « Les écrans du portail », § 5.2, « Télécharger »; the preview stands beside the request in its page.
"""

import unicodedata
from collections.abc import Callable
from functools import wraps
from typing import Any, BinaryIO
from urllib.parse import quote

from flask import Blueprint, abort, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response
from werkzeug.wsgi import FileWrapper

from app.domain import file_names, permissions
from app.domain.enums import Role
from app.domain.errors import Unavailable
from app.domain.permissions import Capability
from app.extensions import db, writing
from app.models.attachments import Attachment
from app.models.documents import Document
from app.services import attachments, documents

blueprint = Blueprint("files", __name__)
ID = "<row:document_id>"
ATTACHED_CSP = "sandbox; default-src 'none'; frame-ancestors 'none'"
FRAMED_CSP = "default-src 'none'; img-src 'self'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
# Not every browser's PDF reader starts in a sandbox; a PDF was proved to hold neither script nor action.
SHOWN_CSP = {
    "application/pdf": FRAMED_CSP,
    "image/png": f"sandbox; {FRAMED_CSP}",
    "image/jpeg": f"sandbox; {FRAMED_CSP}",
}
CHUNK = 64 * 1024


def open_to(allowed: Callable[[], bool]) -> Callable[..., Any]:
    """A stranger goes to the login, others who may not get 403."""

    def guard(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(**kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
            if not allowed():
                abort(403)
            return view(**kwargs)

        return guarded

    return guard


def _is_supplier() -> bool:
    return Role.SUPPLIER in current_user.role_set


def _reads_documents() -> bool:
    return permissions.may(current_user.role_set, Capability.READ_DOCUMENTS)


@blueprint.get(f"/segurnums/pieces/{ID}")
@open_to(_is_supplier)
def download(document_id: int) -> Response:
    """A supplier's own piece."""
    return _send(_found(document_id))


@blueprint.get(f"/gestion/pieces/{ID}")
@open_to(_reads_documents)
def staff_download(document_id: int) -> Response:
    """Any piece given for good, its reading noted in the audit."""
    return _send(_found(document_id), noted=True)


@blueprint.get(f"/gestion/pieces/{ID}/apercu")
@open_to(_reads_documents)
def staff_preview(document_id: int) -> Response:
    """The same, shown in a frame of our own pages."""
    document = _found(document_id)
    return _send(document, noted=True, inline=document.media_type in SHOWN_CSP)


def _found(document_id: int) -> Document:
    document = documents.visible(document_id, current_user)
    if document is None:
        abort(404)
    return document


def _send(document: Document, *, noted: bool = False, inline: bool = False) -> Response:
    response = streamed(documents.open_content(document), document, inline=inline)
    if noted:
        _note(document)
    return response


def streamed(content: BinaryIO, file: Document | Attachment, *, inline: bool = False) -> Response:
    """The bytes of a file of ours, harmless in a browser."""
    headers = {
        "Content-Disposition": disposition("inline" if inline else "attachment", file.file_name),
        "Content-Length": str(file.size),
        "Content-Security-Policy": SHOWN_CSP[file.media_type] if inline else ATTACHED_CSP,
        "X-Content-Type-Options": "nosniff",
    }
    response = Response(FileWrapper(content, CHUNK), content_type=file.media_type, headers=headers)
    response.direct_passthrough = True
    response.call_on_close(content.close)
    return response


def _note(document: Document) -> None:
    """A short write of its own: the request itself was reading only."""
    db.session.commit()
    with writing():
        documents.record_reading(document, current_user)
        db.session.commit()


def sent(attachment: Attachment, *, inline: bool = False, noted: Callable[[], None] | None = None) -> Response:
    """The bytes of a file that belongs to no request, as `streamed`, in a frame of ours when they may be; `noted`
    writes who read them."""
    try:
        content = attachments.open_content(attachment)
    except KeyError as lost:
        raise Unavailable(f"La pièce « {attachment.file_name} » est momentanément indisponible.") from lost
    response = streamed(content, attachment, inline=inline and attachment.media_type in SHOWN_CSP)
    if noted:
        db.session.commit()  # the note is a short write of its own: the request itself was reading only
        with writing():
            noted()
            db.session.commit()
    return response


def disposition(kind: str, file_name: str) -> str:
    """The header with the name twice: plain letters for old readers, then as it is (RFC 6266 and 5987)."""
    name = "".join(sign for sign in file_name if not file_names.hides_something(sign) and sign not in "/\\") or "piece"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().replace('"', "'") or "piece"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
