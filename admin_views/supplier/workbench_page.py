"""The workbench of an import, as a page: what was received, what is still expected, the files to sort.

Two screens answer with it: the pieces (`import_pieces`) and the files to sort (`kept_files`).
"""

from typing import Any

from flask import abort, request, url_for

from admin_views.supplier.pages import Pages, company
from admin_views.supplier.piece_upload import HINTS, Outcome
from admin_views.whole_numbers import whole
from app.domain import limits
from app.models.imports import JsonImport
from app.services import import_view, since_simulation, workbench

PIECES, KEPT = "supplier_import_pieces", "supplier_kept_files"
WAITING_ONLY = "attendues"
OPEN_UP_TO = 10  # requests that wait: beyond, each is unfolded by hand


def found_import(import_id: int) -> JsonImport:
    """404 for what is not his."""
    return import_view.find_import(import_id, company().id) or abort(404)


def render(view: Pages, json_import: JsonImport, outcome: Outcome | None = None) -> str:
    """The page. What it shows is asked by its address: « voir » (requests), « page » (files to sort)."""
    bench = workbench.of(
        json_import,
        only_waiting=request.args.get("voir") == WAITING_ONLY,
        page=whole(request.args.get("page", "1")) or 1,
    )

    def url(endpoint: str, **more: Any) -> str:
        return url_for(endpoint, import_id=json_import.id, **more)

    page: str = view.render(
        "supplier/imports/pieces.html",
        json_import=json_import,
        simulation=import_view.simulation_of(json_import),
        bench=bench,
        only_waiting=request.args.get("voir") == WAITING_ONLY,
        open_up_to=OPEN_UP_TO,
        rejected=import_view.rejected_lines(json_import),
        changed=since_simulation.told(json_import),
        outcome=outcome or Outcome(),
        hints=HINTS,
        supplier=company(),
        piece_limit=limits.PIECE_BYTES,
        zip_limit=limits.ZIP_BYTES,
        piece_url=lambda piece: url(f"{PIECES}.attach", expected_id=piece.expected.id),
        remove_url=lambda piece: url(f"{PIECES}.remove", expected_id=piece.expected.id),
        zip_url=url(f"{PIECES}.bundle"),
        names_url=url(f"{PIECES}.expected_names"),
        all_url=url(f"{PIECES}.index"),
        waiting_url=url(f"{PIECES}.index", voir=WAITING_ONLY),
        sort_url=url(f"{KEPT}.sort", page=bench.page),
        discard_all_url=url(f"{KEPT}.discard_all"),
        kept_url=lambda one: url(f"{KEPT}.download", kept_id=one.id),
        replace_url=lambda one: url(f"{KEPT}.replace", kept_id=one.id),
        page_url=lambda page: url(f"{PIECES}.index", page=page) + "#a-classer",
    )
    return page
