"""How a backup comes back: checked before, written into an empty database, checked again; all of it or nothing."""

import hashlib
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa

from app.domain.errors import RuleBroken
from app.extensions import db
from app.services import archive_format as archive
from app.services import audit, ports

BATCH = 1000

# What the migrations write in a new base (`app/contents`): there, it is no base in use.
LAID = frozenset({"faq_rubric", "faq_entry"})


class BadBackup(RuleBroken):
    """The folder is not a backup of ours, or it was altered."""


def verified(src: Path) -> dict[str, Any]:
    """The manifest of a backup whose every table and file is as it was written. Raises `BadBackup`."""
    try:
        manifest: dict[str, Any] = json.loads((src / archive.MANIFEST).read_text(encoding="utf-8"))
        known = manifest["format"] == archive.FORMAT
        tables, files = manifest["tables"], manifest["files"]
        expected = [(archive.file_path(src, key), said["sha256"]) for key, said in files.items()]
        expected += [(src / "tables" / f"{name}.jsonl", said["sha256"]) for name, said in tables.items()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise BadBackup(f"{src} n'est pas une sauvegarde du portail ({fault}).") from fault
    if not known or set(tables) != {table.name for table in archive.tables()}:
        raise BadBackup("Cette sauvegarde vient d'une autre version du portail : restaurez-la avec celle-ci.")
    for path, digest in expected:
        if not path.is_file():
            raise BadBackup(f"Il manque {path.relative_to(src)} à la sauvegarde.")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                raise BadBackup(f"{path.relative_to(src)} a été altéré depuis la sauvegarde.")
    return manifest


def restore(src: Path) -> dict[str, Any]:
    """Write the backup into an empty database and the store; returns its manifest. The caller commits.

    Raises `BadBackup`, `RuleBroken` (the database is not empty, or at another migration), `Unavailable`. Whatever is
    raised, the caller's rollback leaves the database empty, and the files put in the store are removed.
    """
    manifest = verified(src)
    connection = db.session.connection()
    _refuse_other_ground(connection, manifest)
    put: list[str] = []
    _clear_what_was_laid(connection)
    try:
        for key in manifest["files"]:
            if _put(src, key, manifest["files"][key]["sha256"]):
                put.append(key)
        for table in archive.tables():
            _load(connection, src, table)
            _set_sequence(connection, table)
        _check(connection, manifest)
    except BaseException:
        for key in put:
            ports.get().store.delete(key)
        raise
    return manifest


def _refuse_other_ground(connection: sa.Connection, manifest: dict[str, Any]) -> None:
    here = archive.revision(connection)
    if here != manifest["revision"]:
        raise RuleBroken(
            f"La sauvegarde est à la migration {manifest['revision']}, la base à {here} : restaurez avec la version du"
            " portail qui l'a faite, puis migrez."
        )
    for table in archive.tables():
        if table.name not in LAID and connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise RuleBroken(f"La base n'est pas vide (table {table.name}) : restaurez dans une base neuve.")


def _clear_what_was_laid(connection: sa.Connection) -> None:
    """The backup says what became of it."""
    for table in reversed(archive.tables()):
        if table.name in LAID:
            connection.execute(sa.delete(table))


def _put(src: Path, key: str, digest: str) -> bool:
    """Put a file in the store. False when these very bytes are already there."""
    store = ports.get().store
    try:
        present = store.open(key)
    except KeyError:
        with archive.file_path(src, key).open("rb") as file:
            store.put(key, file)
        return True
    with present:
        if _digest(present) != digest:
            raise RuleBroken(
                f"Le stockage contient déjà un autre fichier sous {key} : restaurez dans un stockage neuf."
            )
    return False


def _digest(file: BinaryIO) -> str:
    found = hashlib.sha256()
    while chunk := file.read(1024 * 1024):
        found.update(chunk)
    return found.hexdigest()


def _load(connection: sa.Connection, src: Path, table: sa.Table) -> None:
    with archive.table_path(src, table).open(encoding="utf-8", newline="\n") as lines:
        rows = (archive.read_row(table, line) for line in lines)
        for batch in _batches(rows):
            connection.execute(sa.insert(table), batch)


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(itertools.islice(rows, BATCH)):
        yield batch


def _set_sequence(connection: sa.Connection, table: sa.Table) -> None:
    """PostgreSQL numbers from a sequence, which rows written with their ids do not move."""
    if connection.dialect.name != "postgresql" or "id" not in table.c:
        return
    name = connection.dialect.identifier_preparer.quote(table.name)
    sequence = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(name, "id")))
    last = connection.scalar(sa.select(sa.func.max(table.c.id)))
    if sequence and last:
        connection.execute(sa.select(sa.func.setval(sequence, last)))


def _check(connection: sa.Connection, manifest: dict[str, Any]) -> None:
    """What the database says now is what the manifest said, and the audit chain holds."""
    for table in archive.tables():
        said = manifest["tables"][table.name]
        rows = connection.scalar(sa.select(sa.func.count()).select_from(table))
        if rows != said["rows"] or archive.money_sums(connection, table) != said["sums"]:
            raise BadBackup(f"La table {table.name} ne se retrouve pas comme elle était : rien n'est restauré.")
    for key, said in manifest["files"].items():
        with ports.get().store.open(key) as file:
            if _digest(file) != said["sha256"]:
                raise BadBackup(f"Le fichier {key} ne se retrouve pas comme il était : rien n'est restauré.")
    breach = next(audit.verify(), None)
    if breach:
        raise BadBackup(f"Le journal d'audit sauvegardé est altéré, ligne {breach.rank} ({breach.reason}).")
