"""Where files are: a local folder (`file:///…`) or an S3-compatible bucket (`s3://…`). See `ports.Store`."""

import datetime as dt
import io
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import parse_qs, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store as Bucket

from app.domain.errors import Unavailable

WRITING = "Le stockage des fichiers ne répond pas. Rien n'a été enregistré."
READING = "Le stockage des fichiers ne répond pas. Réessayez dans quelques minutes."
CHUNK = 1024 * 1024


class LocalStore:
    """A folder. A file is written aside, flushed to disk when it is to last, then renamed: it is whole or it is not
    there, whenever the process dies."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, content: BinaryIO, *, lasting: bool = True) -> None:
        path = self._path(key)
        aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with aside.open("xb") as file:
                shutil.copyfileobj(content, file)
                file.flush()
                if lasting:
                    os.fsync(file.fileno())
            aside.rename(path)
            if lasting:
                _sync_folder(path.parent)
        except OSError as fault:
            _forget(aside)
            raise Unavailable(WRITING) from fault

    def open(self, key: str) -> BinaryIO:
        try:
            return self._path(key).open("rb")
        except FileNotFoundError as missing:
            raise KeyError(key) from missing
        except OSError as fault:
            raise Unavailable(READING) from fault

    def delete(self, key: str) -> None:
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as fault:
            raise Unavailable(WRITING) from fault

    def keys(self, prefix: str = "") -> list[tuple[str, float]]:
        now = time.time()
        files = (path for path in self.root.rglob("*") if path.is_file() and not path.name.startswith("."))
        named = ((path.relative_to(self.root).as_posix(), path) for path in files)
        dated = ((key, _written_at(path)) for key, path in named if key.startswith(prefix))
        return sorted((key, now - written) for key, written in dated if written is not None)

    def check(self) -> None:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise Unavailable("Le dossier des fichiers ne peut pas être créé.") from fault
        if not os.access(self.root, os.W_OK):
            raise Unavailable("Le dossier des fichiers n'est pas accessible en écriture.")

    def _path(self, key: str) -> Path:
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise ValueError(f"key out of the store: {key!r}")
        return path


def _written_at(path: Path) -> float | None:
    """None when the file was deleted since it was listed."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return None


def _forget(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # the disk that refused the file may refuse this too; a hidden file is never listed


def _sync_folder(folder: Path) -> None:
    """A rename is durable only once its folder is flushed."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class S3Store:
    """A bucket, or a prefix of one. Credentials are those of the usual AWS_* environment.

    The client is made at its first use: the library's threads do not survive a fork, so a process that forks must not
    have used its store before.
    """

    def __init__(self, bucket: str, prefix: str = "", endpoint: str | None = None) -> None:
        self.bucket, self.prefix, self.endpoint = bucket, prefix, endpoint
        self._client: Bucket | None = None

    def put(self, key: str, content: BinaryIO, *, lasting: bool = True) -> None:
        with _answering(WRITING):
            obstore.put(self._store(), self._checked(key), content, chunk_size=5 * CHUNK)

    def open(self, key: str) -> BinaryIO:
        with _answering(READING):
            try:
                found = obstore.get(self._store(), self._checked(key))
            except FileNotFoundError as missing:
                raise KeyError(key) from missing
            chunks = iter(found.stream(min_chunk_size=CHUNK))
        return cast(BinaryIO, io.BufferedReader(_Streamed(chunks), buffer_size=CHUNK))

    def delete(self, key: str) -> None:
        with _answering(WRITING):
            obstore.delete(self._store(), self._checked(key))

    def keys(self, prefix: str = "") -> list[tuple[str, float]]:
        now = dt.datetime.now(dt.UTC)  # an age of the store's own, not a date of the portal
        folder = prefix.rpartition("/")[0]  # the library lists whole folders only
        with _answering(READING):
            found = [entry for batch in obstore.list(self._store(), folder or None) for entry in batch]
        ages = ((entry["path"], (now - entry["last_modified"]).total_seconds()) for entry in found)
        return sorted(pair for pair in ages if pair[0].startswith(prefix))

    def check(self) -> None:
        with _answering("Le stockage S3 ne répond pas."):
            next(iter(obstore.list(self._store(), "sante", chunk_size=1)), None)

    def _checked(self, key: str) -> str:
        if key.startswith("/") or ".." in key.split("/"):
            raise ValueError(f"key out of the store: {key!r}")
        return key

    def _store(self) -> Bucket:
        if self._client is None:
            self._client = self._connect()
        return self._client

    def _connect(self) -> Bucket:
        options: dict[str, Any] = {"virtual_hosted_style_request": False}
        if self.endpoint:
            options["endpoint"] = self.endpoint
        return Bucket(
            self.bucket,
            prefix=self.prefix or None,
            client_options={
                "allow_http": bool(self.endpoint and self.endpoint.startswith("http://")),
                "connect_timeout": "5s",
                "timeout": "60s",
            },
            retry_config={
                "max_retries": 2,
                "retry_timeout": dt.timedelta(seconds=10),
                "backoff": {
                    "init_backoff": dt.timedelta(milliseconds=100),
                    "max_backoff": dt.timedelta(seconds=1),
                    "base": 2,
                },
            },
            **options,
        )


class _Streamed(io.RawIOBase):
    """The chunks of an answer, read as a file; a connection lost on the way is `Unavailable`, never a short file."""

    def __init__(self, chunks: Iterator[Any]) -> None:
        self._chunks, self._rest = chunks, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            with _answering(READING):
                chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(bytes(chunk))
        taken = min(len(buffer), len(self._rest))
        buffer[:taken], self._rest = self._rest[:taken], self._rest[taken:]
        return taken


@contextmanager
def _answering(message: str) -> Iterator[None]:
    """Whatever the library says of a store that does not do its part becomes `Unavailable`."""
    try:
        yield
    except (BaseError, OSError) as fault:
        raise Unavailable(message) from fault


def open_store(url: str) -> LocalStore | S3Store:
    """The store a `STORAGE_URL` names: `file:///folder` or `s3://bucket/prefix?endpoint=https://host:port`.

    Raises ValueError on an unknown scheme or a bucket without name.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalStore(Path(parts.path))
    if parts.scheme == "s3" and parts.netloc:
        endpoint = parse_qs(parts.query).get("endpoint", [None])[0]
        return S3Store(parts.netloc, parts.path.strip("/"), endpoint)
    raise ValueError(f"STORAGE_URL: unknown scheme {parts.scheme!r}")
