"""« Importer les référencements ANS »: the list of the ANS by CSV, previewed then applied."""

from typing import Any

from flask import Response, flash, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.staff.csv_imports import ROOM, CsvImport, as_csv
from admin_views.staff.writing import actor, one_commit
from app.domain.enums import CsvKind, RowFate
from app.domain.permissions import Capability
from app.models.csv_uploads import CsvUpload
from app.services import referencing_import
from app.services.csv_uploads import Preview
from forms import uploads

HERE = "/gestion/referencements/import"


class ReferencingImport(CsvImport):
    """`/gestion/referencements/import`."""

    capability = Capability.IMPORT_REFERENCINGS
    kind = CsvKind.REFERENCINGS
    title = "Importer les référencements ANS"
    form_template = "staff/referencing_import.html"

    def address(self, code: str | None) -> str:
        return HERE

    def plan(self, content: bytes, code: str | None) -> Preview:
        return referencing_import.preview(content)

    def context(self, code: str | None) -> dict[str, Any]:
        return {"headings": referencing_import.HEADINGS}

    def carry_out(self, upload: CsvUpload, state: str) -> ResponseReturnValue:
        with one_commit():
            done = referencing_import.apply(upload, state, actor())
        counts = f"{done.totals[RowFate.NEW]} nouveau(x), {done.totals[RowFate.CHANGED]} modifié(s)"
        flash(f"Référencements appliqués : {counts}.", "success")
        return redirect("/gestion/referencements/", 303)

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return self.ask()

    @expose("/", methods=("POST",))
    @uploads.accepts(ROOM)
    def send(self) -> ResponseReturnValue:
        return self.receive()

    @expose("/modele.csv")
    def template(self) -> Response:
        return as_csv(referencing_import.template(), "modele-referencements.csv")

    @expose("/actuels.csv")
    def current(self) -> Response:
        return as_csv(referencing_import.current(), "referencements.csv")

    @expose("/<row:upload_id>")
    def preview(self, upload_id: int) -> ResponseReturnValue:
        return self.show(upload_id)

    @expose("/<row:upload_id>/apercu.csv")
    def report(self, upload_id: int) -> ResponseReturnValue:
        return self.tell(upload_id)

    @expose("/<row:upload_id>/appliquer", methods=("POST",))
    def apply(self, upload_id: int) -> ResponseReturnValue:
        return self.do(upload_id)
