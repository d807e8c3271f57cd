"""A dangerous archive is refused whole, fast and in little memory; a sound one opens, whoever wrote it."""

import io
import os
import resource
import stat
import time
import zipfile

import pytest

from app.domain import limits
from app.domain.errors import RuleBroken
from app.exchange import archive
from tests.exchange import archives


def read_all(data: bytes) -> dict[str, bytes | None]:
    opened = archive.open_checked(io.BytesIO(data))
    return {entry.name: opened.read(entry, limits.PIECE_BYTES) for entry in opened.entries}


def test_the_list_is_long_enough():
    assert len(archives.HOSTILE) >= 35


@pytest.mark.parametrize("name", archives.HOSTILE)
def test_a_dangerous_archive_is_refused(name, tmp_path, monkeypatch):
    data = archives.HOSTILE[name]()
    monkeypatch.chdir(tmp_path)
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(RuleBroken) as refused:
        read_all(data)
    assert time.monotonic() - started < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024
    assert list(tmp_path.iterdir()) == []
    message = str(refused.value)
    assert message.isprintable()
    assert refused.value.field == "file"


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("path: parent", "../../evade.pdf"),
        ("path: drive, backslashes", "C:\\evade.pdf"),
        ("link", "lien.pdf"),
        ("nested zip named pdf", "autres.pdf"),
        ("bomb", "bombe.pdf"),
        ("same name but for case", "BDC-00001.PDF"),
        ("encrypted, said by its header only", "bdc-00001.pdf"),
        ("damaged data", "bdc-00001.pdf"),
    ],
)
def test_the_entry_at_fault_is_named(name, named):
    with pytest.raises(RuleBroken) as refused:
        read_all(archives.HOSTILE[name]())
    assert f"« {named} »" in str(refused.value)
    assert "Aucune pièce n'a été rattachée" in str(refused.value)


def test_a_sound_archive_opens():
    assert read_all(archives.SOUND_ZIP) == archives.SOUND


def test_a_stored_archive_with_folders_opens():
    entries = {"pieces/": b"", "pieces/bdc-00001.pdf": archives.PIECE, "pieces/réglé/bdc-00002.pdf": archives.PIECE}
    assert list(read_all(archives.zipped(entries, zipfile.ZIP_STORED))) == list(entries)[1:]


class OneWay(io.RawIOBase):
    """A pipe: the writer cannot go back, and puts sizes after the data, as streaming tools do."""

    def __init__(self):
        self.data = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.data += data
        return len(data)


def test_an_archive_written_to_a_pipe_opens():
    pipe = OneWay()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as writer:
        for name, data in archives.SOUND.items():
            writer.writestr(name, data)
    assert read_all(bytes(pipe.data)) == archives.SOUND


def test_names_of_macos_are_read_as_utf8():
    data = archives.beside("rec\u0327u.pdf")
    start = data.index(archives.CENTRAL, data.index(archives.CENTRAL) + 1)
    plain = archives.patched(data, archives.LOCAL, 6, b"\x00\x00", which=1)
    plain = plain[: start + 8] + b"\x00\x00" + plain[start + 10 :]
    assert "re\u00e7u.pdf" in read_all(plain)


def test_an_entry_over_the_limit_is_not_read_further():
    big = archives.zipped({"grand.pdf": os.urandom(limits.PIECE_BYTES + 1)})
    assert read_all(big) == {"grand.pdf": None}


def test_permissions_of_unix_are_no_danger():
    assert len(read_all(archives.beside("b.pdf", external_attr=(stat.S_IFREG | 0o755) << 16, create_system=3))) == 2


def test_an_archive_over_the_limit_is_refused_before_it_is_read():
    class Large(io.BytesIO):
        def seek(self, offset, whence=0):
            return limits.ZIP_BYTES + 1 if whence == 2 else super().seek(offset, whence)

        def read(self, size=-1):
            raise AssertionError("read")

    with pytest.raises(RuleBroken, match="dépasse 500 Mo"):
        archive.open_checked(Large(archives.SOUND_ZIP))


@pytest.mark.parametrize("cut", range(0, len(archives.SOUND_ZIP), 97))
def test_any_cut_archive_is_refused_in_words(cut):
    with pytest.raises(RuleBroken):
        read_all(archives.SOUND_ZIP[:cut])


@pytest.mark.parametrize("at", range(0, len(archives.SOUND_ZIP), 13))
def test_any_altered_byte_is_refused_in_words_or_changes_nothing(at):
    data = bytearray(archives.SOUND_ZIP)
    data[at] ^= 0xFF
    try:
        found = read_all(bytes(data))
    except RuleBroken:
        return
    assert set(found.values()) == {archives.PIECE}
