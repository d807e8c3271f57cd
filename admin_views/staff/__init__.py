"""The staff site: its home, its screens and its menu."""

from flask_admin import BaseView

from admin_views.guard import StaffHome
from admin_views.staff.account_pages import AccountPages
from admin_views.staff.assistance import Tickets
from admin_views.staff.bank_changes import BankChanges
from admin_views.staff.ceiling_import import CeilingImport
from admin_views.staff.contents import News, Questions, Rubrics, TextPages
from admin_views.staff.corridor_ceilings import CorridorCeilings
from admin_views.staff.corridor_drafts import CorridorDrafts
from admin_views.staff.corridor_editor import CorridorEditor
from admin_views.staff.corridor_previews import CorridorPreviews
from admin_views.staff.corridor_quick import CorridorQuick
from admin_views.staff.corridors import Corridors
from admin_views.staff.decisions import Decisions
from admin_views.staff.document_models import DocumentModels
from admin_views.staff.enrolments import StaffEnrolments
from admin_views.staff.envelopes import Envelopes
from admin_views.staff.exports import StaffExports
from admin_views.staff.home import Home
from admin_views.staff.job_runs import JobRuns
from admin_views.staff.mails import Mails, MailTemplates
from admin_views.staff.payments import Payments
from admin_views.staff.person_changes import PersonChanges
from admin_views.staff.recoveries import Recoveries
from admin_views.staff.referencing_import import HERE as REFERENCING_IMPORT
from admin_views.staff.referencing_import import ReferencingImport
from admin_views.staff.registers import People, Referencings, Suppliers
from admin_views.staff.requests import StaffRequests
from admin_views.staff.simulations import PublicSimulations
from admin_views.staff.summaries import Summaries
from admin_views.staff.traces import Accounts, Audit
from admin_views.staff.wordings import Wordings

NAME, ENDPOINT, URL = "Gestion", "gestion", "/gestion"


def home() -> StaffHome:
    return Home(name="Accueil", endpoint=ENDPOINT, url=URL, template="staff/home.html")


def views() -> list[BaseView]:
    """Every screen of the site; its `capability` says to whom it opens."""
    return [
        StaffRequests(endpoint="staff_requests", url="/gestion/demandes"),
        StaffEnrolments(endpoint="staff_enrolments", url="/gestion/enrolements"),
        DocumentModels(endpoint="staff_document_models", url="/gestion/modeles-de-documents"),
        Decisions(endpoint="staff_decisions", url="/gestion/decisions"),
        Envelopes(endpoint="staff_envelopes", url="/gestion/enveloppes"),
        Payments(endpoint="staff_payments", url="/gestion/paiements"),
        Wordings(endpoint="staff_wordings", url="/gestion/motifs-de-rejet"),
        Recoveries(endpoint="staff_recoveries", url="/gestion/recouvrements"),
        StaffExports(name="Exports", endpoint="staff_exports", url="/gestion/exports"),
        Summaries(name="Tableaux de synthèse", endpoint="staff_summaries", url="/gestion/tableaux-de-synthese"),
        Suppliers(endpoint="staff_suppliers", url="/gestion/fournisseurs"),
        People(endpoint="staff_people", url="/gestion/personnes"),
        BankChanges(endpoint="staff_bank_changes", url="/gestion/coordonnees-bancaires"),
        PersonChanges(endpoint="staff_person_changes", url="/gestion/changements-de-personnes"),
        ReferencingImport(
            name="Importer les référencements", endpoint="staff_referencing_import", url=REFERENCING_IMPORT
        ),
        Referencings(endpoint="staff_referencings", url="/gestion/referencements"),
        Corridors(endpoint="staff_corridors", url="/gestion/couloirs"),
        CeilingImport(name="Plafonds", endpoint="staff_ceiling_import", url="/gestion/couloirs"),
        CorridorQuick(name="Couloir", endpoint="staff_corridor_quick", url="/gestion/couloirs"),
        CorridorDrafts(name="Brouillons", endpoint="staff_corridor_drafts", url="/gestion/couloirs/brouillons"),
        CorridorEditor(name="Brouillon", endpoint="staff_corridor_editor", url="/gestion/couloirs/brouillons"),
        CorridorCeilings(name="Barème", endpoint="staff_corridor_ceilings", url="/gestion/couloirs/brouillons"),
        CorridorPreviews(name="Aperçu", endpoint="staff_corridor_previews", url="/gestion/couloirs/brouillons"),
        Accounts(endpoint="staff_accounts", url="/gestion/comptes"),
        AccountPages(name="Compte", endpoint="staff_account", url="/gestion/compte"),
        Tickets(endpoint="staff_tickets", url="/gestion/assistance"),
        Questions(endpoint="staff_questions", url="/gestion/questions"),
        Rubrics(endpoint="staff_rubrics", url="/gestion/rubriques"),
        News(endpoint="staff_news", url="/gestion/actualites"),
        TextPages(name="Pages", endpoint="staff_text_pages", url="/gestion/pages"),
        Mails(endpoint="staff_mails", url="/gestion/courriels"),
        MailTemplates(
            name="Modèles de courriels", endpoint="staff_mail_templates", url="/gestion/modeles-de-courriels"
        ),
        Audit(endpoint="staff_audit", url="/gestion/audit"),
        JobRuns(endpoint="staff_jobs", url="/gestion/taches"),
        PublicSimulations(endpoint="staff_simulations", url="/gestion/simulations"),
    ]
