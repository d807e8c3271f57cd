"""Is this file really what its name says? Its type is proved by a real parse, its size by counting its bytes.

Formats and size: those of the guides for enrolment pieces (« Présentation du portail »), applied to every piece
(settled); refusing scripts, automatic actions, encryption and odd names is ours.
"""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import pikepdf
from PIL import Image

from app.domain import file_names, limits
from app.domain.errors import RuleBroken

MEDIA_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}
IMAGE_FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG"}
PDF_STREAM_BYTES = 32 * limits.MEGABYTE  # what opening a PDF may unpack from one stream
PDF_OBJECTS = 100_000
ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/AA"})
ACTIVE_ACTIONS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition"})

# Process-wide, and asked to be set once before any thread reads a PDF.
pikepdf.settings.set_qpdf_limits(
    max_stream_filters=4,
    parser_max_nesting=100,
    doc_max_warnings=100,
    flate_max_memory=PDF_STREAM_BYTES,
    png_max_memory=PDF_STREAM_BYTES,
    run_length_max_memory=PDF_STREAM_BYTES,
    tiff_max_memory=PDF_STREAM_BYTES,
)


class TooBig(RuleBroken):
    """The file is over the size limit."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """A sound file: its cleaned name, media type, bytes (at the start) and their SHA-256."""

    name: str
    media_type: str
    size: int
    digest: str
    content: BinaryIO


def inspect(file_name: str, content: BinaryIO) -> Inspected:
    """Read at most 4 MB + 1 byte of `content` and prove it. Raises `TooBig` or `RuleBroken`, naming the file."""
    name = checked_name(file_name)
    extension = file_names.extension(name)
    if extension not in limits.PIECE_EXTENSIONS:
        accepted = ", ".join(f".{one}" for one in limits.PIECE_EXTENSIONS)
        raise RuleBroken(f"Le fichier « {name} » n'est pas d'un type accepté ({accepted}).", field="file")
    data = content.read(limits.PIECE_BYTES + 1)
    if len(data) > limits.PIECE_BYTES:
        megabytes = limits.PIECE_BYTES // limits.MEGABYTE
        raise TooBig(f"Le fichier « {name} » dépasse la taille maximum de {megabytes} Mo.", field="file")
    if not data:
        raise RuleBroken(f"Le fichier « {name} » est vide.", field="file")
    fault = pdf_fault(data) if extension == "pdf" else image_fault(data, IMAGE_FORMATS[extension])
    if fault:
        raise RuleBroken(f"Le fichier « {name} » est refusé : {fault}.", field="file")
    return Inspected(name, MEDIA_TYPES[extension], len(data), hashlib.sha256(data).hexdigest(), io.BytesIO(data))


def checked_name(file_name: str) -> str:
    """The name in composed form. Raises `RuleBroken` when it is empty, too long, or hides something."""
    name = file_names.composed(file_name)
    shown = file_names.shown(name)
    if not name.strip(". "):
        raise RuleBroken("Le fichier n'a pas de nom.", field="file")
    if len(name) > limits.PIECE_NAME_LENGTH:
        raise RuleBroken(
            f"Le nom du fichier « {shown[:40]}… » dépasse {limits.PIECE_NAME_LENGTH} caractères.", field="file"
        )
    if not file_names.is_plain(name):
        raise RuleBroken(f"Le nom du fichier « {shown} » contient des caractères interdits.", field="file")
    return name


def image_fault(data: bytes, expected: str) -> str | None:
    """Why these bytes are not an image of this format, in French."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            return _opened_image_fault(image, data, expected)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return "l'image compte trop de points"
    except Exception:  # Pillow lets whatever its decoders meet through
        return "l'image ne peut pas être lue"


def _opened_image_fault(image: Image.Image, data: bytes, expected: str) -> str | None:
    if image.format != expected:
        return f"son contenu n'est pas celui d'une image {expected}"
    if image.width * image.height > limits.PIECE_PIXELS:
        return "l'image compte trop de points"
    image.verify()
    if expected == "JPEG":  # verify() reads only the head of a JPEG: decode it, eight times smaller
        with Image.open(io.BytesIO(data)) as whole:
            whole.draft("RGB", (max(1, whole.width // 8), max(1, whole.height // 8)))
            whole.load()
    return None


def pdf_fault(data: bytes) -> str | None:
    """Why these bytes are not a passive PDF, in French."""
    if not data.startswith(b"%PDF-"):
        return "son contenu n'est pas celui d'un PDF"
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return _opened_pdf_fault(pdf)
    except pikepdf.PasswordError:
        return "le PDF est protégé par un mot de passe"
    except Exception:  # qpdf has many ways of refusing a damaged file
        return "le PDF ne peut pas être lu"


def _opened_pdf_fault(pdf: pikepdf.Pdf) -> str | None:
    if pdf.is_encrypted:
        return "le PDF est chiffré"
    if len(pdf.pages) == 0:
        return "le PDF n'a aucune page"
    if len(pdf.objects) > PDF_OBJECTS:
        return "le PDF est trop complexe"
    if any(_is_active(part) for one in (pdf.trailer, *pdf.objects) for part in _parts(one)):
        return "le PDF contient un script ou une action automatique"
    return None


def _parts(one: Any) -> Iterator[Any]:
    """The dictionaries of an object, those written inside it included; other objects are met on their own."""
    waiting = [one]
    while waiting:
        part = waiting.pop()
        if isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            yield part
            waiting += [value for value in dict(part.items()).values() if _is_inside(value)]
        elif isinstance(part, pikepdf.Array):
            waiting += [value for value in part if _is_inside(value)]


def _is_inside(value: Any) -> bool:
    return isinstance(value, pikepdf.Object) and not value.is_indirect


def _is_active(part: Any) -> bool:
    """A script, a launch, a form that sends itself, or anything but a jump to a page at the opening."""
    if ACTIVE_KEYS.intersection(part.keys()):
        return True
    if str(part.get("/S", "")) in ACTIVE_ACTIONS:
        return True
    opening = part.get("/OpenAction")
    # Word processors open on a page: a destination, or the action that goes to one, does nothing else.
    return isinstance(opening, pikepdf.Dictionary) and str(opening.get("/S", "")) != "/GoTo"
