"""Commands of an operator: `flask --app wsgi --help`."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register every command."""
