"""« Importer des demandes », step 2: what became of the file, and the pieces of each request retained.

The import is a row: the page opens again from any device of the same supplier.
"""

from collections.abc import Mapping
from typing import Any

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.supplier import piece_upload
from admin_views.supplier.pages import ROOM_FOR_A_REFUSAL, Pages, company
from admin_views.supplier.piece_upload import HINTS, Outcome
from app.domain import limits
from app.models.imports import JsonImport
from app.services import clock, import_view
from app.services.import_view import Deposited, Piece

_IMPORT = "/<row:import_id>"
_PIECE = _IMPORT + "/pieces/<row:expected_id>"


class ImportPieces(Pages):
    """`/segurnums/imports/<id>/pieces`, its uploads, and the ZIP."""

    landing = "index"
    rooms = {"attach": ROOM_FOR_A_REFUSAL, "bundle": limits.ZIP_BYTES}

    @expose(_IMPORT + "/pieces")
    def index(self, import_id: int) -> ResponseReturnValue:
        return self._page(_import(import_id))

    @expose(_PIECE, methods=("POST",))
    def attach(self, import_id: int, expected_id: int) -> ResponseReturnValue:
        json_import = _import(import_id)
        return self._answer(json_import, piece_upload.attach(*_piece(json_import, expected_id)))

    @expose(_PIECE + "/retirer", methods=("POST",))
    def remove(self, import_id: int, expected_id: int) -> ResponseReturnValue:
        json_import = _import(import_id)
        return self._answer(json_import, piece_upload.remove(*_piece(json_import, expected_id)))

    @expose(_IMPORT + "/zip", methods=("POST",))
    def bundle(self, import_id: int) -> ResponseReturnValue:
        """The report is the answer itself: it is not kept."""
        json_import = _import(import_id)
        outcome = piece_upload.attach_bundle(json_import)
        return self._page(_import(import_id), outcome), outcome.code

    def oversized(self, arguments: Mapping[str, Any]) -> ResponseReturnValue:
        return self._page(_import(arguments["import_id"]), piece_upload.oversized(arguments.get("expected_id"))), 413

    def _answer(self, json_import: JsonImport, outcome: Outcome) -> ResponseReturnValue:
        if outcome.errors:
            return self._page(_import(json_import.id), outcome), outcome.code
        return redirect(url_for(".index", import_id=json_import.id), 303)

    def _page(self, json_import: JsonImport, outcome: Outcome | None = None) -> str:
        requests = import_view.requests_of(json_import)
        deadline = import_view.deadline_of(requests)
        return self.render(
            "supplier/imports/pieces.html",
            json_import=json_import,
            simulation=import_view.simulation_of(json_import),
            requests=requests,
            deadline=deadline,
            days=(deadline - clock.paris_day(json_import.imported_at)).days if deadline else 0,
            waiting=[one for one in requests if one.waiting],
            rejected=import_view.rejected_lines(json_import),
            outcome=outcome or Outcome(),
            hints=HINTS,
            supplier=company(),
            piece_limit=limits.PIECE_BYTES,
            zip_limit=limits.ZIP_BYTES,
            piece_url=lambda piece: url_for(".attach", import_id=json_import.id, expected_id=piece.expected.id),
            remove_url=lambda piece: url_for(".remove", import_id=json_import.id, expected_id=piece.expected.id),
            zip_url=url_for(".bundle", import_id=json_import.id),
        )


def _import(import_id: int) -> JsonImport:
    return import_view.find_import(import_id, company().id) or abort(404)


def _piece(json_import: JsonImport, expected_id: int) -> tuple[Deposited, Piece]:
    return piece_upload.piece_of(import_view.requests_of(json_import), expected_id) or abort(404)
