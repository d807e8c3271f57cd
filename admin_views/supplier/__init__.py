"""The supplier's site: its home, its screens and its menu."""

from flask_admin import BaseView

from admin_views.supplier.account import BankAccountGrid
from admin_views.supplier.bank_account import BankAccountPages
from admin_views.supplier.complement import ComplementPages
from admin_views.supplier.document_models import DocumentModelPages
from admin_views.supplier.enrolments import EnrolmentGrid
from admin_views.supplier.exports import SupplierExports
from admin_views.supplier.form_requests import FormRequests
from admin_views.supplier.home import Home
from admin_views.supplier.import_pieces import ImportPieces
from admin_views.supplier.import_wizard import ImportWizard
from admin_views.supplier.imports import ImportGrid
from admin_views.supplier.incomplete import IncompleteGrid
from admin_views.supplier.incomplete_pieces import IncompletePieces
from admin_views.supplier.kept_files import KeptFiles
from admin_views.supplier.messages import Messages
from admin_views.supplier.modification import ModificationPages
from admin_views.supplier.own_deadlines import OwnDeadlines
from admin_views.supplier.people import People
from admin_views.supplier.request_pages import RequestPages
from admin_views.supplier.requests import RequestGrid
from admin_views.supplier.users import SupplierUsers

NAME, ENDPOINT, URL = "Portail SEGUR Numérique", "segurnums", "/segurnums"


def home() -> Home:
    return Home(name="Accueil", endpoint=ENDPOINT, url=URL)


def views() -> list[BaseView]:
    """Every screen of the site, for suppliers only."""
    return [
        ImportGrid(name="Importations JSONs", endpoint="supplier_imports", url=f"{URL}/imports"),
        ImportWizard(name="Importer mes demandes", endpoint="supplier_import_wizard", url=f"{URL}/imports"),
        ImportPieces(name="Pièces jointes", endpoint="supplier_import_pieces", url=f"{URL}/imports"),
        KeptFiles(name="Fichiers à classer", endpoint="supplier_kept_files", url=f"{URL}/imports"),
        IncompleteGrid(
            name="Demandes non complétées", endpoint="supplier_incomplete", url=f"{URL}/demandes-incompletes"
        ),
        IncompletePieces(
            name="Pièces d'une demande", endpoint="supplier_incomplete_pieces", url=f"{URL}/demandes-incompletes"
        ),
        RequestGrid(name="Demandes de financement", endpoint="supplier_requests", url=f"{URL}/demandes"),
        RequestPages(name="Demande", endpoint="supplier_request", url=f"{URL}/demandes"),
        ComplementPages(name="Complément", endpoint="supplier_complement", url=f"{URL}/demandes"),
        ModificationPages(name="Modification", endpoint="supplier_modification", url=f"{URL}/demandes"),
        FormRequests(name="Ma demande de financement", endpoint="supplier_form_requests", url=URL),
        DocumentModelPages(
            name="Modèles de documents", endpoint="supplier_document_models", url=f"{URL}/modeles-de-documents"
        ),
        EnrolmentGrid(name="Enrôlements", endpoint="supplier_enrolments", url=f"{URL}/enrolements"),
        BankAccountGrid(
            name="Coordonnées bancaires", endpoint="supplier_accounts", url=f"{URL}/compte/coordonnees-bancaires"
        ),
        BankAccountPages(
            name="Nouvelle coordonnée bancaire",
            endpoint="supplier_bank_account",
            url=f"{URL}/compte/coordonnees-bancaires",
        ),
        SupplierUsers(name="Utilisateurs", endpoint="supplier_users", url=f"{URL}/compte"),
        People(name="Coordonnées personnes physiques", endpoint="supplier_people", url=f"{URL}/compte"),
        Messages(name="Messages à l'assistance", endpoint="supplier_messages", url=f"{URL}/messages"),
        OwnDeadlines(name="Mes échéances", endpoint="supplier_deadlines", url=f"{URL}/echeances"),
        SupplierExports(name="Exports", endpoint="supplier_exports", url=f"{URL}/exports"),
    ]
