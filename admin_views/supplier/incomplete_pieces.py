"""The pieces of one non-completed request, or one ZIP for its whole import (guide « Les écrans du portail », § 9)."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.supplier import piece_upload
from admin_views.supplier.pages import ROOM_FOR_A_REFUSAL, Pages, company
from admin_views.supplier.piece_upload import HINTS, Outcome
from app.domain import limits
from app.domain.enums import RequestStatus
from app.models.imports import JsonImport
from app.services import countdowns, import_view, kept_files
from app.services.import_view import Deposited, Piece

LIST = "supplier_incomplete.index_view"
_PIECES = "/<number>/pieces"
_PIECE = _PIECES + "/<row:expected_id>"


class IncompletePieces(Pages):
    """`/segurnums/demandes-incompletes/<number>/pieces`, its uploads, and the ZIP."""

    landing = "index"
    rooms = {"attach": ROOM_FOR_A_REFUSAL, "bundle": limits.ZIP_BYTES}

    @expose(_PIECES)
    def index(self, number: str) -> ResponseReturnValue:
        deposited = _request(number)
        if deposited.avenant.status is not RequestStatus.INCOMPLETE:
            flash(
                f"La demande {number} n'attend plus de pièce : elle est « {deposited.avenant.status.label} ».", "info"
            )
            return redirect(url_for(LIST), 303)
        return self._page(deposited)

    @expose(_PIECE, methods=("POST",))
    def attach(self, number: str, expected_id: int) -> ResponseReturnValue:
        deposited = _request(number)
        return self._answer(number, piece_upload.attach(deposited, _piece(deposited, expected_id)))

    @expose(_PIECE + "/retirer", methods=("POST",))
    def remove(self, number: str, expected_id: int) -> ResponseReturnValue:
        deposited = _request(number)
        return self._answer(number, piece_upload.remove(deposited, _piece(deposited, expected_id)))

    @expose("/<number>/zip", methods=("POST",))
    def bundle(self, number: str) -> ResponseReturnValue:
        """The ZIP serves every request of the same import; its report is the answer itself."""
        json_import = _import_of(_request(number)) or abort(404)
        outcome = piece_upload.attach_bundle(json_import)
        return self._page(_request(number), outcome), outcome.code

    def oversized(self, arguments: Mapping[str, Any]) -> ResponseReturnValue:
        return self._page(_request(arguments["number"]), piece_upload.oversized(arguments.get("expected_id"))), 413

    def _answer(self, number: str, outcome: Outcome) -> ResponseReturnValue:
        if outcome.errors:
            return self._page(_request(number), outcome), outcome.code
        if _request(number).avenant.status is not RequestStatus.INCOMPLETE:
            return redirect(url_for(LIST), 303)
        return redirect(url_for(".index", number=number), 303)

    def _page(self, deposited: Deposited, outcome: Outcome | None = None) -> str:
        number = deposited.avenant.number
        json_import = _import_of(deposited)
        siblings = import_view.requests_of(json_import) if json_import else []
        return self.render(
            "supplier/incomplete/pieces.html",
            deposited=deposited,
            siblings=[one for one in siblings if one.waiting and one.avenant.id != deposited.avenant.id],
            json_import=json_import,
            bench_url=url_for("supplier_import_pieces.index", import_id=json_import.id) if json_import else "",
            kept_count=kept_files.count_of(json_import) if json_import else 0,
            countdown=countdowns.of(deposited.avenant.expires_on) if deposited.avenant.expires_on else None,
            outcome=outcome or Outcome(),
            hints=HINTS,
            supplier=company(),
            piece_limit=limits.PIECE_BYTES,
            zip_limit=limits.ZIP_BYTES,
            piece_url=lambda piece: url_for(".attach", number=number, expected_id=piece.expected.id),
            remove_url=lambda piece: url_for(".remove", number=number, expected_id=piece.expected.id),
            zip_url=url_for(".bundle", number=number),
        )


def _request(number: str) -> Deposited:
    return import_view.find_request(number, company().id) or abort(404)


def _import_of(deposited: Deposited) -> JsonImport | None:
    import_id = deposited.avenant.json_import_id
    return None if import_id is None else import_view.find_import(import_id, company().id)


def _piece(deposited: Deposited, expected_id: int) -> Piece:
    found = piece_upload.piece_of([deposited], expected_id)
    return found[1] if found else abort(404)
