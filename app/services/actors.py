"""Who acts, as services see it: a person with his roles, or the system."""

from dataclasses import dataclass

from app.domain.enums import Role
from app.models.users import User


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` is the user's; None for the system. `label` is what the audit keeps."""

    id: int | None
    label: str
    roles: frozenset[Role]


SYSTEM = Actor(None, "Automate", frozenset({Role.SYSTEM}))


def of(user: User) -> Actor:
    return Actor(user.id, f"{user} ({user.username})", user.role_set)
