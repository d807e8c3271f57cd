"""A copy of a world to write in, so that the world itself stays as it was built."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg

from benchmarks.databases import World


@contextmanager
def copy_of(made: World) -> Iterator[World]:
    """The same rows in a database of its own, dropped when the block ends. Nobody may be connected to the world."""
    if made.backend == "sqlite":
        source = Path(made.url.removeprefix("sqlite:///"))
        target = source.with_name("copy.db")
        shutil.copy(source, target)
        try:
            yield replace(made, url=f"sqlite:///{target}")
        finally:
            for file in target.parent.glob("copy.db*"):
                file.unlink()
        return
    server, _, name = made.url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS banc_copy WITH (FORCE)")
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        admin.execute(f'CREATE DATABASE banc_copy TEMPLATE "{name}"')
        try:
            yield replace(made, url=f"{server}/banc_copy")
        finally:
            admin.execute("DROP DATABASE banc_copy WITH (FORCE)")
