"""`demo`: create the demo world when the portal is empty, and print its accounts."""

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

import config
from app.demo import deposits, listing, world
from app.services import second_factor


@click.command("demo")
@click.option("--json", "as_json", is_flag=True, help="Imprimer les comptes en JSON.")
@click.option(
    "--pieces",
    nargs=2,
    type=click.Path(path_type=Path),
    help="FICHIER.json PIECES.zip : écrire des pièces lisibles pour un fichier, sans rien créer d'autre.",
)
@click.option("--code", metavar="IDENTIFIANT", help="Imprimer le code de connexion d'un compte de l'ASP, maintenant.")
@with_appcontext
def command(as_json: bool, code: str | None, pieces: tuple[Path, Path] | None) -> None:
    """Créer le monde de démonstration s'il est absent, et imprimer ses comptes."""
    if code is not None:
        click.echo(_code(code))
        return
    if pieces is not None:
        source, target = pieces
        target.write_bytes(deposits.bundle(source.read_bytes()))
        click.echo(f"{target} : {sum(1 for _ in deposits.pieces(source.read_bytes()))} pièces")
        return
    if current_app.config["SETTINGS"].environment is config.Environment.PRODUCTION:
        raise click.ClickException("La démonstration ne se crée pas en production.")
    if not world.exists():
        if not as_json:
            click.echo("Création du monde de démonstration…")
        world.build()
    accounts = listing.accounts()
    if as_json:
        click.echo(json.dumps(accounts, ensure_ascii=False, indent=2))
        return
    for account in accounts:
        about = " ".join(account[name] for name in ("siret", "ans", "couloir") if name in account)
        click.echo(f"{account['login']:<16} {account['password']}  {account['name']} ({account['role']}) {about}")
    click.echo("Les comptes de l'ASP demandent aussi un code : make code LOGIN=gestionnaire1")


def _code(login: str) -> str:
    """Raises `ClickException` for who has no second factor in the demo world."""
    secrets = {account["login"]: account["totp_secret"] for account in listing.accounts() if "totp_secret" in account}
    if login not in secrets:
        raise click.ClickException(f"« {login} » n'est pas un compte de l'ASP de la démonstration.")
    return second_factor.code_of(secrets[login])
