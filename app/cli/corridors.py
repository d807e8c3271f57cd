"""`corridors check FILE` and `corridors publish-shipped`: the documents that describe the corridors."""

from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli import refusals
from app.corridors import documents
from app.extensions import db
from app.services import corridor_versions

group = AppGroup("corridors", help="Les documents des couloirs.")


@group.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@refusals.said
def check(file: Path) -> None:
    """Contrôler un document TOML : chaque erreur est dite avec sa place, avec le code de sortie 1."""
    spec = documents.load(file)
    windows = f"{len(spec.windows)} fenêtre(s), {len(spec.documents)} pièce(s), {len(spec.fields)} champ(s)"
    click.echo(f"{file.name} : document valable, couloir {spec.code} « {spec.label} » ({windows}).")


@group.command("publish-shipped")
@refusals.said
def publish_shipped() -> None:
    """Publier les documents livrés dont le couloir n'a pas encore de version."""
    codes = corridor_versions.publish_shipped()
    db.session.commit()
    click.echo(f"Couloirs publiés : {', '.join(codes)}." if codes else "Tous les couloirs livrés sont déjà publiés.")
