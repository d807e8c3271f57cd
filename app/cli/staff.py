"""`create-staff`: the first accounts of the ASP, before an administrator can make the others."""

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from app.cli.refusals import said
from app.domain.enums import STAFF_ROLES, Role
from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.users import User
from app.services import accounts

MINIMUM_LENGTH = 12


@click.command("create-staff")
@click.argument("username")
@click.argument("email")
@click.argument("full_name")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(sorted(STAFF_ROLES)))
@click.password_option("--password", prompt="Mot de passe", confirmation_prompt="Confirmez")
@with_appcontext
@said
def command(username: str, email: str, full_name: str, roles: tuple[str, ...], password: str) -> None:
    """Créer un compte de l'ASP."""
    if len(password) < MINIMUM_LENGTH:
        raise RuleBroken(f"Le mot de passe compte au moins {MINIMUM_LENGTH} caractères.")
    taken = sa.or_(sa.func.lower(User.username) == username.lower(), User.email == email)
    if db.session.scalar(sa.select(User.id).where(taken)):
        raise RuleBroken("Cet identifiant ou ce courriel est déjà celui d'un compte.")
    accounts.create(username, email, password, [Role(role) for role in roles], full_name=full_name)
    db.session.commit()
    click.echo(f"Compte {username} créé.")
