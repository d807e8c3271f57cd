"""« Importer mes modèles de pièces justificatives »: the history, an import in two steps, what the ASP answered.

Guide « Les écrans du portail », § 5.3. The screen is his who has an enrolment validated in a wave that asks models;
404 for anybody else.
"""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views import table_pages as addresses
from admin_views.supplier.pages import ROOM_FOR_A_REFUSAL, Pages, attempt, company, person
from admin_views.supplier.piece_upload import PIECE_MB
from app.domain import limits
from app.domain.enums import ModelStatus
from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.document_models import DocumentModel
from app.services import document_models, table_pages
from forms import uploads
from forms.own_account import ModelForm

HERE = "/segurnums/modeles-de-documents/"
HINT = (
    f"Taille maximale : {PIECE_MB} Mo. Formats supportés : jpg, jpeg, png, pdf."  # in the guide's order
    f" Le nom du fichier ne doit pas excéder {limits.MODEL_NAME_LENGTH} caractères et ne doit pas contenir de"
    " caractères spéciaux."
)


class DocumentModelPages(Pages):
    landing = "page"
    rooms = {"add": ROOM_FOR_A_REFUSAL}

    @expose("/")
    def page(self) -> ResponseReturnValue:
        return self._page(_form(empty=True))

    @expose("/", methods=("POST",))
    def add(self) -> ResponseReturnValue:
        """« Importer »: kept, not sent yet."""
        form = _form()
        if form.validate_on_submit() and attempt(form, lambda: _add(form)):
            flash("L'import est effectué : validez-le pour transmettre le document à l'ASP.", "success")
            return redirect(f"{HERE}#en-cours", 303)
        return self._page(form), 422

    @expose("/valider", methods=("POST",))
    def send(self) -> ResponseReturnValue:
        """« Valider mon import »."""
        form = _form(empty=True)
        if not attempt(form, lambda: document_models.send(company(), person())):
            return self._page(form), 422
        flash("Votre import est validé : il est transmis à l'ASP pour instruction.", "success")
        return redirect(HERE, 303)

    @expose("/<row:model_id>/supprimer", methods=("POST",))
    def remove(self, model_id: int) -> ResponseReturnValue:
        name = document_models.remove(company(), model_id) or abort(404)
        db.session.commit()
        flash(f"Le fichier « {name} » est supprimé.", "success")
        return redirect(f"{HERE}#en-cours", 303)

    @expose("/<row:model_id>")
    def consult(self, model_id: int) -> ResponseReturnValue:
        """« Consulter »: what was sent, and the comments that justify the decision."""
        model = document_models.find_own(company(), model_id)
        if model is None or model.status is ModelStatus.DRAFT:
            abort(404)
        return self.render("supplier/document_model.html", model=model, here=HERE)

    def oversized(self, arguments: Mapping[str, Any]) -> ResponseReturnValue:
        form = _form(empty=True)
        form.refuse(RuleBroken(f"Le fichier dépasse {PIECE_MB} Mo : rien n'a été reçu.", field="file"))
        return self._page(form), 422

    def _page(self, form: ModelForm) -> str:
        return self.render(
            "supplier/document_models.html",
            form=form,
            here=HERE,
            hint=HINT,
            drafts=document_models.drafts_of(company()),
            sent=table_pages.cut("historique", document_models.history(company()), addresses.asked()),
            turn=addresses.turning(HERE),
        )


def _add(form: ModelForm) -> DocumentModel:
    return document_models.add(company(), str(form.kind.data), uploads.stream(form.file.data), person())


def _form(*, empty: bool = False) -> ModelForm:
    kinds = document_models.kinds_of(company().id) or abort(404)
    choices = [(one.code, one.label) for one in kinds]
    return ModelForm(choices, formdata=None) if empty else ModelForm(choices)
