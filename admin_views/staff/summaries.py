"""« Tableaux de synthèse »: one page asks and shows the table; the same question leaves as a workbook or a CSV."""

from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from admin_views.arguments import refuse_unknown
from admin_views.guard import Screen
from admin_views.staff.criteria import corridors
from admin_views.staff.writing import actor
from app.domain.enums import Phase
from app.domain.errors import RuleBroken
from app.domain.permissions import Capability
from app.domain.summary_tables import Dimension, Measure, Question
from app.extensions import db, reading
from app.services import summaries, summary_files
from app.services.summaries import Summary
from forms.summaries import SummaryForm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Summaries(Screen):
    capability = Capability.EXPORT

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Without a question, the form alone: a table reads every request."""
        form = _form(request.args or None)
        refuse_unknown(field.name for field in form)
        return self._page(form, _answer(form) if request.args else None)

    @expose("/classeur", methods=("POST",))
    def workbook(self) -> ResponseReturnValue:
        return self._send("xlsx", XLSX, lambda summary: summary_files.as_workbook(summary, actor()))

    @expose("/csv", methods=("POST",))
    def csv(self) -> ResponseReturnValue:
        return self._send("csv", "text/csv", summary_files.as_csv)

    def _send(self, extension: str, media_type: str, written: Callable[[Summary], bytes]) -> ResponseReturnValue:
        """The file, audited and committed before it leaves. The table is read without keeping a writer out."""
        form = _form(request.form)
        db.session.commit()
        with reading():
            summary = _answer(form)
            if summary is None:
                return self._page(form, None)
            content = written(summary)
            db.session.commit()
        name = summary_files.file_name(extension)
        summaries.record_export(summary, name, actor())
        db.session.commit()
        answer = Response(content, mimetype=media_type)
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    def _page(self, form: SummaryForm, summary: Summary | None) -> ResponseReturnValue:
        page = self.render("staff/summaries.html", form=form, summary=summary, asked=_asked(form))
        return (page, 422) if form.errors else page


def _form(asked: Any) -> SummaryForm:
    """The form on what was asked; its POST is covered by the token of the page, as every POST."""
    form = SummaryForm(formdata=asked, meta={"csrf": False})
    form.corridor.choices = [("", summaries.ALL), *corridors()]
    return form


def _answer(form: SummaryForm) -> Summary | None:
    """The table, or None: the form then says why."""
    if not form.validate():
        return None
    try:
        return summaries.compute(_question(form), current_user.role_set)
    except RuleBroken as refusal:
        form.refuse(str(refusal), refusal.field)
        return None


def _question(form: SummaryForm) -> Question:
    """Raises `RuleBroken` when the choices do not go together."""
    return Question(
        rows=tuple(Dimension(code) for code in (form.rows.data, form.then.data) if code),
        measures=tuple(measure for measure in Measure if measure in form.measures.data),
        columns=Dimension(form.columns.data) if form.columns.data else None,
        deposited_from=form.deposited_from.data,
        deposited_to=form.deposited_to.data,
        corridor=form.corridor.data or None,
        phase=Phase(form.phase.data) if form.phase.data else None,
    )


def _asked(form: SummaryForm) -> list[tuple[str, str]]:
    """The question as hidden fields of the download forms."""
    return [(field.name, text) for field in form for text in field.raw_data or ()]
