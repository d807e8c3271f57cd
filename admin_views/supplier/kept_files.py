"""The files of a ZIP that found no place: chosen a piece, replaced, discarded, or looked at again.

Guide « Les écrans du portail », § 9; several at once, and without a script too.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.supplier import piece_upload, workbench_page
from admin_views.supplier.pages import ROOM_FOR_A_REFUSAL, Pages, person
from admin_views.supplier.piece_upload import Outcome
from admin_views.supplier.workbench_page import PIECES, found_import
from admin_views.whole_numbers import whole
from app.domain import file_names
from app.domain.errors import RuleBroken
from app.models.imports import JsonImport
from app.services import kept_files, reassignments
from app.services.reassignments import Choice, Sorted
from forms import uploads

_TO_SORT = "/<row:import_id>/pieces/a-classer"
_ONE = _TO_SORT + "/<row:kept_id>"
FIELD, DISCARD = piece_upload.KEPT, "ecarter"
SORTING = "a-classer"  # where what belongs to no file is said


class KeptFiles(Pages):
    """`/segurnums/imports/<id>/pieces/a-classer`: what is done to the files to sort; the page is the workbench's."""

    landing = "sort"
    rooms = {"replace": ROOM_FOR_A_REFUSAL}

    @expose(_TO_SORT, methods=("POST",))
    def sort(self, import_id: int) -> ResponseReturnValue:
        json_import = found_import(import_id)
        outcome = _attempt(lambda: reassignments.sort(json_import, _choices(), person()))
        outcome.chosen = {name: value for name, value in request.form.items() if name.startswith(FIELD)}
        return self._answer(json_import, outcome)

    @expose(_TO_SORT + "/ecarter", methods=("POST",))
    def discard_all(self, import_id: int) -> ResponseReturnValue:
        """All of them, once the box is ticked."""
        json_import = found_import(import_id)
        return self._answer(json_import, _attempt(lambda: _discard_all(json_import)))

    @expose(_ONE)
    def download(self, import_id: int, kept_id: int) -> ResponseReturnValue:
        """Its bytes, as bytes: they were proved to be nothing."""
        kept = kept_files.find(found_import(import_id), kept_id)
        if kept is None or kept.storage_key is None:
            abort(404)
        with kept_files.open_content(kept) as content:
            answer = Response(content.read(), mimetype="application/octet-stream")
        answer.headers.set("Content-Disposition", "attachment", filename=file_names.base(kept.name))
        return answer

    @expose(_ONE + "/remplacer", methods=("POST",))
    def replace(self, import_id: int, kept_id: int) -> ResponseReturnValue:
        json_import = found_import(import_id)
        return self._answer(json_import, _attempt(lambda: _replace(json_import, kept_id), kept_id))

    def oversized(self, arguments: Mapping[str, Any]) -> ResponseReturnValue:
        too_big = piece_upload.oversized(arguments["kept_id"]).errors[arguments["kept_id"]]
        outcome = Outcome({f"{FIELD}{arguments['kept_id']}": too_big})
        return workbench_page.render(self, found_import(arguments["import_id"]), outcome), 413

    def _answer(self, json_import: JsonImport, outcome: Outcome) -> ResponseReturnValue:
        if outcome.errors:
            return workbench_page.render(self, found_import(json_import.id), outcome), outcome.code
        return redirect(url_for(f"{PIECES}.index", import_id=json_import.id) + "#a-classer", 303)


def _choices() -> list[Choice]:
    """What the form chose, file by file. Raises `RuleBroken` for what the page never offered."""
    made = []
    for name, value in request.form.items():
        if not name.startswith(FIELD) or not value:
            continue
        kept_id = whole(name.removeprefix(FIELD))
        expected_id, document_id = (whole(part) for part in value.partition(":")[::2])
        if kept_id is None or (value != DISCARD and (expected_id is None or document_id is None)):
            raise RuleBroken("La page est incomplète : rechargez-la.")
        made.append(Choice(kept_id) if value == DISCARD else Choice(kept_id, expected_id, document_id or None))
    return made


def _discard_all(json_import: JsonImport) -> Sorted:
    if "confirmation" not in request.form:
        raise RuleBroken("Cochez la case pour confirmer : les fichiers écartés ne se retrouvent pas.")
    every = [Choice(one.id) for one in kept_files.of_import(json_import)]
    return reassignments.sort(json_import, every, person())


def _replace(json_import: JsonImport, kept_id: int) -> Sorted:
    name, content = uploads.stream(request.files.get(piece_upload.FIELD))
    return reassignments.replace(json_import, kept_id, name, content, person())


def _attempt(deed: Callable[[], Sorted], kept_id: int | None = None) -> Outcome:
    """Do, commit and tell; or undo and say why, at each file when it is known."""
    told: list[Sorted] = []
    outcome = piece_upload.attempt(SORTING if kept_id is None else f"{FIELD}{kept_id}", lambda: told.append(deed()))
    for done in told if not outcome.errors else ():
        _tell(done)
    return outcome


def _tell(done: Sorted) -> None:
    counts = (("classé", len(done.given)), ("écarté", len(done.discarded)), ("déjà classé entre-temps", done.gone))
    said = [f"{count} fichier{'s' if count > 1 else ''} {_agreed(word, count)}" for word, count in counts if count]
    flash(f"{', '.join(said) or 'Le nouveau fichier attend d’être classé'}.", "success")
    if done.completed:
        flash(f"Demandes complètes, « En cours » : {', '.join(done.completed)}.", "success")


def _agreed(word: str, count: int) -> str:
    return word.replace("classé", "classés").replace("écarté", "écartés") if count > 1 else word
