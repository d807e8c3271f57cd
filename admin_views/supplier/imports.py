"""« Rechercher l'import de mes JSONs et pièces justificatives » (guide « Les écrans du portail », § 4.1)."""

from collections.abc import Sequence
from typing import Any

from flask import send_file
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from admin_views.columns import Column
from admin_views.criteria import ChoiceFilter, Filter, PeriodFilter, choices_of
from admin_views.grid import Grid
from app.domain.enums import Phase
from app.domain.errors import Unavailable
from app.models.imports import JsonImport
from app.services import formats, imports


class ImportGrid(Grid):
    """The files deposited with success: nine columns, the last one downloads the file the portal gives back."""

    model = JsonImport
    for_suppliers = True
    title = "Rechercher l'import de mes JSONs et pièces justificatives"
    list_heading = "Liste des imports de fichiers JSON :"
    page_template = "supplier/imports/list.html"
    actions_heading = "Fichier JSON"
    columns = (
        Column("identifier", JsonImport.id),
        Column("imported_at", JsonImport.imported_at, shown=formats.day),
        Column("ans_number", JsonImport.ans_number),
        Column("phase", JsonImport.phase),
        Column("file_name", JsonImport.file_name),
        Column("line_count", JsonImport.line_count, numeric=True),
        Column("retained_count", JsonImport.retained_count, numeric=True),
        Column("rejected_count", JsonImport.rejected_count, numeric=True),
    )
    filters = (
        Filter("numero_ans", "Numéro ANS", JsonImport.ans_number),
        ChoiceFilter("type", "Type", JsonImport.phase, choices=choices_of(Phase)),
        PeriodFilter("depot", "Déposée entre le", JsonImport.imported_at, label_to="et le"),
    )

    def scope(self) -> Sequence[Any]:
        return (JsonImport.supplier_id == current_user.supplier_id,)

    def row_actions(self, row: Any) -> Sequence[tuple[str, str]]:
        return [("Télécharger", f"/segurnums/imports/{row.id}/resultat")]

    @expose("/<row:import_id>/resultat")
    def result(self, import_id: int) -> ResponseReturnValue:
        """The output file: the input with the N° ASP and the outcome of each line (R076)."""
        json_import = self.one(str(import_id))
        name = json_import.file_name.removesuffix(".json")
        try:
            content = imports.open_result(json_import)
        except KeyError as lost:
            raise Unavailable(f"Le fichier de l'import n° {import_id} est momentanément indisponible.") from lost
        return send_file(
            content,
            mimetype="application/json",
            as_attachment=True,
            download_name=f"{name}-retour-{json_import.id}.json",
        )
