"""A file is what its name says, or it is refused by name."""

import io
import resource
import time

import pytest

from app.adapters import file_types
from app.domain import limits
from app.domain.errors import RuleBroken
from tests import files

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<html><script>alert(1)</script>\n%PDF-1.7\n"

HOSTILE = {
    "empty.pdf": b"",
    "fake.pdf": b"%PDF-1.7\nrien",
    "page.pdf": HTML,
    "late.pdf": b"\n\n" + files.pdf(),
    "program.pdf": b"MZ\x90\x00" + bytes(200),
    "archive.pdf": b"PK\x03\x04" + bytes(200),
    "image.pdf": files.image(),
    "locked.pdf": files.encrypted("secret"),
    "sealed.pdf": files.encrypted(),
    "opening-script.pdf": files.pdf(files.with_opening_script),
    "packed-script.pdf": files.pdf(
        files.with_opening_script, object_stream_mode=files.pikepdf.ObjectStreamMode.generate
    ),
    "script-tree.pdf": files.pdf(files.with_script_tree),
    "page-action.pdf": files.pdf(files.with_page_action),
    "launch.pdf": files.pdf(files.with_launch),
    "address.pdf": files.pdf(files.with_opening_address),
    "cut.pdf": files.pdf()[:200],
    "unpacking.pdf": files.unpacking_pdf(300),
    "drawing.png": SVG,
    "photo.png": files.image("JPEG"),
    "photo.jpg": files.image("PNG"),
    "animation.png": files.image("GIF"),
    "cut.png": files.image()[:40],
    "cut.jpeg": files.image("JPEG", (400, 400))[:700],
    "page.jpg": files.image("JPEG")[:30] + HTML,
    "huge.png": files.png_header(20_000, 20_000),
    "large.png": files.png_header(9_000, 9_000),
    "heavy.pdf": files.pdf() + bytes(limits.PIECE_BYTES),
    "program.exe": files.pdf(),
    "no-extension": files.pdf(),
    "page.html": HTML,
    "drawing.svg": SVG,
    "double.pdf.exe": files.pdf(),
    "table.xlsx": b"PK\x03\x04",
    "../../evade.pdf": files.pdf(),
    "/etc/evade.pdf": files.pdf(),
    "C:\\evade.pdf": files.pdf(),
    "line\r\nbreak.pdf": files.pdf(),
    "null\x00.pdf": files.pdf(),
    "right-to-left\u202efdp.pdf": files.pdf(),
    "invisible\u200b.pdf": files.pdf(),
    "n" * 120 + ".pdf": files.pdf(),
    ".pdf": files.pdf(),
    "": files.pdf(),
}
SOUND = {
    "bon de commande.pdf": files.pdf(),
    "BON.PDF": files.pdf(),
    "ancien.pdf": files.pdf(force_version="1.4"),
    "recent.pdf": files.pdf(force_version="2.0"),
    "packed.pdf": files.pdf(object_stream_mode=files.pikepdf.ObjectStreamMode.generate),
    "from-a-word-processor.pdf": files.pdf(files.opening_on_its_page),
    "scan.png": files.image(),
    "scan.jpg": files.image("JPEG"),
    "scan.JPEG": files.image("JPEG", (2000, 3000)),
    "reçu été.pdf": files.pdf(),
}


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: repr(name)[:40])
def test_a_hostile_file_is_refused_by_name(name):
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(RuleBroken) as refused:
        file_types.inspect(name, io.BytesIO(HOSTILE[name]))
    assert time.monotonic() - started < 3
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024
    message = str(refused.value)
    assert refused.value.field == "file"
    assert "\u202e" not in message
    assert "\n" not in message
    if name.strip(".\u202e") and name.isprintable() and len(name) < 100:
        assert name in message


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_file_is_taken(name):
    found = file_types.inspect(name, io.BytesIO(SOUND[name]))
    assert found.size == len(SOUND[name])
    assert found.content.read() == SOUND[name]


def test_the_limit_is_four_megabytes_counted():
    exact = files.pdf()
    exact += b"\n" * (limits.PIECE_BYTES - len(exact))
    assert file_types.inspect("x.pdf", io.BytesIO(exact)).size == limits.PIECE_BYTES
    with pytest.raises(file_types.TooBig, match=r"« x\.pdf » dépasse la taille maximum de 4 Mo"):
        file_types.inspect("x.pdf", io.BytesIO(exact + b"\n"))


def test_no_more_than_the_limit_is_ever_read():
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            assert size > 0
            self.given += size
            return b"%PDF-" + bytes(size - 5)

    endless = Endless()
    with pytest.raises(file_types.TooBig):
        file_types.inspect("x.pdf", endless)
    assert endless.given == limits.PIECE_BYTES + 1


def test_a_decomposed_name_is_stored_composed():
    assert file_types.inspect("rec\u0327u.pdf", io.BytesIO(files.pdf())).name == "re\u00e7u.pdf"
