"""« Importer des demandes », step 2: what became of the file, and the pieces of each request retained.

The import is a row: the page opens again from any device of the same supplier. The files of a ZIP that found no place
are sorted in `kept_files`.
"""

from collections.abc import Mapping
from typing import Any

from flask import Response, abort, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.supplier import piece_upload, workbench_page
from admin_views.supplier.pages import ROOM_FOR_A_REFUSAL, Pages
from admin_views.supplier.piece_upload import Outcome
from admin_views.supplier.workbench_page import found_import
from app.domain import limits
from app.models.imports import JsonImport
from app.services import import_view, workbench
from app.services.import_view import Deposited, Piece

_IMPORT = "/<row:import_id>"
_PIECE = _IMPORT + "/pieces/<row:expected_id>"


class ImportPieces(Pages):
    """`/segurnums/imports/<id>/pieces`, its uploads, and the ZIP."""

    landing = "index"
    rooms = {"attach": ROOM_FOR_A_REFUSAL, "bundle": limits.ZIP_BYTES}

    @expose(_IMPORT + "/pieces")
    def index(self, import_id: int) -> ResponseReturnValue:
        return self._page(found_import(import_id))

    @expose(_IMPORT + "/pieces/attendues.csv")
    def expected_names(self, import_id: int) -> ResponseReturnValue:
        """The names of the pieces still expected: to name one's files right."""
        json_import = found_import(import_id)
        answer = Response(workbench.names_csv(import_view.requests_of(json_import)), mimetype="text/csv")
        name = f"pieces-attendues-import-{json_import.id}.csv"
        answer.headers.set("Content-Disposition", "attachment", filename=name)
        return answer

    @expose(_PIECE, methods=("POST",))
    def attach(self, import_id: int, expected_id: int) -> ResponseReturnValue:
        json_import = found_import(import_id)
        return self._answer(json_import, piece_upload.attach(*_piece(json_import, expected_id)))

    @expose(_PIECE + "/retirer", methods=("POST",))
    def remove(self, import_id: int, expected_id: int) -> ResponseReturnValue:
        json_import = found_import(import_id)
        return self._answer(json_import, piece_upload.remove(*_piece(json_import, expected_id)))

    @expose(_IMPORT + "/zip", methods=("POST",))
    def bundle(self, import_id: int) -> ResponseReturnValue:
        """The report is the answer itself: what it says of each file to sort stays with that file."""
        json_import = found_import(import_id)
        outcome = piece_upload.attach_bundle(json_import)
        return self._page(found_import(import_id), outcome), outcome.code

    def oversized(self, arguments: Mapping[str, Any]) -> ResponseReturnValue:
        json_import = found_import(arguments["import_id"])
        return self._page(json_import, piece_upload.oversized(arguments.get("expected_id"))), 413

    def _answer(self, json_import: JsonImport, outcome: Outcome) -> ResponseReturnValue:
        if outcome.errors:
            return self._page(found_import(json_import.id), outcome), outcome.code
        return redirect(url_for(".index", import_id=json_import.id), 303)

    def _page(self, json_import: JsonImport, outcome: Outcome | None = None) -> str:
        return workbench_page.render(self, json_import, outcome)


def _piece(json_import: JsonImport, expected_id: int) -> tuple[Deposited, Piece]:
    return piece_upload.piece_of(import_view.requests_of(json_import), expected_id) or abort(404)
