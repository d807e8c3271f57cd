"""The pages of « Documentation des fichiers JSON »: index, a page per corridor, the codes, the files to download.

Guide « Les écrans du portail », § 4: « Accéder à la documentation » leads here, without account.
"""

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.domain import limits
from app.domain.enums import DepositMode
from app.models.corridors import CorridorVersion
from app.services import (
    clock,
    corridor_versions,
    deposit_calendar,
    format_documentation,
    format_files,
    model_files,
    supplier_home,
)
from app.services.model_files import ModelFile
from app.web import revalidation

blueprint = Blueprint("documentation", __name__, url_prefix=format_files.PAGE)


@blueprint.get("")
def index() -> ResponseReturnValue:
    return revalidation.answer(_facts(), _index)


@blueprint.get("/codes")
def codes() -> ResponseReturnValue:
    return revalidation.answer(
        (), lambda: render_template("public/codes.html", families=format_documentation.code_families())
    )


@blueprint.get("/<code>")
def corridor(code: str) -> ResponseReturnValue:
    if code != code.upper() and format_files.may_be_a_code(code):
        return redirect(f"{format_files.PAGE}/{code.upper()}")
    return revalidation.answer(_facts(), lambda: _corridor(code))


def _index() -> str:
    """The supplier's own corridors come first."""
    supplier_id = _supplier_id()
    own = {one.code for one in supplier_home.corridors_of(supplier_id)} if supplier_id else set()
    found = sorted(format_documentation.corridors(), key=lambda one: one[0].corridor.code not in own)
    return render_template(
        "public/documentation.html",
        corridors=found,
        own=own,
        answered=next((format_files.answered(one.corridor.code) for one, _ in found if _by_file(one)), ""),
        lines=limits.LINES_PER_FILE,
        megabytes=limits.JSON_FILE_BYTES // limits.MEGABYTE,
    )


def _by_file(version: CorridorVersion) -> bool:
    return version.corridor.deposit is DepositMode.JSON


def _corridor(code: str) -> str:
    page = format_documentation.page(code) or abort(404)
    return render_template("public/corridor.html", page=page, folder=format_files.folder, models=_models(code))


def _models(code: str) -> list[ModelFile]:
    """Files with his own numbers, for a supplier enrolled in this corridor."""
    supplier_id = _supplier_id()
    found = model_files.offered_to(supplier_id) if supplier_id else []
    return [one for one in found if one.enrolment.referencing.corridor_code == code]


def _supplier_id() -> int | None:
    return getattr(current_user, "supplier_id", None)


@blueprint.get("/<code>/<phase>/schema.json")
@blueprint.get("/<code>/vague-<row:wave>/<phase>/schema.json")
def schema(code: str, phase: str, wave: int | None = None) -> ResponseReturnValue:
    return _download(lambda: format_files.schema(code, phase, wave), "schema", code, phase, wave)


@blueprint.get("/<code>/<phase>/exemple.json")
@blueprint.get("/<code>/vague-<row:wave>/<phase>/exemple.json")
def example(code: str, phase: str, wave: int | None = None) -> ResponseReturnValue:
    return _download(lambda: format_files.example(code, phase, wave), "exemple", code, phase, wave)


@blueprint.get("/<code>/<phase>/vierge.json")
@blueprint.get("/<code>/vague-<row:wave>/<phase>/vierge.json")
def blank(code: str, phase: str, wave: int | None = None) -> ResponseReturnValue:
    return _download(lambda: format_files.example(code, phase, wave, blank=True), "vierge", code, phase, wave)


def _download(make: Callable[[], dict[str, Any] | None], *name: str | int | None) -> Response:
    return revalidation.answer(_facts(), lambda: _json(make(), "-".join(str(one) for one in name if one is not None)))


def _json(content: dict[str, Any] | None, name: str) -> Response:
    if content is None:
        abort(404)
    answer = Response(json.dumps(content, ensure_ascii=False, indent=2), mimetype="application/json")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.json")
    return answer


def _facts() -> tuple[object, ...]:
    """What the pages are made of: the versions in force, and the instant as far as they tell it."""
    versions = corridor_versions.all_in_force()
    states = (period.state for version in versions for period in deposit_calendar.of_version(version))
    return clock.today(), tuple(one.id for one in versions), tuple(states)
