"""The home of all staff: what waits for this person, each counter leading to its list."""

from dataclasses import dataclass

from flask_admin import expose
from flask_login import current_user

from admin_views.guard import StaffHome
from app.services import worklists
from app.services.worklists import Task


@dataclass(frozen=True, slots=True)
class Tile:
    """A counter and the list it leads to. `hint` says what is counted."""

    label: str
    count: int
    url: str
    hint: str


# Key of the counter → label, address of the list, hint; in the order of a request's life.
TILES = (
    (
        worklists.ENROLMENTS,
        "Enrôlements à instruire",
        "/gestion/enrolements/?statut=in_progress",
        "Demandes d'enrôlement au statut « En cours ».",
    ),
    (Task.INSTRUCT.value, "À instruire", "/gestion/demandes/?a_faire=instruire", "Demandes au statut « En cours »."),
    (
        worklists.WITH_SUPPLIER,
        "En attente du fournisseur",
        "/gestion/demandes/?a_faire=attente",
        "Une pièce ou une modification lui est demandée.",
    ),
    (Task.DECIDE.value, "À décider", "/gestion/decisions/nouvelle", "Demandes validées, en attente d'une enveloppe."),
    (worklists.PROPOSALS, "Enveloppes à approuver", "/gestion/enveloppes/a-approuver", "Propositions d'un décideur."),
    (Task.ORDER.value, "À mettre en paiement", "/gestion/paiements/nouveau", "Demandes décidées."),
    (
        Task.CONFIRM.value,
        "Paiements à enregistrer",
        "/gestion/demandes/?a_faire=enregistrer",
        "Virements ordonnés, pas encore enregistrés.",
    ),
    (
        worklists.RECOVERIES_TO_ISSUE,
        "Recouvrements à émettre",
        "/gestion/recouvrements/?statut=proposed",
        "Proposés par un décideur.",
    ),
    (
        worklists.RECOVERIES_TO_CONFIRM,
        "Recouvrements à enregistrer",
        "/gestion/recouvrements/?statut=issued",
        "Ordres émis, pas encore recouvrés.",
    ),
    (
        worklists.BANK_CHANGES,
        "Coordonnées bancaires",
        "/gestion/coordonnees-bancaires/?statut=pending",
        "Changements à vérifier ; deux gestionnaires sont nécessaires.",
    ),
    (
        worklists.PERSON_CHANGES,
        "Changements de personnes",
        "/gestion/changements-de-personnes/?statut=pending",
        "Représentants légaux et demandeurs à instruire.",
    ),
    (
        worklists.DOCUMENT_MODELS,
        "Modèles de documents",
        "/gestion/modeles-de-documents/?statut=pending",
        "Transmis par des fournisseurs de la vague 2, à instruire.",
    ),
    (
        worklists.FAILED_MAILS,
        "Courriels en échec",
        "/gestion/courriels/?statut=failed&statut=bounced",
        "Refusés, revenus ou non remis après 24 heures d'essais.",
    ),
    (worklists.LOCKED_ACCOUNTS, "Comptes verrouillés", "/gestion/comptes/?verrou=oui", "Trop de mots de passe faux."),
)


class Home(StaffHome):
    """« Accueil »."""

    @expose("/")
    def index(self) -> str:
        counts = worklists.counters(current_user)
        tiles = [Tile(label, counts[key], url, hint) for key, label, url, hint in TILES if key in counts]
        return self.render("staff/home.html", tiles=tiles)
