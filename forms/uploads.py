"""What comes in by a file field: how much a screen may receive, the file's name, its bytes up to a limit.

Everywhere else, `limits.BODY_BYTES` stands. A view that takes more is marked by `@uploads.accepts(bytes)`, under
`@expose`; `app.web.upload_limits` raises the limit of that request before its form is read.
"""

from collections.abc import Callable
from typing import Any, BinaryIO, TypeVar, cast

from werkzeug.datastructures import FileStorage

from app.domain import file_names, limits
from app.domain.errors import RuleBroken

View = TypeVar("View", bound=Callable[..., Any])
FORM_BYTES = 64 * 1024  # the other fields of the form, and the borders of its parts


def accepts(most: int, *, strangers: bool = False) -> Callable[[View], View]:
    """Mark a view that receives files of `most` bytes; from `strangers` too, when it limits how often."""

    def mark(view: View) -> View:
        view.upload_bytes = most  # type: ignore[attr-defined]
        view.upload_strangers = strangers  # type: ignore[attr-defined]
        return view

    return mark


def takes_strangers(view: Callable[..., Any] | None) -> bool:
    """Whether a person without account may send this view as much."""
    return bool(getattr(view, "upload_strangers", False))


def limit_of(view: Callable[..., Any] | None) -> int | None:
    """The bytes a request to this view may carry, None when it has the common limit."""
    most = getattr(view, "upload_bytes", None)
    return None if most is None else most + FORM_BYTES


def picked(upload: FileStorage | None) -> FileStorage | None:
    """The upload when the person chose a file; browsers send an empty part otherwise."""
    return upload if upload and upload.filename else None


def read(upload: FileStorage | None, limit: int, field: str = "file") -> bytes:
    """The whole file. Raises `RuleBroken` on `field` when there is none, when it is empty or over `limit` bytes."""
    chosen = picked(upload)
    if chosen is None:
        raise RuleBroken("Choisissez un fichier.", field=field)
    content = chosen.stream.read(limit + 1)
    name = file_names.kept(chosen.filename or "")
    if not content:
        raise RuleBroken(f"Le fichier « {name} » est vide.", field=field)
    if len(content) > limit:
        raise RuleBroken(f"Le fichier « {name} » dépasse {limit // limits.MEGABYTE} Mo.", field=field)
    return content


def stream(upload: FileStorage | None, field: str = "file") -> tuple[str, BinaryIO]:
    """The bytes of a file to be read piecemeal, and its name as sent: what keeps it refuses a bad one by its name.

    Raises `RuleBroken` on `field` when there is none.
    """
    chosen = picked(upload)
    if chosen is None:
        raise RuleBroken("Choisissez un fichier.", field=field)
    return chosen.filename or "", cast(BinaryIO, chosen.stream)
