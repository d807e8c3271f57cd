"""How the database and its files are saved together: one consistent snapshot, and every file it names with its hash."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.domain.errors import RuleBroken
from app.extensions import db, reading
from app.services import archive_format as archive
from app.services import clock, ports, stored_files

CHUNK = 1024 * 1024


def backup(dest: Path) -> dict[str, Any]:
    """Write a backup into the new folder `dest` and return its manifest. `faults` lists the files that were missing or
    unlike their row. The folder appears whole or not at all. Raises `RuleBroken` when it exists, `Unavailable`.
    """
    if dest.exists() and (not dest.is_dir() or any(dest.iterdir())):
        raise RuleBroken(f"{dest} existe déjà : choisissez un nouveau dossier.")
    partial = dest.with_name(f".{dest.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)
    try:
        with _snapshot() as connection:
            manifest = _write(connection, partial)
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        (partial / archive.MANIFEST).write_text(text, encoding="utf-8")
        os.sync()
        if dest.exists():
            dest.rmdir()
        partial.rename(dest)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return manifest


@contextmanager
def _snapshot() -> Iterator[sa.Connection]:
    """A connection that sees one instant of the database for as long as it is read."""
    with reading(), db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


def _write(connection: sa.Connection, folder: Path) -> dict[str, Any]:
    (folder / "tables").mkdir()
    files, faults = {}, []
    tables = {table.name: _write_table(connection, folder, table) for table in archive.tables()}
    on_demand = {key for holder in stored_files.MADE_ON_DEMAND for key in connection.scalars(sa.select(holder))}
    for key, expected in sorted(_keys(connection).items()):
        found = _write_file(folder, key)
        if found is None:
            faults += [] if key in on_demand else [{"key": key, "reason": "absent du stockage"}]
            continue
        files[key] = found
        if expected and expected != found["sha256"]:
            faults.append({"key": key, "reason": "son contenu n'est plus celui qui a été déposé"})
    return {
        "format": archive.FORMAT,
        "made_at": clock.now().isoformat(),
        "revision": archive.revision(connection),
        "tables": tables,
        "files": files,
        "faults": faults,
    }


def _write_table(connection: sa.Connection, folder: Path, table: sa.Table) -> dict[str, Any]:
    digest, rows = hashlib.sha256(), 0
    query = sa.select(table).order_by(*table.primary_key.columns).execution_options(yield_per=1000)
    with archive.table_path(folder, table).open("wb") as file:
        for row in connection.execute(query).mappings():
            line = (archive.write_row(dict(row)) + "\n").encode()
            file.write(line)
            digest.update(line)
            rows += 1
    return {"rows": rows, "sha256": digest.hexdigest(), "sums": archive.money_sums(connection, table)}


def _keys(connection: sa.Connection) -> dict[str, str | None]:
    """Every stored file a row names, with the SHA-256 the row gives it, if it gives one."""
    known: dict[str, str | None] = {}
    for holder in stored_files.HOLDERS:
        table = sa.inspect(holder).parent.local_table
        hashed = holder.key == "storage_key" and "digest" in table.c
        query = sa.select(table.c[holder.key], table.c.digest if hashed else sa.null())
        known |= {key: digest for key, digest in connection.execute(query) if key}
    return known


def _write_file(folder: Path, key: str) -> dict[str, Any] | None:
    path = archive.file_path(folder, key)
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    try:
        source = ports.get().store.open(key)
    except KeyError:
        return None
    with source, path.open("wb") as target:
        while chunk := source.read(CHUNK):
            target.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    return {"sha256": digest.hexdigest(), "size": size}
