"""« Accueil fournisseur »: news, counts, buttons, and the warning for non-completed requests.

Guide « Les écrans du portail », § 2 and § 9; the buttons of a supplier who deposits by form, guide « Modification d'une
demande de solde SAS ».
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_admin import expose

from admin_views.guard import SupplierHome
from admin_views.supplier.own_enrolments import own_enrolments
from admin_views.supplier.pages import company
from app.services import news, supplier_home
from app.services.supplier_home import OpenCorridor


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    url: str
    hint: str = ""


BUTTONS = (
    Button("Suivi des demandes d'enrôlement", "/segurnums/enrolements/"),
    Button("Suivi du téléchargement de mes JSONs et pièces justificatives", "/segurnums/imports/"),
    Button("Suivi des demandes de financement", "/segurnums/demandes/"),
)


class Home(SupplierHome):
    """The first page after the login."""

    @expose("/")
    def index(self) -> str:
        supplier = company()
        corridors = supplier_home.corridors_among(supplier_home.places_among(own_enrolments()))
        by_form = supplier_home.deposits_by_form(corridors)
        return self.render(
            "supplier/home.html",
            heading=f"Accueil fournisseur {_codes(corridors)}" if by_form else "Accueil fournisseur",
            buttons=_form_buttons(corridors) if by_form else BUTTONS,
            home=supplier_home.of(supplier.id),
            news=news.for_corridors({corridor.code for corridor in corridors}),
        )


def _codes(corridors: Sequence[OpenCorridor]) -> str:
    return ", ".join(corridor.code for corridor in corridors)


def _form_buttons(corridors: Sequence[OpenCorridor]) -> tuple[Button, ...]:
    return (
        Button("Suivi des demandes d'enrôlement", "/segurnums/enrolements/", hint="Gérer ma demande d'enrôlement"),
        Button(
            "Suivi de ma demande de financement",
            "/segurnums/demande_avance_operateur",
            hint=f"Gérer ma demande de financement du fournisseur {_codes(corridors)}",
        ),
    )
