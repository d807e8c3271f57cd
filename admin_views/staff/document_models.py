"""The queue of models of documents to judge: the file, accepted or rejected with a word."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.columns import Column, by_name
from admin_views.criteria import ChoiceFilter, Filter, PeriodFilter
from admin_views.grid import Grid
from admin_views.rows import Join
from admin_views.staff.criteria import SupplierFilter, corridors
from admin_views.staff.writing import actor, attempt
from app.domain.enums import ModelStatus
from app.domain.permissions import Capability
from app.models.attachments import Attachment
from app.models.document_models import DocumentModel
from app.models.suppliers import Supplier
from app.services import document_models
from forms.staff import JudgeForm, StaffForm

HERE = "/gestion/modeles-de-documents"
STATUSES = tuple((one.value, one.label) for one in ModelStatus if one is not ModelStatus.DRAFT)


class DocumentModels(Grid):
    capability = Capability.JUDGE_MODELS
    model = DocumentModel
    title = "Modèles de documents"
    default_sort = ("sent_at", False)
    joins = (
        Join(Supplier, Supplier.id == DocumentModel.supplier_id),
        Join(Attachment, Attachment.id == DocumentModel.attachment_id),
    )
    columns = (
        Column("sent_at", DocumentModel.sent_at),
        by_name("name", Supplier.name, "Fournisseur"),
        Column("siret", Supplier.siret),
        by_name("label", DocumentModel.label),
        Column("file_name", Attachment.file_name, sortable=False),
        Column("status", DocumentModel.status, badge=True),
        Column("judged_at", DocumentModel.judged_at),
    )
    filters: ClassVar[Sequence[Filter]] = (
        ChoiceFilter("statut", "Statut", DocumentModel.status, lambda: STATUSES),
        ChoiceFilter("couloir", "Couloir", DocumentModel.corridor_code, corridors),
        SupplierFilter("fournisseur", "Fournisseur (nom ou SIRET)"),
        PeriodFilter("import", "Importé entre le", DocumentModel.sent_at),
    )

    def scope(self) -> Sequence[Any]:
        """What is not sent is its supplier's own."""
        return (DocumentModel.status != ModelStatus.DRAFT,)

    def row_url(self, row: Any) -> str:
        return f"{HERE}/{row.id}"

    @expose("/<row:model_id>")
    def consult(self, model_id: int) -> ResponseReturnValue:
        return self._page(_found(model_id))

    @expose("/<row:model_id>/accepter", methods=("POST",))
    def accept(self, model_id: int) -> ResponseReturnValue:
        return self._judged(model_id, document_models.accept, "Le modèle est accepté")

    @expose("/<row:model_id>/rejeter", methods=("POST",))
    def reject(self, model_id: int) -> ResponseReturnValue:
        return self._judged(model_id, document_models.reject, "Le modèle est rejeté")

    def _judged(self, model_id: int, deed: Callable[..., None], said: str) -> ResponseReturnValue:
        model, form = _found(model_id), JudgeForm()
        valid = form.validate_on_submit()
        if valid and attempt(form, lambda: deed(model, form.comment.data or "", int(form.seen.data), actor())):
            flash(f"{said} ; le fournisseur est averti.", "success")
            return redirect(url_for(".consult", model_id=model_id), 303)
        return self._page(_found(model_id), form), 422

    def _page(self, model: DocumentModel, form: StaffForm | None = None) -> str:
        return self.render(
            "staff/document_model.html",
            model=model,
            here=f"{HERE}/{model.id}",
            pending=model.status is ModelStatus.PENDING,
            form=form or JudgeForm(formdata=None, data={"seen": model.version}),
        )


def _found(model_id: int) -> DocumentModel:
    return document_models.find(model_id) or abort(404)
