"""Where files are: a local folder (`file:///…`) or an S3-compatible bucket (`s3://…`). See `ports.Store`."""

import os
import secrets
import shutil
import time
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from app.domain.errors import Unavailable


class LocalStore:
    """A folder. A file is written aside, flushed to disk, then renamed: it is whole or it is not there."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, content: BinaryIO) -> None:
        path = self._path(key)
        aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with aside.open("xb") as file:
                shutil.copyfileobj(content, file)
                file.flush()
                os.fsync(file.fileno())
            aside.rename(path)
            _sync_folder(path.parent)
        except OSError as fault:
            aside.unlink(missing_ok=True)
            raise Unavailable("Le stockage des fichiers ne répond pas. Rien n'a été enregistré.") from fault

    def open(self, key: str) -> BinaryIO:
        try:
            return self._path(key).open("rb")
        except FileNotFoundError as missing:
            raise KeyError(key) from missing

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def keys(self, prefix: str = "") -> list[tuple[str, float]]:
        now = time.time()
        files = (path for path in self.root.rglob("*") if path.is_file() and not path.name.startswith("."))
        named = ((path.relative_to(self.root).as_posix(), now - path.stat().st_mtime) for path in files)
        return sorted(pair for pair in named if pair[0].startswith(prefix))

    def check(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        if not os.access(self.root, os.W_OK):
            raise Unavailable("Le dossier des fichiers n'est pas accessible en écriture.")

    def _path(self, key: str) -> Path:
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise ValueError(f"key out of the store: {key!r}")
        return path


def _sync_folder(folder: Path) -> None:
    """A rename is durable only once its folder is flushed."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_store(url: str) -> LocalStore:
    """The store a `STORAGE_URL` names. Raises ValueError on an unknown scheme."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalStore(Path(parts.path))
    raise ValueError(f"STORAGE_URL: unknown scheme {parts.scheme!r}")
