"""A file that travels with a form, since nothing of it is kept: packed as text, unpacked within a bound."""

import base64
import binascii
import zlib

from app.domain import limits
from app.domain.errors import RuleBroken

LOST = "Le fichier simulé n'est plus lisible dans cette page : choisissez-le de nouveau."


def packed(content: bytes) -> str:
    """The bytes as text; empty when they are too many to travel (a file that compresses badly)."""
    text = base64.urlsafe_b64encode(zlib.compress(content, 6)).decode()
    return text if len(text) <= limits.PACKED_FILE else ""


def unpacked(text: str) -> bytes:
    """The bytes again, `limits.JSON_FILE_BYTES` at most. Raises `RuleBroken` for a text that is none of ours."""
    reader = zlib.decompressobj()
    try:
        content = reader.decompress(base64.urlsafe_b64decode(text.encode()), limits.JSON_FILE_BYTES + 1)
    except (ValueError, binascii.Error, zlib.error) as fault:
        raise RuleBroken(LOST, field="file") from fault
    if not content or len(content) > limits.JSON_FILE_BYTES or not reader.eof:
        raise RuleBroken(LOST, field="file")
    return content
