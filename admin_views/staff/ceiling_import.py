"""The table of ceilings of a corridor by CSV: previewed against the version in force, applied as a draft."""

from typing import Any

from flask import Response, abort, flash, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.staff.corridor_sections import DRAFTS
from admin_views.staff.csv_imports import ROOM, CsvImport, as_csv
from admin_views.staff.writing import actor, key, one_commit
from app.domain.enums import CsvKind
from app.domain.permissions import Capability
from app.models.csv_uploads import CsvUpload
from app.services import ceiling_import, corridor_versions
from app.services.csv_uploads import Preview
from forms import uploads

_HERE = "/<code>/plafonds"


class CeilingImport(CsvImport):
    """`/gestion/couloirs/<code>/plafonds`."""

    capability = Capability.EDIT_CORRIDORS
    kind = CsvKind.CEILINGS
    title = "Plafonds"
    form_template = "staff/ceiling_import.html"

    def __init__(self, **kwargs: Any) -> None:
        self._default_view = "index"
        super().__init__(**kwargs)

    def address(self, code: str | None) -> str:
        return f"/gestion/couloirs/{code}/plafonds"

    def plan(self, content: bytes, code: str | None) -> Preview:
        return ceiling_import.preview(content, code or "")

    def context(self, code: str | None) -> dict[str, Any]:
        version = corridor_versions.in_force(code or "")
        assert version is not None, "its code was looked up"
        return {"version": version, "headings": ceiling_import.headings_of(corridor_versions.spec_of(version))}

    def carry_out(self, upload: CsvUpload, state: str) -> ResponseReturnValue:
        with one_commit():
            draft = ceiling_import.apply(upload, state, actor())
        flash(f"Les plafonds sont dans le brouillon {draft.name} : un second administrateur le publie.", "success")
        return redirect(f"{DRAFTS}/{draft.id}", 303)

    @expose(_HERE)
    def index(self, code: str) -> ResponseReturnValue:
        return self.ask(_with_table(code))

    @expose(_HERE, methods=("POST",))
    @uploads.accepts(ROOM)
    def send(self, code: str) -> ResponseReturnValue:
        return self.receive(_with_table(code))

    @expose(_HERE + ".csv")
    def current(self, code: str) -> Response:
        return as_csv(ceiling_import.current(_with_table(code)), f"plafonds-{code}.csv")

    @expose(_HERE + "/<row:upload_id>")
    def preview(self, code: str, upload_id: int) -> ResponseReturnValue:
        return self.show(upload_id, _with_table(code))

    @expose(_HERE + "/<row:upload_id>/apercu.csv")
    def report(self, code: str, upload_id: int) -> ResponseReturnValue:
        return self.tell(upload_id, _with_table(code))

    @expose(_HERE + "/<row:upload_id>/appliquer", methods=("POST",))
    def apply(self, code: str, upload_id: int) -> ResponseReturnValue:
        return self.do(upload_id, _with_table(code))


def _with_table(code: str) -> str:
    """The code of a corridor whose version in force has a table; 404 for any other."""
    version = corridor_versions.in_force(key(code))
    if version is None or not ceiling_import.columns_of(corridor_versions.spec_of(version)):
        abort(404)
    return code
