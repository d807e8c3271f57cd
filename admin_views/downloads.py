"""How an export leaves: one page to ask for it, then a streamed file that never looks whole when it was cut.

A file leaves as fast as it is read, and holds a thread of the process as long: few may at once (`limits`), so that
those who read slowly, or stop reading, never hold the portal.
"""

import threading
from collections.abc import Callable, Iterator

from flask import Response, abort, request, stream_with_context
from flask_login import current_user

from app.domain import limits
from app.domain.errors import Unavailable
from app.extensions import db
from app.services import actors, exports
from app.services.actors import Actor
from app.services.exports import Export

_PLACES = threading.BoundedSemaphore(limits.EXPORTS_AT_ONCE)


def send(make: Callable[[Actor], Export]) -> Response:
    """The file `make` describes, audited and committed first. Its end is told by HTTP/1.1 chunks: a client of HTTP/1.0
    could not tell a cut file from a whole one, and is refused (505). Raises `Unavailable` when too many leave."""
    if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        abort(505)
    place = Place()
    try:
        export = make(actors.of(current_user))
        db.session.commit()
        answer = streamed(export, place)
    except BaseException:
        place.leave()
        raise
    answer.call_on_close(place.leave)
    return answer


class Place:
    """One of the files that leave. It is left once, by whoever says so first: the file that ended, or the answer that
    is closed, perhaps before anything of it was read."""

    def __init__(self) -> None:
        if not _PLACES.acquire(blocking=False):
            raise Unavailable("Plusieurs exports sont en cours de téléchargement : redemandez le vôtre dans un moment.")
        self._held = threading.Lock()

    def leave(self) -> None:
        if self._held.acquire(blocking=False):
            _PLACES.release()


def streamed(export: Export, place: Place) -> Response:
    """The answer itself, in a place taken: nothing is read before the first block is asked for."""
    answer = Response(stream_with_context(_leaving(export, place)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{export.file_name}"'
    return answer


def _leaving(export: Export, place: Place) -> Iterator[bytes]:
    try:
        yield from exports.stream(export)
    finally:
        place.leave()
