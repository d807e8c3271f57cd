"""`audit verify`: has anybody touched the trail?"""

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from app.extensions import db, reading
from app.models.audit import AuditEntry
from app.services import audit

group = AppGroup("audit", help="Le journal d'audit.")


@group.command("verify")
def verify() -> None:
    """Vérifier la chaîne du journal ; chaque ligne altérée est nommée, avec le code de sortie 1."""
    with reading():
        breaches = list(audit.verify())
        count = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
        db.session.commit()
    for breach in breaches:
        click.echo(f"Ligne {breach.rank} : {breach.reason}.", err=True)
    if breaches:
        raise click.ClickException(f"Le journal a été altéré ({len(breaches)} anomalie(s) sur {count} ligne(s)).")
    click.echo(f"Journal intact : {count} ligne(s).")
