"""A migrated database of one's own with real commits: for races, crashes and commands run as other processes.

Ask for the `committed` fixture (tests/conftest.py). SQLite file, or a database of the server of `TEST_DATABASE_URL`.
Between two steps that others must see, commit: on SQLite an open transaction of the test keeps every writer out.
"""

import contextvars
import functools
import itertools
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

import config
from app.extensions import db, limiter, set_reading
from app.factory import create_app, flask_settings, ports_of
from app.services import ports
from tests.conftest import WORKER, migrated_database, new_database, settings_for

_rank = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Ground:
    """An application of its own on a database of its own. `url` is what `DATABASE_URL` must say, `folder` the
    instance folder, `env` the whole environment of a process that works on the same ground."""

    app: Flask
    url: str
    folder: Path
    env: dict[str, str]

    def flask(self, *command: str, timeout: float = 60, **more: str) -> subprocess.CompletedProcess[str]:
        """`flask --app wsgi …` as another process, its output captured; `more` are variables to add."""
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=config.ROOT,
            env=self.env | more,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def at_once(self, *tasks: Callable[[], Any]) -> list[Any]:
        """Commit what the test did, then run each task in a thread of its own, all let go together, each with its own
        application context and connection and the clock of the test. Returns what each returned, or its exception."""
        db.session.commit()
        gate = threading.Barrier(len(tasks))
        answers: list[Any] = [None] * len(tasks)

        def run(rank: int, task: Callable[[], Any]) -> None:
            with self.app.app_context():
                gate.wait()
                try:
                    answers[rank] = task()
                except Exception as fault:
                    db.session.rollback()
                    answers[rank] = fault

        threads = [
            threading.Thread(target=contextvars.copy_context().run, args=(run, rank, task))
            for rank, task in enumerate(tasks)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers


@contextmanager
def ground(folder: Path, *, migrated: bool = True, shared: bool = True, **settings: str) -> Iterator[Ground]:
    """A new ground under `folder`, inside its application context; `settings` are more variables (SMTP_URL=…). Its
    application is the one of the grounds before with the same, moved here; a test that adds routes does not share."""
    name = re.sub(r"\W", "_", f"segurnum_{WORKER}_{next(_rank)}")
    url = migrated_database(name, folder) if migrated else new_database(name, folder)
    known = settings_for(url, folder, **settings)
    before = ports.configured()
    set_reading(False)
    app = _moved_to(known, settings) if shared else create_app(known)
    with app.app_context():
        try:
            yield Ground(app, url, folder, _environment(known, settings))
        finally:
            db.session.remove()
            db.engine.dispose()
            if before is not None:
                ports.configure(before)


def _moved_to(known: config.Settings, more: dict[str, str]) -> Flask:
    """The application of the grounds before, as it was made, with these settings for its own."""
    app, made_with = _application(frozenset(more.items()))
    app.config.clear()
    app.config.update(made_with | flask_settings(known))
    with app.app_context():
        db.engines[None] = sa.create_engine(
            app.config["SQLALCHEMY_DATABASE_URI"], **app.config["SQLALCHEMY_ENGINE_OPTIONS"]
        )
    ports.configure(ports_of(known))
    limiter.reset()
    return app


@functools.cache
def _application(more: frozenset[tuple[str, str]]) -> tuple[Flask, dict[str, Any]]:
    """Made once in a process: half a second, and its addresses, screens and templates are the same on every base."""
    app = create_app(settings_for("sqlite://", Path(tempfile.gettempdir()), **dict(more)))
    return app, dict(app.config)


def _environment(known: config.Settings, settings: dict[str, str]) -> dict[str, str]:
    return os.environ | {
        "APP_ENV": known.environment.value,
        "DATABASE_URL": known.database_url,
        "INSTANCE_DIR": str(known.instance),
        "SECRET_KEY": known.secret_key,
        "PUBLIC_BASE_URL": known.public_base_url,
        "PYTHONPATH": str(config.ROOT),
        **settings,
    }
