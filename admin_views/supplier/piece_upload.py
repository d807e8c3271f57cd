"""What the two screens where pieces are deposited share: one piece, its removal, one ZIP for the whole import.

Guide « Les écrans du portail », § 4.2 (step 2 of the import) and § 9 (non-completed requests, both ways).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from flask import flash, request
from werkzeug.datastructures import FileStorage

from admin_views.supplier.pages import person
from app.domain import limits
from app.domain.enums import RequestStatus
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.extensions import db
from app.models.imports import JsonImport
from app.services import bundles, documents
from app.services.bundle_reports import BundleReport
from app.services.import_view import Deposited, Piece
from app.services.reassignments import Refused
from forms import uploads

FIELD = "file"
PIECE_MB, ZIP_MB = limits.PIECE_BYTES // limits.MEGABYTE, limits.ZIP_BYTES // limits.MEGABYTE
HINTS = {
    "piece": f"Taille maximale : {PIECE_MB} Mo. Formats supportés : {', '.join(reversed(limits.PIECE_EXTENSIONS))}.",
    "zip": f"Un seul fichier zip, {ZIP_MB} Mo au plus. Chaque pièce rejoint sa demande par le nom annoncé dans le"
    " fichier JSON, sinon par le n° éditeur qui termine son nom.",
    "accept": ",".join(f".{extension}" for extension in limits.PIECE_EXTENSIONS),
}
BUNDLE, KEPT = "zip", "place-"  # where refusals are shown: at the ZIP, at the choice of each file to sort


@dataclass(slots=True)
class Outcome:
    """What an upload left to show: refusals by place (an expected piece's id, the ZIP, a file to sort), the report of
    the ZIP, what was chosen for the files to sort."""

    errors: Mapping[int | str, str] = field(default_factory=dict)
    bundle: BundleReport | None = None
    chosen: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> int:
        return 422 if self.errors else 200


def attach(deposited: Deposited, piece: Piece) -> Outcome:
    """Deposit one expected piece; the request goes « En cours » with the last one."""
    return attempt(piece.expected.id, lambda: _attach(deposited, piece))


def remove(deposited: Deposited, piece: Piece) -> Outcome:
    """Take back a piece of a request that is not complete yet."""
    return attempt(piece.expected.id, lambda: _remove(piece))


def attach_bundle(json_import: JsonImport) -> Outcome:
    """One ZIP for the requests of an import: what matches is attached, every entry is reported."""
    reports: list[BundleReport] = []

    def unpack() -> None:
        _, content = uploads.stream(_upload())
        reports.append(bundles.attach_bundle(json_import, content, person()))

    outcome = attempt(BUNDLE, unpack)
    outcome.bundle = reports[0] if reports and not outcome.errors else None
    return outcome


def oversized(expected_id: int | None) -> Outcome:
    """What an upload that was not even received leaves to show."""
    limit = ZIP_MB if expected_id is None else PIECE_MB
    place = BUNDLE if expected_id is None else expected_id
    return Outcome({place: f"Le fichier dépasse {limit} Mo : il n'a pas été reçu."})


def piece_of(requests: Sequence[Deposited], expected_id: int) -> tuple[Deposited, Piece] | None:
    """The request and the piece of this id among these requests."""
    every = ((one, piece) for one in requests for piece in one.pieces)
    return next((pair for pair in every if pair[1].expected.id == expected_id), None)


def attempt(place: int | str, deed: Callable[[], None]) -> Outcome:
    """Do and commit, or undo and say why at its place. Conflicts and missing rights keep their own pages."""
    try:
        deed()
        db.session.commit()
    except (Conflict, NotAllowed):
        raise
    except Refused as refusal:
        db.session.rollback()
        return Outcome({place: str(refusal)} | {f"{KEPT}{one}": fault for one, fault in refusal.faults.items()})
    except RuleBroken as refusal:
        db.session.rollback()
        return Outcome({place: str(refusal)})
    return Outcome()


def _attach(deposited: Deposited, piece: Piece) -> None:
    name, content = uploads.stream(_upload())
    document = documents.attach_expected(piece.expected, name, content, person())
    avenant = deposited.avenant
    if avenant.status is RequestStatus.INCOMPLETE:
        flash(f"La pièce « {document.file_name} » est jointe à la demande {avenant.number}.", "success")
    else:
        flash(f"La demande {avenant.number} est complète : elle est « {avenant.status.label} ».", "success")


def _remove(piece: Piece) -> None:
    if piece.expected.document is None:
        raise RuleBroken("Cette pièce a déjà été retirée.")
    name = piece.expected.document.file_name
    documents.remove(piece.expected.document, person())
    flash(f"La pièce « {name} » est retirée.", "success")


def _upload() -> FileStorage | None:
    return request.files.get(FIELD)
