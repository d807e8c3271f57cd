"""How an export leaves: one page to ask for it, then a streamed file that never looks whole when it was cut."""

from collections.abc import Callable

from flask import Response, abort, request, stream_with_context
from flask_login import current_user

from app.extensions import db
from app.services import actors, exports
from app.services.actors import Actor
from app.services.exports import Export


def send(make: Callable[[Actor], Export]) -> Response:
    """The file `make` describes, audited and committed first. Its end is told by HTTP/1.1 chunks: a client of HTTP/1.0
    could not tell a cut file from a whole one, and is refused (505)."""
    if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        abort(505)
    export = make(actors.of(current_user))
    db.session.commit()
    return streamed(export)


def streamed(export: Export) -> Response:
    """The answer itself: nothing is read before the first block is asked for."""
    answer = Response(stream_with_context(exports.stream(export)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{export.file_name}"'
    return answer
