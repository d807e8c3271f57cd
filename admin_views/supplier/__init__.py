"""The supplier's site: its home, its screens and its menu."""

from flask_admin import BaseView

from admin_views.guard import SupplierHome

NAME, ENDPOINT, URL = "Portail SEGUR Numérique", "segurnums", "/segurnums"


def home() -> SupplierHome:
    return SupplierHome(name="Accueil", endpoint=ENDPOINT, url=URL, template="supplier/home.html")


def views() -> list[BaseView]:
    """Every screen of the site, for suppliers only."""
    return []
