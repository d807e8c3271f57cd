"""What every test stands on: a migrated database, one transaction per test, a frozen clock, a logged-in client.

`TEST_DATABASE_URL` (a PostgreSQL server, given by scripts/test.sh) runs the same suite there; without it, on SQLite.
"""

import atexit
import datetime as dt
import functools
import gc
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import flask_migrate
import jinja2
import pytest
import sqlalchemy as sa
from flask import Flask, g
from flask.testing import FlaskClient

import config
from app.extensions import db, limiter, set_reading
from app.factory import create_app
from app.models.users import User
from app.services import clock, ports
from app.web import sessions

if TYPE_CHECKING:
    from tests.committed import Ground

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
SERVER = os.environ.get("TEST_DATABASE_URL")
TODAY = dt.date(2026, 11, 23)


def pytest_collection_finish() -> None:
    """What is there once the tests are known stays until the end: no use in looking for garbage in it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def new_database(name: str, folder: Path, *, model: str = "template1") -> str:
    """A database of this name, on the server under test: empty, or a copy of `model`. Returns its URL."""
    if not SERVER:
        return f"sqlite:///{folder / name}.db"
    admin = sa.create_engine(
        f"{SERVER}/postgres".replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{model}"')
    admin.dispose()
    return f"{SERVER}/{name}"


def migrated_database(name: str, folder: Path) -> str:
    """A migrated database of this name: a copy of the one this process migrated first. Returns its URL."""
    model = _model()
    if not SERVER:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(model.removeprefix("sqlite:///"), folder / f"{name}.db")
        return f"sqlite:///{folder / name}.db"
    return new_database(name, folder, model=model.rsplit("/", 1)[1])


@functools.cache
def _model() -> str:
    """The URL of a database that only migrations wrote to, and to which nothing is connected."""
    folder = Path(tempfile.mkdtemp(prefix="segurnum-model-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    url = new_database(f"segurnum_{WORKER}_model", folder)
    before = ports.configured()
    with create_app(settings_for(url, folder)).app_context():
        flask_migrate.upgrade()
        db.session.remove()
        db.engine.dispose()
    if before is not None:
        ports.configure(before)
    return url


def settings_for(url: str, folder: Path, **more: str) -> config.Settings:
    """The settings of a test application on this database, its files in this folder. Twenty threads on a busy machine
    wait their turn longer than a person would: a test of the time limits says its own."""
    return config.read(
        {
            "APP_ENV": "test",
            "DATABASE_URL": url,
            "INSTANCE_DIR": str(folder),
            "SECRET_KEY": "essais-" * 6,
            "PUBLIC_BASE_URL": "http://localhost",
            "STATEMENT_TIMEOUT": "60",
            "LOCK_TIMEOUT": "30",
        }
        | more
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """The journeys to one worker, when the suite runs as scripts/test.sh does."""
    from tests.workers import JourneysTogether

    return JourneysTogether(config, log) if config.getvalue("dist") == "loadgroup" else None


@sa.event.listens_for(sa.Engine, "connect")
def _no_order_is_promised(connection: Any, record: Any) -> None:
    """SQLite gives rows backwards where no order is asked, so that what counts on one fails here, not one day there."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA reverse_unordered_selects = ON")


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("instance")
    app = create_app(settings_for(migrated_database(f"segurnum_{WORKER}", folder), folder))
    app.jinja_env.undefined = jinja2.StrictUndefined  # a misspelt variable fails the test, not the page
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[sa.orm.scoped_session]:
    """Each test lives in one outer transaction: a commit in the code is a savepoint, and all is undone after."""
    set_reading(False)
    with app.app_context():
        connection = db.engine.connect()
        outer = connection.begin()
        monkeypatch.setitem(db.engines, None, connection)
        db.session.configure(join_transaction_mode="create_savepoint")
        db.session.remove()
        yield db.session
        db.session.remove()
        outer.rollback()
        connection.close()
        db.session.configure(join_transaction_mode="conditional_savepoint")


@pytest.fixture
def committed(tmp_path: Path) -> Iterator["Ground"]:
    """A migrated database of its own where commits are real, its application, and an environment for processes."""
    from tests.committed import ground

    with ground(tmp_path) as made:
        yield made


@pytest.fixture(autouse=True)
def frozen() -> Iterator["Frozen"]:
    """The portal's clock stands still on TODAY at ten in Paris; `frozen.move_to(day)` moves it."""
    with Frozen() as clock_of_test:
        yield clock_of_test


class Frozen:
    """A clock that stands still."""

    def __enter__(self) -> "Frozen":
        self.move_to(TODAY)
        return self

    def __exit__(self, *fault: object) -> None:
        clock.move_to(None)

    def move_to(self, day: dt.date, time: dt.time = dt.time(10)) -> None:
        clock.move_to(dt.datetime.combine(day, time, clock.PARIS))


@pytest.fixture
def client(app: Flask, session: object, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A browser without scripts, that needs no CSRF token (test_csrf asks for them)."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    limiter.reset()
    return app.test_client()


@pytest.fixture
def login(app: Flask, client: FlaskClient) -> Callable[[User], FlaskClient]:
    """`login(user)` gives the client a session row and its cookie, as the login page does."""

    def as_(user: User) -> FlaskClient:
        g.pop("_login_user", None)  # the tests share one application context, where the last person would be kept
        with app.test_request_context():
            from flask import session as cookie

            sessions.open_session(app, user)
            key = cookie[sessions.KEY]
        with client.session_transaction() as cookie:
            cookie["_user_id"] = user.fs_uniquifier
            cookie["_fresh"] = True
            cookie[sessions.KEY] = key
        return client

    return as_
