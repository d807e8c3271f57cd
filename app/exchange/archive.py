"""Is this ZIP safe to open, and what is in it? A dangerous archive is refused whole, naming the entry.

The directory is checked against the bytes before anything is unpacked: the standard library of Python 3.11.7 opens
overlapping entries, believes the sizes it reads, and loads a directory of any length. Entries are then read one by
one, never beyond the size asked for, and never written to a path of theirs. Sources: settled rules on bundles; the
list of dangers is that of package registries (« default » limits in `app.domain.limits`).
"""

import stat
import struct
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from app.domain import file_names, limits
from app.domain.errors import RuleBroken

END, END_SIZE = b"PK\x05\x06", 22
ZIP64_LOCATOR, ZIP64_LOCATOR_SIZE = b"PK\x06\x07", 20
LOCAL, LOCAL_SIZE = b"PK\x03\x04", 30
DESCRIPTOR_SIZE = 24  # the longest form of what may follow the data of a streamed entry
DIRECTORY_BYTES = 1024 * limits.ZIP_ENTRIES  # a kilobyte for each entry's line
ENCRYPTED = 0x1 | 0x40 | 0x2000
STREAMED, UTF8 = 0x8, 0x800
ARCHIVES = frozenset({"zip", "7z", "rar", "tar", "gz", "tgz", "bz2", "xz", "zst", "jar", "cab", "iso"})
OFFICE = frozenset({"docx", "xlsx", "pptx", "odt", "ods", "odp"})  # archives too, but reported as a wrong type
ARCHIVE_MARKS = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
)
UNREADABLE = "Le fichier ZIP est illisible ou abîmé"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the archive: its whole name as shown, and where the library finds it."""

    name: str
    info: zipfile.ZipInfo


class Archive:
    """A ZIP whose directory was found sound."""

    def __init__(self, opened: zipfile.ZipFile, entries: tuple[Entry, ...]) -> None:
        self._opened, self.entries = opened, entries

    def read(self, entry: Entry, most: int) -> bytes | None:
        """The bytes of an entry, None when there are more than `most`. Raises `RuleBroken` (damaged, lying size)."""
        try:
            with self._opened.open(entry.info) as file:
                data = file.read(most + 1)
                if len(data) <= most and len(data) != entry.info.file_size:
                    raise zipfile.BadZipFile
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as fault:
            raise refusal(entry.name, "est abîmé ou ne correspond pas à ce que l'archive annonce") from fault
        if file_names.extension(entry.name) not in OFFICE and _is_archive(data):
            raise refusal(entry.name, "est une archive dans l'archive")
        return data if len(data) <= most else None


def refusal(name: str, why: str) -> RuleBroken:
    """The whole archive is refused because of this entry."""
    return RuleBroken(
        f"L'archive est refusée en entier : « {file_names.shown(name)[:120]} » {why}. Aucune pièce n'a été rattachée.",
        field="file",
    )


def open_checked(content: BinaryIO) -> Archive:
    """The archive, its directory checked. Raises `RuleBroken`, in French, naming the entry when one is at fault."""
    size = content.seek(0, 2)
    if size > limits.ZIP_BYTES:
        raise RuleBroken(f"L'archive dépasse {limits.ZIP_BYTES // limits.MEGABYTE} Mo.", field="file")
    directory, count = _directory(content, size)
    try:
        opened = zipfile.ZipFile(content)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OSError) as fault:
        raise RuleBroken(f"{UNREADABLE}.", field="file") from fault
    entries = tuple(Entry(_name(info), info) for info in opened.infolist())
    if len(entries) != count:
        raise RuleBroken(f"{UNREADABLE}.", field="file")
    for entry in entries:
        _refuse_dangerous(entry)
    _refuse_duplicates(entries)
    _refuse_too_much(entries)
    _refuse_odd_layout(content, entries, directory)
    return Archive(opened, tuple(entry for entry in entries if not entry.name.endswith("/")))


def _directory(content: BinaryIO, size: int) -> tuple[int, int]:
    """Where the directory starts and how many entries it lists, from the record that ends the archive, checked."""
    content.seek(max(0, size - END_SIZE))
    tail = content.read(END_SIZE)
    if len(tail) < END_SIZE or not tail.startswith(END):
        raise RuleBroken(_why_no_end(content, size), field="file")
    _, disk, first_disk, here, count, length, offset, comment = struct.unpack("<4s4H2LH", tail)
    if comment or disk or first_disk or here != count:
        raise RuleBroken(f"{UNREADABLE} (archive en plusieurs volumes ou commentée).", field="file")
    if offset == 0xFFFFFFFF or count == 0xFFFF or _has_zip64(content, size):
        raise RuleBroken("Le format ZIP64 n'est pas accepté : refaites une archive ZIP simple.", field="file")
    if count == 0:
        raise RuleBroken("L'archive ne contient aucun fichier.", field="file")
    if count > limits.ZIP_ENTRIES or length > DIRECTORY_BYTES:
        raise RuleBroken(f"L'archive compte trop de fichiers (maximum : {limits.ZIP_ENTRIES}).", field="file")
    if offset + length + END_SIZE != size:
        raise RuleBroken("L'archive contient des données hors de ses fichiers.", field="file")
    return int(offset), int(count)


def _why_no_end(content: BinaryIO, size: int) -> str:
    content.seek(0)
    if content.read(4) not in (LOCAL, END):
        return "Le fichier n'est pas une archive ZIP."
    content.seek(max(0, size - 65_557))
    if END in content.read():
        return "L'archive contient un commentaire ou des données après sa fin."
    return f"{UNREADABLE} (il est tronqué)."


def _has_zip64(content: BinaryIO, size: int) -> bool:
    content.seek(max(0, size - END_SIZE - ZIP64_LOCATOR_SIZE))
    return content.read(4) == ZIP64_LOCATOR


def _name(info: zipfile.ZipInfo) -> str:
    """The name as its author wrote it: macOS writes UTF-8 without saying so."""
    name = info.orig_filename
    if not info.flag_bits & UTF8:
        with suppress(UnicodeError):  # an old name in its author's code page: shown as the library reads it
            name = name.encode("cp437").decode("utf-8")
    return file_names.composed(name)


def _refuse_dangerous(entry: Entry) -> None:
    """Paths, links, secrets and archives inside, from what the directory says."""
    info = entry.info
    is_folder = entry.name.endswith("/")
    kind = stat.S_IFMT(info.external_attr >> 16)
    dangers = (
        (_is_dangerous_path(entry.name), "a un nom ou un chemin dangereux"),
        (bool(info.flag_bits & ENCRYPTED), "est chiffré"),
        (kind not in (0, stat.S_IFDIR if is_folder else stat.S_IFREG), "est un lien ou un fichier spécial"),
        (info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED), "est compressé par un procédé inconnu"),
        (is_folder and info.file_size > 0, "est un dossier qui porte des données"),
        (file_names.extension(entry.name) in ARCHIVES, "est une archive dans l'archive"),
        (_is_bomb(info), "se décompresse de façon démesurée"),
    )
    for present, why in dangers:
        if present:
            raise refusal(entry.name, why)


def _is_dangerous_path(name: str) -> bool:
    parts = name.removesuffix("/").split("/")
    return (
        name.startswith("/")
        or file_names.hides_something(name)
        or any(part in ("", ".", "..") for part in parts)
        or any(sign in part for part in parts for sign in file_names.PATH_SIGNS)
    )


def _is_bomb(info: zipfile.ZipInfo) -> bool:
    return info.file_size > limits.ZIP_RATIO_FLOOR and info.file_size > limits.ZIP_RATIO * info.compress_size


def _refuse_duplicates(entries: tuple[Entry, ...]) -> None:
    seen = set()
    for entry in entries:
        name = file_names.folded(entry.name)
        if name in seen:
            raise refusal(entry.name, "s'y trouve deux fois (aux majuscules ou aux accents près)")
        seen.add(name)


def _refuse_too_much(entries: tuple[Entry, ...]) -> None:
    if sum(entry.info.file_size for entry in entries) > limits.ZIP_TOTAL_BYTES:
        most = limits.ZIP_TOTAL_BYTES // limits.MEGABYTE
        raise RuleBroken(f"L'archive dépasse {most} Mo une fois décompressée.", field="file")


def _refuse_odd_layout(content: BinaryIO, entries: tuple[Entry, ...], directory: int) -> None:
    """Each entry follows the one before: none overlaps another, and nothing stands between them."""
    expected, slack = 0, 0
    for entry in sorted(entries, key=lambda one: one.info.header_offset):
        start = entry.info.header_offset
        if start < expected:
            raise refusal(entry.name, "recouvre un autre fichier de l'archive")
        if start > expected + slack:
            raise RuleBroken("L'archive contient des données hors de ses fichiers.", field="file")
        expected = _end_of_data(content, entry)
        slack = DESCRIPTOR_SIZE if entry.info.flag_bits & STREAMED else 0
    if not expected <= directory <= expected + slack:
        raise RuleBroken("L'archive contient des données hors de ses fichiers.", field="file")


def _end_of_data(content: BinaryIO, entry: Entry) -> int:
    """Where the data of an entry end, by its own header, which must say what the directory says."""
    info = entry.info
    content.seek(info.header_offset)
    header = content.read(LOCAL_SIZE)
    if len(header) < LOCAL_SIZE or not header.startswith(LOCAL):
        raise refusal(entry.name, "n'est pas là où l'archive l'annonce")
    _, flags, method, *_, packed, _, name, extra = struct.unpack("<4x5H3L2H", header)
    if flags & ENCRYPTED:
        raise refusal(entry.name, "est chiffré")
    if method != info.compress_type or (not flags & STREAMED and packed != info.compress_size):
        raise refusal(entry.name, "ne correspond pas à ce que l'archive annonce")
    return int(info.header_offset + LOCAL_SIZE + name + extra + info.compress_size)


def _is_archive(data: bytes) -> bool:
    return data.startswith(ARCHIVE_MARKS) or data[257:262] == b"ustar"
