"""The staff site: its home, its screens and its menu."""

from flask_admin import BaseView

from admin_views.guard import StaffHome

NAME, ENDPOINT, URL = "Gestion", "gestion", "/gestion"


def home() -> StaffHome:
    return StaffHome(name="Accueil", endpoint=ENDPOINT, url=URL, template="staff/home.html")


def views() -> list[BaseView]:
    """Every screen of the site; its `capability` says to whom it opens."""
    return []
