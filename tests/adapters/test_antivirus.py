"""The antivirus, asked for real: a virus is refused by name, a clamd that is down accepts nothing."""

import io
import shutil
import tempfile
from pathlib import Path

import pytest

from app.adapters import antivirus
from app.domain import limits
from app.domain.enums import ScanState
from app.domain.errors import RuleBroken, Unavailable
from tests.adapters import clamd_peer


@pytest.fixture
def clamd():
    if clamd_peer.MISSING:
        pytest.skip(clamd_peer.MISSING)
    folder = Path(tempfile.mkdtemp(dir="/tmp"))  # a socket's path is at most 107 characters
    with clamd_peer.running(folder) as peer:
        yield peer
    shutil.rmtree(folder)


@pytest.mark.parametrize("way", ["tcp", "unix"])
def test_a_virus_is_refused_by_name_and_a_sound_file_is_clean(clamd, way):
    scanner = antivirus.open_scanner(getattr(clamd, way))
    content = io.BytesIO(b"%PDF-1.7 rien de grave")
    assert scanner.scan(content, "sain.pdf") is ScanState.CLEAN
    assert content.tell() == 0
    with pytest.raises(RuleBroken, match=r"« mauvais\.pdf » est infecté \(Essai\.Portail"):
        scanner.scan(io.BytesIO(b"%PDF-1.7 " + clamd_peer.INFECTED), "mauvais.pdf")


def test_the_largest_piece_is_scanned_to_its_end(clamd):
    scanner = antivirus.open_scanner(clamd.tcp)
    largest = bytes(limits.PIECE_BYTES - len(clamd_peer.INFECTED)) + clamd_peer.INFECTED
    with pytest.raises(RuleBroken, match="infecté"):
        scanner.scan(io.BytesIO(largest), "grand.pdf")


def test_what_clamd_will_not_read_whole_is_not_clean(clamd):
    scanner = antivirus.open_scanner(clamd.tcp)
    with pytest.raises(Unavailable, match=r"« trop\.pdf » n'a pas été accepté"):
        scanner.scan(io.BytesIO(bytes(9 * limits.MEGABYTE)), "trop.pdf")


def test_a_clamd_that_died_accepts_nothing(clamd):
    scanner = antivirus.open_scanner(clamd.unix)
    clamd.process.kill()
    clamd.process.wait()
    with pytest.raises(Unavailable, match="L'antivirus ne répond pas"):
        scanner.scan(io.BytesIO(b"x"), "sain.pdf")


def test_without_antivirus_nothing_is_called_clean():
    assert antivirus.open_scanner(None).scan(io.BytesIO(b"x"), "x.pdf") is ScanState.NOT_SCANNED


@pytest.mark.parametrize("url", ["clamd:3310", "unix://", "http://127.0.0.1:3310"])
def test_an_unknown_address_is_refused_at_the_start(url):
    with pytest.raises(ValueError, match="CLAMD_URL"):
        antivirus.open_scanner(url)
