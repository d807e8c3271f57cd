"""`jobs list` and `jobs run NAME`: what the scheduler does, doing it by hand, and rehearsing it."""

import contextlib
import datetime as dt

import click
from flask import current_app
from flask.cli import AppGroup

from app.services import clock
from jobs import registry, rehearsal, runner

group = AppGroup("jobs", help="Les tâches automatiques.")


@group.command("list")
def list_() -> None:
    """Lister les tâches et leurs horaires."""
    width = max(len(job.name) for job in registry.JOBS)
    for job in registry.JOBS:
        click.echo(f"{job.name:<{width}}  {job.schedule.when:<24}  {job.schedule.purpose}")


@group.command("run")
@click.argument("name")
@click.option("--at", "instant", help="Instant ISO auquel faire comme si l'on était (heure de Paris sans fuseau).")
@click.option("--rehearse", is_flag=True, help="Répéter : dire ce qui serait fait, ne rien écrire ni envoyer.")
def run(name: str, instant: str | None, rehearse: bool) -> None:
    """Exécuter une tâche maintenant, une fois."""
    job = registry.find(name)
    if job is None:
        known = ", ".join(one.name for one in registry.JOBS)
        raise click.ClickException(f"Tâche inconnue : {name}. Tâches : {known}.")
    with clock.at(_instant(instant)) if instant else contextlib.nullcontext():
        report = rehearsal.rehearse(job) if rehearse else runner.run(job, current_app.app_context)
    if report.error:
        raise click.ClickException(f"{name} : {report.error}")
    if isinstance(report, rehearsal.Rehearsed):
        click.echo(f"{name} : {report.done} élément(s) seraient traités. Rien n'est écrit ni envoyé.")
        for deed in report.deeds:
            click.echo(f"  {deed}")
    else:
        click.echo(f"{name} : {report.done} élément(s) traité(s).")


def _instant(text: str) -> dt.datetime:
    try:
        instant = dt.datetime.fromisoformat(text)
    except ValueError as fault:
        raise click.BadParameter("un instant ISO est attendu, par exemple 2026-11-23T10:00.") from fault
    return instant if instant.tzinfo else instant.replace(tzinfo=clock.PARIS)
