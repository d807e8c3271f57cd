"""How reference data is changed by a CSV on a staff screen: send, look at what it would do, apply just that."""

from typing import Any, ClassVar

from flask import Response, abort, flash, redirect, request
from flask.typing import ResponseReturnValue

from admin_views.guard import Screen
from admin_views.staff.writing import actor, one_commit
from app.domain import file_names, limits
from app.domain.enums import CsvKind, RowFate
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.extensions import db
from app.models.csv_uploads import CsvUpload
from app.services import csv_uploads
from app.services.csv_uploads import Preview, StalePreview
from forms import uploads

FIELD = "file"
SHOWN = 200  # rows of each kind on the page: the report has them all
# Somewhat over the limit is received, so that the refusal stands at its field.
ROOM = 4 * limits.CSV_BYTES


class CsvImport(Screen):
    """What the screens of one kind share. `code` is the corridor's, None when the data has none."""

    kind: ClassVar[CsvKind]
    title: ClassVar[str]
    form_template: ClassVar[str]

    def address(self, code: str | None) -> str:
        raise NotImplementedError

    def plan(self, content: bytes, code: str | None) -> Preview:
        """What these bytes would do. Raises `RuleBroken`."""
        raise NotImplementedError

    def carry_out(self, upload: CsvUpload, state: str) -> ResponseReturnValue:
        """Apply, tell, lead on. Raises `RuleBroken`, `StalePreview`."""
        raise NotImplementedError

    def context(self, code: str | None) -> dict[str, Any]:
        """What the page of the form shows besides."""
        return {}

    def ask(self, code: str | None = None, error: str = "") -> ResponseReturnValue:
        """The form, with what is wrong."""
        page = self.render(
            self.form_template,
            title=self.title,
            here=self.address(code),
            error=error,
            csv_limit=limits.CSV_BYTES,
            most_rows=limits.CSV_ROWS,
            history=csv_uploads.applied(self.kind),
            code=code,
            **self.context(code),
        )
        return (page, 422) if error else page

    def receive(self, code: str | None = None) -> ResponseReturnValue:
        """Keep a file that can be read; its preview is a page of its own."""
        sent = request.files.get(FIELD)
        try:
            content = uploads.read(sent, limits.CSV_BYTES)
            self.plan(content, code)
        except (Conflict, NotAllowed):
            raise
        except RuleBroken as refusal:
            db.session.rollback()
            return self.ask(code, str(refusal))
        assert sent is not None, "it was read"
        with one_commit():
            upload = csv_uploads.keep(self.kind, file_names.kept(sent.filename or ""), content, actor(), code)
        return redirect(f"{self.address(code)}/{upload.id}", 303)

    def show(self, upload_id: int, code: str | None = None, alert: str = "", status: int = 200) -> ResponseReturnValue:
        """What applying would do now, refused lines first."""
        upload = self._found(upload_id, code)
        if upload.applied_at is not None:
            flash(f"Le fichier « {upload.file_name} » est appliqué.", "info")
            return redirect(self.address(code), 303)
        try:
            preview = self._preview(upload, code)
        except RuleBroken as unreadable:  # the columns of the corridor are others since
            return self.ask(code, f"« {upload.file_name} » ne se lit plus : {unreadable} Envoyez un nouveau fichier.")
        return self.render(
            "staff/csv_preview.html",
            title=self.title,
            here=self.address(code),
            upload=upload,
            preview=preview,
            fates=[fate for fate in RowFate if preview.totals[fate]],
            shown=SHOWN,
            alert=alert,
            code=code,
        ), status

    def tell(self, upload_id: int, code: str | None = None) -> ResponseReturnValue:
        """The whole preview, as a CSV."""
        upload = self._found(upload_id, code)
        try:
            report = csv_uploads.report(self._preview(upload, code))
        except RuleBroken:
            return redirect(f"{self.address(code)}/{upload.id}", 303)
        return as_csv(report, f"apercu-{upload.id}.csv")

    def do(self, upload_id: int, code: str | None = None) -> ResponseReturnValue:
        """« Appliquer » what was previewed, or say that it has changed and show it again."""
        upload = self._found(upload_id, code)
        try:
            return self.carry_out(upload, request.form.get("state", ""))
        except StalePreview as stale:
            db.session.rollback()
            return self.show(upload_id, code, str(stale), 409)
        except (Conflict, NotAllowed):
            raise
        except RuleBroken as refusal:
            db.session.rollback()
            return self.show(upload_id, code, str(refusal), 422)

    def _found(self, upload_id: int, code: str | None) -> CsvUpload:
        return csv_uploads.find(self.kind, upload_id, code) or abort(404)

    def _preview(self, upload: CsvUpload, code: str | None) -> Preview:
        return self.plan(csv_uploads.content_of(upload), code)


def as_csv(text: str, file_name: str) -> Response:
    answer = Response(text, mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=file_name)
    return answer
