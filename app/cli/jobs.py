"""`jobs list` and `jobs run NAME`: what the scheduler does, and doing it by hand."""

import contextlib
import datetime as dt

import click
from flask import current_app
from flask.cli import AppGroup

from app.services import clock
from jobs import registry, runner

group = AppGroup("jobs", help="Les tâches automatiques.")


@group.command("list")
def list_() -> None:
    """Lister les tâches et leurs horaires."""
    width = max(len(job.name) for job in registry.JOBS)
    for job in registry.JOBS:
        click.echo(f"{job.name:<{width}}  {job.when:<22}  {job.purpose}")


@group.command("run")
@click.argument("name")
@click.option("--at", "instant", help="Instant ISO auquel faire comme si l'on était (heure de Paris sans fuseau).")
def run(name: str, instant: str | None) -> None:
    """Exécuter une tâche maintenant, une fois."""
    job = registry.find(name)
    if job is None:
        known = ", ".join(one.name for one in registry.JOBS)
        raise click.ClickException(f"Tâche inconnue : {name}. Tâches : {known}.")
    with clock.at(_instant(instant)) if instant else contextlib.nullcontext():
        report = runner.run(job, current_app.app_context)
    if report.error:
        raise click.ClickException(f"{name} : {report.error}")
    click.echo(f"{name} : {report.done} élément(s) traité(s).")


def _instant(text: str) -> dt.datetime:
    try:
        instant = dt.datetime.fromisoformat(text)
    except ValueError as fault:
        raise click.BadParameter("un instant ISO est attendu, par exemple 2026-11-23T10:00.") from fault
    return instant if instant.tzinfo else instant.replace(tzinfo=clock.PARIS)
