"""`mails bounce < message`: a mail that came back, as the mail server hands it over."""

import sys

import click
from flask.cli import AppGroup

from app.domain import limits
from app.domain.errors import RuleBroken
from app.extensions import db
from app.services import mail_bounces

TRY_AGAIN = 75  # EX_TEMPFAIL: a mail server keeps the message and hands it over again
group = AppGroup("mails", help="Les courriels.")


@group.command("bounce")
def bounce() -> None:
    """Lire sur l'entrée un avis de non-remise et le noter sur son courriel ; tout autre message est laissé."""
    try:
        report = mail_bounces.read(sys.stdin.buffer.read(limits.BOUNCE_SIZE + 1))
    except RuleBroken as refusal:
        click.echo(str(refusal))
        return
    try:
        noted = mail_bounces.apply(report)
        db.session.commit()
    except Exception as fault:
        db.session.rollback()
        click.echo(f"Base injoignable ({type(fault).__name__}) : à remettre plus tard.", err=True)
        sys.exit(TRY_AGAIN)
    click.echo("Courriel noté « Non remis »." if noted else "Rien à noter : aucun courriel envoyé n'est concerné.")
