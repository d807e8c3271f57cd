"""What may be joined to a message to the assistance: five types, 2 MB, each proved by its content.

Guide « Les écrans du portail », § 8: « Taille maximum : 2 Mo. Formats acceptés: .json, .pdf, .png, .txt, .zip ».
"""

import hashlib
import io
from collections.abc import Callable
from typing import BinaryIO

from app.adapters import file_types
from app.adapters.file_types import Inspected
from app.domain import file_names, limits
from app.domain.errors import RuleBroken
from app.exchange import archive

MEDIA_TYPES = {
    "json": "application/json",
    "pdf": "application/pdf",
    "png": "image/png",
    "txt": "text/plain; charset=utf-8",
    "zip": "application/zip",
}


def inspect(file_name: str, content: BinaryIO) -> Inspected:
    """Read at most 2 MB + 1 byte and prove it. Raises `RuleBroken` on the field `file`, naming the file."""
    name = file_types.checked_name(file_name)
    extension = file_names.extension(name)
    if extension not in MEDIA_TYPES:
        accepted = ", ".join(f".{one}" for one in MEDIA_TYPES)
        raise RuleBroken(f"Le fichier « {name} » n'est pas d'un format accepté ({accepted}).", field="file")
    data = content.read(limits.MESSAGE_FILE_BYTES + 1)
    if len(data) > limits.MESSAGE_FILE_BYTES:
        most = limits.MESSAGE_FILE_BYTES // limits.MEGABYTE
        raise RuleBroken(f"Le fichier « {name} » dépasse la taille maximum de {most} Mo.", field="file")
    fault = "il est vide" if not data else _FAULTS[extension](data)
    if fault:
        raise RuleBroken(f"Le fichier « {name} » est refusé : {fault}.", field="file")
    return Inspected(name, MEDIA_TYPES[extension], len(data), hashlib.sha256(data).hexdigest(), io.BytesIO(data))


def _text_fault(data: bytes) -> str | None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "ce n'est pas un texte en UTF-8"
    return "il contient des caractères de contrôle" if _has_controls(text) else None


def _has_controls(text: str) -> bool:
    return any(ord(sign) < 32 and sign not in "\t\n\r\x0c" for sign in text)


def _zip_fault(data: bytes) -> str | None:
    try:
        archive.open_checked(io.BytesIO(data))
    except RuleBroken as dangerous:
        return str(dangerous).rstrip(".")
    return None


_FAULTS: dict[str, Callable[[bytes], str | None]] = {
    "json": _text_fault,  # a file that the portal rejects may be joined as it is
    "pdf": file_types.pdf_fault,
    "png": lambda data: file_types.image_fault(data, "PNG"),
    "txt": _text_fault,
    "zip": _zip_fault,
}
