"""The map of every screen: staff under /gestion, suppliers under /segurnums."""

from collections.abc import Callable

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme
from flask_login import current_user

from admin_views import staff, supplier
from admin_views.menu import Group, drawn
from admin_views.staff import menu as staff_menu
from admin_views.supplier import menu as supplier_menu


def register(app: Flask, csp_nonce: Callable[[], str]) -> None:
    """Mount the two admin sites on the application."""
    theme = Bootstrap4Theme(base_template="layout.html")
    for site in (staff, supplier):
        admin = Admin(
            app,
            name=site.NAME,
            endpoint=site.ENDPOINT,
            url=site.URL,
            theme=theme,
            index_view=site.home(),
            csp_nonce_generator=csp_nonce,
        )
        for view in site.views():
            admin.add_view(view)
    app.jinja_env.globals |= {"menu": _menu, "drawn_menu": drawn}


def _menu() -> tuple[Group, ...]:
    """The tabs of whoever is logged in; none for a stranger."""
    if not current_user.is_authenticated:
        return ()
    return staff_menu.of(current_user) if current_user.is_staff else supplier_menu.tabs()
