"""The supplier's menu: seven tabs, in the guide's words (« Les écrans du portail », § 2.2)."""

from admin_views.menu import Group, Link
from app.models.users import User

HELP = Group(
    "Besoin d'aide ?",
    (
        Link("Consulter les questions fréquentes", "/segurnum/foires-aux-questions"),
        Link("Contacter l'assistance", "/segurnum/contacter-assistance"),
    ),
)


def of(user: User) -> list[Group]:
    """The tabs of this supplier."""
    return [Group("Accueil", url="/segurnums/"), HELP]
