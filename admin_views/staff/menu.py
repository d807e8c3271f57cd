"""The staff menu: what the person's roles open."""

from admin_views.menu import Group
from app.models.users import User


def of(user: User) -> list[Group]:
    """The tabs of this person."""
    return [Group("Accueil", url="/gestion/")]
