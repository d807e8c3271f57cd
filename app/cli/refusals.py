"""How a command says no: the French message of the rule on stderr, exit code 1, never a traceback."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click

from app.domain.errors import RuleBroken, Unavailable
from app.extensions import db

P = ParamSpec("P")
R = TypeVar("R")


def said(command: Callable[P, R]) -> Callable[P, R]:
    """Undo and say it when a rule or a dependency refuses."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (RuleBroken, Unavailable) as refusal:
            db.session.rollback()
            raise click.ClickException(str(refusal)) from refusal

    return run
