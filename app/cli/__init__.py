"""Commands of an operator: `flask --app wsgi --help`. Commands commit; a refusal is a line and exit code 1."""

from flask import Flask

from app.cli import archives, audit, corridors, demo, jobs, mails, staff


def init_app(app: Flask) -> None:
    """Register every command."""
    for command in (
        jobs.group,
        audit.group,
        corridors.group,
        mails.group,
        archives.backup,
        archives.restore,
        demo.command,
        staff.command,
    ):
        app.cli.add_command(command)
