"""The supplier's menu: seven tabs, in the guide's words (« Les écrans du portail », § 2.2), five for forms only.

« Importer mes modèles de pièces justificatives » is offered to who has an enrolment validated in wave 2 (the same).
"""

from admin_views.menu import Group, Link
from app.models.users import User
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


def of(user: User) -> list[Group]:
    """The tabs of this supplier: which ones depends on how his corridors are deposited, and on his waves."""
    places = supplier_home.places_of(user.supplier_id) if user.supplier_id else []
    corridors = supplier_home.corridors_among(places)
    if supplier_home.deposits_by_form(corridors):
        return [HOME, ENROLMENT, FORM_REQUESTS, ACCOUNT, HELP]
    models = (MODELS,) if document_models.kinds_among(places) else ()
    forms = FORM_REQUESTS.links if supplier_home.has_form(corridors) else ()
    requests = Group(REQUESTS.label, (*REQUESTS.links, *models, *forms))
    return [HOME, ENROLMENT, IMPORTS, requests, EXPORTS, ACCOUNT, HELP]
