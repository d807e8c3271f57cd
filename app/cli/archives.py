"""`backup DEST` and `restore SRC`: the database and its files in one folder, checked both ways."""

from pathlib import Path

import click
import flask_migrate
import sqlalchemy as sa
from flask.cli import with_appcontext

from app.cli import refusals
from app.extensions import db
from app.services import backup as backups
from app.services import restore as restores


@click.command("backup", help="Sauvegarder la base et les fichiers dans un nouveau dossier DEST.")
@click.argument("dest", type=click.Path(path_type=Path))
@with_appcontext
@refusals.said
def backup(dest: Path) -> None:
    manifest = backups.backup(dest)
    click.echo(
        f"Sauvegarde faite dans {dest} : {sum(table['rows'] for table in manifest['tables'].values())} ligne(s),"
        f" {len(manifest['files'])} fichier(s)."
    )
    for fault in manifest["faults"]:
        click.echo(f"Fichier {fault['key']} : {fault['reason']}.", err=True)
    if manifest["faults"]:
        raise click.ClickException("La sauvegarde est faite, mais des fichiers manquaient ou étaient altérés.")


@click.command("restore", help="Restaurer le dossier SRC dans une base vide (migrée, ou sans aucune table).")
@click.argument("src", type=click.Path(exists=True, file_okay=False, path_type=Path))
@with_appcontext
@refusals.said
def restore(src: Path) -> None:
    restores.verified(src)  # before anything is written, even the tables
    if not sa.inspect(db.engine).get_table_names():
        flask_migrate.upgrade()
    manifest = restores.restore(src)
    db.session.commit()
    click.echo(
        f"Restauration faite et vérifiée : {sum(table['rows'] for table in manifest['tables'].values())} ligne(s),"
        f" {len(manifest['files'])} fichier(s), journal d'audit intact."
    )
