"""The items of the menu whose screens are not open yet: what each will do, and what to do meanwhile."""

from dataclasses import dataclass

from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.supplier.pages import Pages


@dataclass(frozen=True, slots=True)
class Notice:
    title: str
    purpose: str
    meanwhile: str


FORM_AVANCE = Notice(
    "Ma demande d'avance",
    "Cet écran vous permettra de déposer votre demande d'avance par formulaire, avec ses pièces justificatives, puis"
    " d'en suivre l'instruction.",
    "Le dépôt par formulaire n'est pas encore ouvert sur ce portail. Aucune demande ne peut y être déposée.",
)
FORM_SOLDE = Notice(
    "Ma demande de solde",
    "Cet écran vous permettra de déposer votre demande de solde par formulaire une fois votre avance payée, puis d'en"
    " suivre l'instruction.",
    "Le dépôt par formulaire n'est pas encore ouvert sur ce portail. Aucune demande ne peut y être déposée.",
)


class Coming(Pages):
    """One address per item."""

    landing = "avance"

    @expose("/demande_avance_operateur")
    def avance(self) -> ResponseReturnValue:
        return self._page(FORM_AVANCE)

    @expose("/demande_solde_operateur")
    def solde(self) -> ResponseReturnValue:
        return self._page(FORM_SOLDE)

    def _page(self, notice: Notice) -> str:
        return self.render("supplier/coming.html", notice=notice)
