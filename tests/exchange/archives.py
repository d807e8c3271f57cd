"""Hostile archives, built byte by byte where the standard library would not write them."""

import gzip
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable

from tests import files

PIECE = files.pdf()
SOUND = {"bdc-00001.pdf": PIECE, "bdc-00002.pdf": PIECE}
PACKED_AT = (2026, 1, 5, 9, 0, 0)  # two processes that build the same archive get the same bytes


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(name, PACKED_AT), data, method)
    return written.getvalue()


def beside(name: str, data: bytes = PIECE, **facts: int) -> bytes:
    """A sound archive with one more entry, whose directory line says `facts`."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bdc-00001.pdf", PIECE)
        info = zipfile.ZipInfo(name)
        info.filename = info.orig_filename = name  # as written, even with a zero byte in it
        info.compress_type = zipfile.ZIP_DEFLATED
        for fact, value in facts.items():
            setattr(info, fact, value)
        archive.writestr(info, data)
    return written.getvalue()


def linked(mode: int) -> bytes:
    return beside("lien.pdf", b"/etc/passwd", external_attr=(mode | 0o777) << 16, create_system=3)


def patched(archive: bytes, mark: bytes, offset: int, value: bytes, which: int = 0) -> bytes:
    """The archive with `value` written `offset` bytes after the given occurrence of `mark`."""
    start = -1
    for _ in range(which + 1):
        start = archive.index(mark, start + 1)
    return archive[: start + offset] + value + archive[start + offset + len(value) :]


LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def overlapping(count: int, size: int) -> bytes:
    """One compressed kernel that every line of the directory points at (CVE-2024-0450)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packer.compress(bytes(size)) + packer.flush()
    name = b"noyau.pdf"
    facts = struct.pack("<HHHHHLLLHH", 20, 0, 8, 0, 33, zlib.crc32(bytes(size)), len(data), size, len(name), 0)
    kernel = LOCAL + facts + name + data
    lines = b""
    for rank in range(count):
        own = b"n%05d.pdf" % rank
        said = struct.pack("<HHHHHLLLHH", 20, 0, 8, 0, 33, zlib.crc32(bytes(size)), len(data), size, len(own), 0)
        lines += CENTRAL + struct.pack("<H", 20) + said + struct.pack("<HHHLL", 0, 0, 0, 0, 0) + own
    end = END + struct.pack("<HHHHLLH", 0, 0, count, count, len(lines), len(kernel), 0)
    return kernel + lines + end


def quoted() -> bytes:
    """The second entry lies inside the data of the first, which is stored."""
    inner = zipped({"bdc-00002.pdf": PIECE}, zipfile.ZIP_STORED)
    inner_entry = inner[: inner.index(CENTRAL)]
    outer = zipped({"bdc-00001.pdf": inner_entry, "bdc-00002.pdf": PIECE}, zipfile.ZIP_STORED)
    # The second line of the directory now points into the data of the first.
    return patched(outer, CENTRAL, 42, struct.pack("<L", 30 + len("bdc-00001.pdf")), which=1)


def lying_size(archive: bytes, size: int) -> bytes:
    """Both headers of the first entry declare this unpacked size."""
    packed = struct.pack("<L", size)
    return patched(patched(archive, LOCAL, 22, packed), CENTRAL, 24, packed)


def many(count: int) -> bytes:
    return zipped({f"bdc-{rank:05d}.pdf": b"" for rank in range(count)}, zipfile.ZIP_STORED)


def zip64() -> bytes:
    sound = zipped(SOUND)
    end = sound.rindex(END)
    size, offset = struct.unpack("<LL", sound[end + 12 : end + 20])
    record = b"PK\x06\x06" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, 2, 2, size, offset)
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, end, 1)
    return sound[:end] + record + locator + sound[end:]


def tar() -> bytes:
    import tarfile

    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        info = tarfile.TarInfo("x.pdf")
        info.size = len(PIECE)
        archive.addfile(info, io.BytesIO(PIECE))
    return written.getvalue()


def bad_data() -> bytes:
    """The packed bytes of the first entry are damaged."""
    sound = zipped({"bdc-00001.pdf": PIECE * 20})
    return patched(sound, LOCAL, 30 + len("bdc-00001.pdf") + 4, b"\xff\xff\xff\xff\xff\xff")


def bad_sum() -> bytes:
    return patched(zipped({"bdc-00001.pdf": b"%PDF-" + PIECE}, zipfile.ZIP_STORED), LOCAL, 30 + 13 + 5, b"#")


SOUND_ZIP = zipped(SOUND)
HOSTILE: dict[str, Callable[[], bytes]] = {
    "path: parent": lambda: beside("../../evade.pdf"),
    "path: parent inside": lambda: beside("pieces/../../evade.pdf"),
    "path: absolute": lambda: beside("/etc/evade.pdf"),
    "path: drive": lambda: beside("C:/evade.pdf"),
    "path: drive, backslashes": lambda: beside("C:\\evade.pdf"),
    "path: backslashes": lambda: beside("..\\..\\evade.pdf"),
    "path: network": lambda: beside("//serveur/evade.pdf"),
    "path: dot": lambda: beside("./evade.pdf"),
    "path: empty part": lambda: beside("pieces//evade.pdf"),
    "path: folder that climbs": lambda: beside("../evade/", b""),
    "path: alternate stream": lambda: beside("bdc.pdf:cache"),
    "name: zero byte": lambda: beside("evade.pdf\x00.txt"),
    "name: line break": lambda: beside("evade\r\n.pdf"),
    "name: right to left": lambda: beside("evade\u202efdp.exe"),
    "name: invisible": lambda: beside("bdc\u200b-00001.pdf"),
    "name: unlike its header": lambda: patched(SOUND_ZIP, LOCAL, 30, b"autre"),
    "link": lambda: linked(stat.S_IFLNK),
    "device": lambda: linked(stat.S_IFCHR),
    "pipe": lambda: linked(stat.S_IFIFO),
    "folder with data": lambda: beside("dossier/", b"donnees"),
    "twice the same name": lambda: patched(
        patched(SOUND_ZIP, b"bdc-00002", 0, b"bdc-00001"), b"bdc-00002", 0, b"bdc-00001"
    ),
    "same name but for case": lambda: beside("BDC-00001.PDF"),
    "same name but for accents": lambda: zipped({"re\u00e7u.pdf": PIECE, "rec\u0327u.pdf": PIECE}),
    "encrypted, said everywhere": lambda: patched(patched(SOUND_ZIP, LOCAL, 6, b"\x01\x00"), CENTRAL, 8, b"\x01\x00"),
    "encrypted, said by its header only": lambda: patched(SOUND_ZIP, LOCAL, 6, b"\x01\x00"),
    "encrypted, strongly": lambda: patched(SOUND_ZIP, CENTRAL, 8, b"\x41\x00"),
    "nested zip": lambda: beside("autres.zip", zipped(SOUND)),
    "nested zip named pdf": lambda: beside("autres.pdf", zipped(SOUND)),
    "nested zip named text": lambda: beside("autres.txt", zipped(SOUND)),
    "nested gzip named pdf": lambda: beside("autres.pdf", gzip.compress(PIECE)),
    "nested tar named pdf": lambda: beside("autres.pdf", tar()),
    "nested seven-zip": lambda: beside("autres.7z", b"7z\xbc\xaf\x27\x1c" + bytes(40)),
    "nested rar named pdf": lambda: beside("autres.pdf", b"Rar!\x1a\x07\x00" + bytes(40)),
    "bomb": lambda: beside("bombe.pdf", bytes(200 * 1024 * 1024)),
    "bomb: ratio": lambda: beside("bombe.pdf", bytes(3 * 1024 * 1024)),
    "bomb: declared small": lambda: lying_size(zipped({"bdc-00001.pdf": bytes(50 * 1024 * 1024)}), 900),
    "bomb: declared empty": lambda: lying_size(zipped({"bdc-00001.pdf": bytes(9_000_000)}), 0),
    "bomb: overlapping entries": lambda: overlapping(900, 1_000_000),
    "overlap: an entry inside another": quoted,
    "overlap: the same entry twice": lambda: overlapping(2, 1000),
    "declares more than it holds": lambda: lying_size(SOUND_ZIP, 900_000),
    "declares a total out of reason": lambda: lying_size(SOUND_ZIP, 0xFFFFFFF0),
    "too many entries": lambda: many(1001),
    "far too many entries": lambda: many(20_000),
    "zip64": zip64,
    "zip64: announced by its end": lambda: patched(SOUND_ZIP, END, 16, b"\xff\xff\xff\xff"),
    "several volumes": lambda: patched(SOUND_ZIP, END, 4, b"\x01\x00"),
    "count unlike the directory": lambda: patched(SOUND_ZIP, END, 8, b"\x07\x00\x07\x00"),
    "data after the end": lambda: SOUND_ZIP + b"<script>alert(1)</script>",
    "data before the start": lambda: b"#!/bin/sh\nrm -rf /\n" + SOUND_ZIP,
    "data before the directory": lambda: gap(),
    "comment": lambda: patched(SOUND_ZIP, END, 20, b"\x05\x00") + b"salut",
    "odd method": lambda: zipped(SOUND, zipfile.ZIP_LZMA),
    "method unlike the directory": lambda: patched(SOUND_ZIP, LOCAL, 8, b"\x00\x00"),
    "size unlike the directory": lambda: patched(SOUND_ZIP, LOCAL, 18, b"\x01\x00\x00\x00"),
    "header elsewhere": lambda: patched(SOUND_ZIP, CENTRAL, 42, b"\x05\x00\x00\x00"),
    "damaged data": bad_data,
    "damaged sum": bad_sum,
    "cut": lambda: SOUND_ZIP[:-30],
    "empty archive": lambda: zipped({}),
    "empty file": lambda: b"",
    "not an archive": lambda: PIECE,
    "a tar": tar,
}


def gap() -> bytes:
    """Forty bytes hidden between the last entry and the directory."""
    start = SOUND_ZIP.index(CENTRAL)
    end = SOUND_ZIP.rindex(END)
    moved = struct.pack("<L", start + 40)
    return SOUND_ZIP[:start] + b"!" * 40 + SOUND_ZIP[start : end + 16] + moved + SOUND_ZIP[end + 20 :]
