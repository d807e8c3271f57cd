"""Where does the bench keep its databases? `instance/bench/`, built once, named by what they are made from.

Two of each on PostgreSQL and on SQLite: ours, with every index of our migrations; and the same rows with the indexes a
stock application has (keys, foreign keys, status, deposit date), for « stock out of the box ». The name holds a digest
of the builder and of the migrations: change one, and the world is built again.
"""

import fcntl
import hashlib
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import flask_migrate
import psycopg

import config
from app.factory import create_app
from benchmarks import world

ROOT = config.ROOT
FOLDER = ROOT / "instance" / "bench"
TUNING = {  # as measured in the study: 23 GiB of memory, everything warm; fsync stays on
    "shared_buffers": "1GB", "work_mem": "16MB", "effective_cache_size": "4GB", "max_wal_size": "4GB",
    "random_page_cost": "1.1", "maintenance_work_mem": "512MB",
}  # fmt: skip
SOURCES = (
    "benchmarks/world.py",
    "benchmarks/world_rows.py",
    "benchmarks/world_traces.py",
    "benchmarks/loading.py",
    "migrations/versions/*.py",
)
PLAIN = ("supplier_id", "json_import_id", "decision_id", "status", "deposited_at", "number")


@dataclass(frozen=True, slots=True)
class World:
    """A built world: where it is, and how many requests it has."""

    backend: str
    size: int
    url: str
    bare_url: str

    @property
    def folder(self) -> Path:
        """Files of the application run on it."""
        return FOLDER / f"files-{self.backend}"


def tell(text: str) -> None:
    """Progress, on the error stream: the table alone is the result."""
    sys.stderr.write(f"\r{text:<100}")
    sys.stderr.flush()


def digest() -> str:
    """What the worlds are made from."""
    total = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            total.update(path.read_bytes())
    return total.hexdigest()[:10]


def settings(url: str, folder: Path) -> config.Settings:
    """Those of a portal served on this database."""
    return config.read(
        {
            "APP_ENV": "demo",
            "DATABASE_URL": url,
            "INSTANCE_DIR": str(folder),
            "SECRET_KEY": "banc-d-essai-" * 4,
            "PUBLIC_BASE_URL": "http://localhost",
        }
    )


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of the bench's own server, started, then stopped. Raises `BlockingIOError` when another bench runs it."""
    folder = FOLDER / "postgresql"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "held").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)  # a second bench would stop the server of the first
        yield from _serving(folder, _free_port())


def _serving(folder: Path, port: int) -> Iterator[str]:
    script = str(ROOT / "scripts" / "postgres.sh")
    first = not (folder / "data").exists()
    subprocess.run([script, "stop", str(folder)], check=True)  # one that a killed run left behind
    subprocess.run([script, "start", str(folder), str(port)], check=True)
    url = f"postgresql://segur@127.0.0.1:{port}"
    try:
        if first:
            with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
                for name, value in TUNING.items():
                    connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
            subprocess.run([script, "stop", str(folder)], check=True)
            subprocess.run([script, "start", str(folder), str(port)], check=True)
        yield url
    finally:
        subprocess.run([script, "stop", str(folder)], check=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def on_postgresql(server: str, size: int) -> World:
    """The world of this size on this server, built when it is not there."""
    name = f"banc_{size}_{digest()}"
    made = World("postgresql", size, f"{server}/{name}", f"{server}/{name}_bare")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        known = {row[0] for row in admin.execute("SELECT datname FROM pg_database")}
        for old in known:
            if old.startswith(f"banc_{size}_") and old not in (name, f"{name}_bare"):
                admin.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
        if f"{name}_bare" not in known:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            admin.execute(f'CREATE DATABASE "{name}"')
            _build(made)
            part = f"{name}_part"
            admin.execute(f'CREATE DATABASE "{part}" TEMPLATE "{name}"')
            _strip_postgresql(f"{server}/{part}")
            admin.execute(f'ALTER DATABASE "{part}" RENAME TO "{name}_bare"')
    return made


def on_sqlite(size: int) -> World:
    """The same in two files."""
    folder = FOLDER / "sqlite"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"banc_{size}_{digest()}"
    file, bare = folder / f"{name}.db", folder / f"{name}_bare.db"
    made = World("sqlite", size, f"sqlite:///{file}", f"sqlite:///{bare}")
    if not bare.exists():
        for old in folder.glob(f"banc_{size}_*"):
            old.unlink()
        _build(made)
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        part = folder / f"{name}.part"
        shutil.copy(file, part)
        _strip_sqlite(part)
        part.rename(bare)
    return made


def _build(made: World) -> None:
    began = time.perf_counter()
    flask = create_app(settings(made.url, made.folder))
    with flask.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
    world.populate(flask, made.size, lambda text: tell(f"building {made.backend}: {text}"))
    tell(f"built {made.size} requests on {made.backend} in {time.perf_counter() - began:.0f} s\n")


def _strip_postgresql(url: str) -> None:
    """Leave keys and unique constraints, and one plain index per column a stock application indexes."""
    with psycopg.connect(url, autocommit=True) as connection:
        query = (
            "SELECT relname FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid"
            " WHERE indrelid = 'avenant'::regclass AND NOT indisunique"
        )
        for (name,) in connection.execute(query).fetchall():
            connection.execute(f'DROP INDEX "{name}"')
        for column in PLAIN:
            connection.execute(f"CREATE INDEX plain_{column} ON avenant ({column})")
        connection.execute("VACUUM ANALYZE")


def _strip_sqlite(file: Path) -> None:
    with sqlite3.connect(file, isolation_level=None) as connection:
        query = (
            "SELECT name FROM sqlite_master WHERE tbl_name = 'avenant' AND type = 'index' AND sql IS NOT NULL"
            " AND sql NOT LIKE 'CREATE UNIQUE%'"
        )
        for (name,) in connection.execute(query).fetchall():
            connection.execute(f'DROP INDEX "{name}"')
        for column in PLAIN:
            connection.execute(f"CREATE INDEX plain_{column} ON avenant ({column})")
        connection.execute("ANALYZE")
    connection.close()
