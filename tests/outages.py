"""Outages that tests bring about for real: a database that is away, a disk without room."""

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.extensions import db, reading
from tests.committed import Ground


class gone:
    """The database of a ground really absent: its file moved away, or the server, which ends every connection, refusing
    others. The pool of the application is left to find out by itself, but for the file that SQLite holds open."""

    def __init__(self, ground: Ground) -> None:
        self.url = sa.make_url(ground.url)

    def __enter__(self) -> None:
        db.session.remove()
        if self.url.get_backend_name() == "sqlite":
            db.engine.dispose()
        self._do("false", aside=True)

    def __exit__(self, *fault: object) -> None:
        db.session.remove()
        self._do("true", aside=False)

    def _do(self, allowed: str, *, aside: bool) -> None:
        name = self.url.database
        if self.url.get_backend_name() == "sqlite":
            path, kept = Path(name), Path(f"{name}.ailleurs")
            if aside:
                path.rename(kept)
                path.mkdir()
            else:
                path.rmdir()
                kept.rename(path)
            return
        admin = sa.create_engine(
            self.url.set(drivername="postgresql+psycopg", database="postgres"), isolation_level="AUTOCOMMIT"
        )
        with admin.connect() as connection:
            connection.exec_driver_sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {allowed}')
            connection.exec_driver_sql(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            )
        admin.dispose()


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A disk of its own of 24 MB, mounted there; the test is skipped for who may not mount one."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("no right to mount a disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """No room is left on the disk of this folder, nor in the journal of SQLite."""
    with db.engine.connect() as connection, reading():
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    filler = folder / "plein"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 65536)
    assert shutil.disk_usage(filler).free == 0
    try:
        yield
    finally:
        filler.unlink()
