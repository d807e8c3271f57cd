"""The supplier's menu: seven tabs, in the guide's words (« Les écrans du portail », § 2.2), five for forms only.

« Importer mes modèles de pièces justificatives » is offered to who has an enrolment validated in wave 2 (the same).
"""

import functools

from admin_views.menu import Group, Link
from admin_views.supplier.own_enrolments import own_enrolments
from app.services import document_models, supplier_home

HOME = Group("Accueil", url="/segurnums/")
ENROLMENT = Group(
    "Enrôlement",
    (
        Link("Gérer mes demandes d'enrôlement", "/segurnums/enrolements/"),
        Link("Faire une demande complémentaire", "/segurnums/enrolements/complementaire"),
    ),
)
IMPORTS = Group(
    "Importation JSONs",
    (
        Link("Gérer mes importations JSONs", "/segurnums/imports/"),
        Link("Importer mes demandes", "/segurnums/imports/nouveau"),
        Link("Accéder à la documentation des JSONs", "/segurnum/documentation-json"),
    ),
)
REQUESTS = Group(
    "Demandes de financement",
    (Link("Gérer mes demandes de financement", "/segurnums/demandes/"),),
)
MODELS = Link("Importer mes modèles de pièces justificatives", "/segurnums/modeles-de-documents/")
FORM_REQUESTS = Group(
    "Demande de financement",
    (
        Link("Ma demande d'avance", "/segurnums/demande_avance_operateur"),
        Link("Ma demande de solde", "/segurnums/demande_solde_operateur"),
    ),
)
EXPORTS = Group(
    "Exports",
    (
        Link("Exporter vos demandes de financement", "/segurnums/exports/demandes"),
        Link("Exporter vos bénéficiaires", "/segurnums/exports/beneficiaires"),
    ),
)
ACCOUNT = Group(
    "Mon compte",
    (
        Link("Gérer mes coordonnées bancaires", "/segurnums/compte/coordonnees-bancaires/"),
        Link("Gérer mes coordonnées personnes physiques", "/segurnums/compte/personnes"),
        Link("Gérer les utilisateurs", "/segurnums/compte/utilisateurs"),
        Link("Mes échéances", "/segurnums/echeances/"),
        Link("Sécurité de mon compte", "/segurnums/compte/securite/"),
    ),
)
HELP = Group(
    "Besoin d'aide ?",
    (
        Link("Consulter les questions fréquentes", "/segurnum/foires-aux-questions"),
        Link("Contacter l'assistance", "/segurnum/contacter-assistance"),
        Link("Mes messages à l'assistance", "/segurnums/messages/"),
    ),
)


def tabs() -> tuple[Group, ...]:
    """The tabs of the supplier who asks: which ones depends on how his corridors are deposited, and on his waves."""
    places = supplier_home.places_among(own_enrolments())
    corridors = supplier_home.corridors_among(places)
    by_form = supplier_home.deposits_by_form(corridors)
    judged = not by_form and bool(document_models.kinds_among(places))
    return _tabs(by_form, judged, supplier_home.has_form(corridors))


@functools.cache
def _tabs(by_form: bool, judged: bool, has_form: bool) -> tuple[Group, ...]:
    """`judged`: his models of documents are."""
    if by_form:
        return (HOME, ENROLMENT, FORM_REQUESTS, ACCOUNT, HELP)
    models = (MODELS,) if judged else ()
    forms = FORM_REQUESTS.links if has_form else ()
    requests = Group(REQUESTS.label, (*REQUESTS.links, *models, *forms))
    return (HOME, ENROLMENT, IMPORTS, requests, EXPORTS, ACCOUNT, HELP)
