"""The same promises kept by a folder and by a bucket of a real S3 server that checks signatures."""

import hashlib
import io
import os
import stat
import subprocess
import sys

import pytest

from app.adapters import storage
from app.domain.errors import Unavailable
from tests.adapters import s3_peer


@pytest.fixture(scope="module")
def s3():
    with s3_peer.running() as peer:
        yield peer


@pytest.fixture(params=["file", "s3"])
def store(request, tmp_path, monkeypatch):
    if request.param == "file":
        yield storage.open_store(f"file://{tmp_path}/files")
        return
    peer = request.getfixturevalue("s3")
    for name, value in peer.environment().items():
        monkeypatch.setenv(name, value)
    made = storage.open_store(peer.url)
    yield made
    for key, _ in made.keys(""):
        made.delete(key)


@pytest.mark.parametrize("lasting", [True, False])
def test_what_is_put_is_read_back(store, lasting):
    store.put("documents/a", io.BytesIO(b"bonjour"), lasting=lasting)
    with store.open("documents/a") as content:
        assert content.read() == b"bonjour"


def test_a_large_file_is_streamed_both_ways(store, tmp_path):
    path = tmp_path / "large"
    path.write_bytes(os.urandom(12 * 1024 * 1024 + 17))
    with path.open("rb") as content:
        store.put("documents/large", content)
    seen = hashlib.sha256()
    with store.open("documents/large") as content:
        while chunk := content.read(64 * 1024):
            seen.update(chunk)
    assert seen.hexdigest() == hashlib.sha256(path.read_bytes()).hexdigest()


def test_an_unknown_key_is_a_key_error(store):
    with pytest.raises(KeyError):
        store.open("documents/inconnu")


def test_deleting_twice_is_harmless(store):
    store.put("documents/a", io.BytesIO(b"x"))
    store.delete("documents/a")
    store.delete("documents/a")
    assert store.keys("documents/") == []


def test_keys_are_listed_by_prefix_with_their_age(store):
    for key in ("documents/b", "documents/a", "simulations/c.json"):
        store.put(key, io.BytesIO(b"x"))
    found = store.keys("documents/")
    assert [key for key, _ in found] == ["documents/a", "documents/b"]
    assert all(-2 < age < 60 for _, age in found)
    assert len(store.keys()) == 3


@pytest.mark.parametrize("key", ["../evade", "documents/../../evade", "/etc/evade"])
def test_a_key_out_of_the_store_is_refused(store, key):
    with pytest.raises(ValueError, match="out of the store"):
        store.put(key, io.BytesIO(b"x"))


def test_a_store_that_answers_passes_its_check(store):
    store.check()


class Broken(io.RawIOBase):
    """An upload cut on its way."""

    def readable(self):
        return True

    def readinto(self, buffer):
        raise OSError("connection reset")


def test_a_cut_upload_leaves_nothing(store):
    with pytest.raises(Unavailable):
        store.put("documents/cut", io.BufferedReader(Broken()))
    assert store.keys() == []


def test_a_local_file_is_flushed_then_renamed(tmp_path, monkeypatch):
    order = []
    real_sync, real_rename = os.fsync, storage.Path.rename

    def sync(descriptor):
        order.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        real_sync(descriptor)

    def rename(path, target):
        order.append("rename")
        return real_rename(path, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(storage.Path, "rename", rename)
    storage.LocalStore(tmp_path).put("documents/a", io.BytesIO(b"x"))
    assert order == ["file", "rename", "folder"]


def test_a_full_or_missing_disk_is_unavailable(tmp_path):
    (tmp_path / "files").write_text("a file where the folder should be")
    store = storage.open_store(f"file://{tmp_path}/files")
    with pytest.raises(Unavailable):
        store.put("documents/a", io.BytesIO(b"x"))
    with pytest.raises(Unavailable):
        store.check()


IN_A_CHILD = """
import io, os, sys
from app.adapters import storage

store = storage.open_store(sys.argv[1])
if os.fork() == 0:
    store.put("documents/fils", io.BytesIO(b"de l'enfant"))
    os._exit(0 if store.open("documents/fils").read() == b"de l'enfant" else 1)
sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
"""


def test_a_store_opened_before_a_fork_works_in_the_child(s3):
    environment = os.environ | s3.environment()
    subprocess.run([sys.executable, "-c", IN_A_CHILD, s3.url], env=environment, timeout=60, check=True)


def test_a_wrong_secret_is_unavailable(s3, monkeypatch):
    for name, value in s3.environment(AWS_SECRET_ACCESS_KEY="faux").items():
        monkeypatch.setenv(name, value)
    store = storage.open_store(s3.url)
    for refused in (
        lambda: store.put("documents/a", io.BytesIO(b"x")),
        lambda: store.open("documents/a"),
        lambda: store.delete("documents/a"),
        lambda: store.keys(),
        lambda: store.check(),
    ):
        with pytest.raises(Unavailable):
            refused()


def test_a_server_that_is_down_is_unavailable(monkeypatch):
    with s3_peer.running() as peer:
        for name, value in peer.environment().items():
            monkeypatch.setenv(name, value)
    store = storage.open_store(peer.url)
    with pytest.raises(Unavailable):
        store.put("documents/a", io.BytesIO(b"x"))
    with pytest.raises(Unavailable):
        store.check()


@pytest.mark.parametrize("url", ["ftp://hote/dossier", "s3:///sans-bucket", "dossier"])
def test_an_unknown_address_is_refused_at_the_start(url):
    with pytest.raises(ValueError, match="STORAGE_URL"):
        storage.open_store(url)
