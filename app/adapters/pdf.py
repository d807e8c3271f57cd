"""How a letter becomes a PDF: typst, tagged (PDF/UA-1) and archivable (PDF/A-2a), with embedded fonts only.

The data travels as one JSON string of `sys_inputs`: nothing in it can be read as markup.
"""

import datetime as dt
import functools
import json
import re
import threading
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "letters"
STANDARDS = ["a-2a", "ua-1"]
# What the embedded text font draws; PDF/A refuses a letter with any other sign.
_DRAWN = (
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x1CD, 0x21B),
    (0x391, 0x3A1),
    (0x3A3, 0x3CE),
    (0x400, 0x45F),
    (0x2010, 0x2026),
    (0x202F, 0x202F),
    (0x20AC, 0x20AC),
)
_PAGE = re.compile(rb"/Type\s*/Page\b")
_one_at_a_time = threading.Lock()


def render(template: str, data: Mapping[str, Any], made_at: dt.datetime) -> bytes:
    """The PDF of `templates/letters/<template>.typ` filled with `data` (JSON-able). The same arguments, the same bytes.

    A sign the font does not draw (an emoji in a company's name) is written « ? » rather than refusing the letter.
    """
    compiler = _compiler(template)
    with _one_at_a_time:
        try:
            return _compile(compiler, data, made_at)
        except typst.TypstError as fault:
            if "could not be displayed" not in str(fault):
                raise
            return _compile(compiler, _drawable(data), made_at)


def _compile(compiler: Any, data: Any, made_at: dt.datetime) -> bytes:
    """Most letters are of one page: one that has more is made again, knowing how many."""
    made = _made(compiler, data, made_at, pages=1)
    pages = len(_PAGE.findall(made))
    return made if pages == 1 else _made(compiler, data, made_at, pages)


def _made(compiler: Any, data: Any, made_at: dt.datetime, pages: int) -> bytes:
    made: bytes = compiler.compile(
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False), "pages": str(pages)},
        pdf_standards=STANDARDS,
        timestamp=int(made_at.timestamp()),
    )
    return made


@functools.cache
def _compiler(template: str) -> Any:
    """One compiler per template and process: it keeps the fonts and what it has parsed."""
    return typst.Compiler(str(TEMPLATES / f"{template}.typ"), root=str(TEMPLATES), ignore_system_fonts=True)


def _drawable(value: Any) -> Any:
    """The same data with only signs the font draws."""
    match value:
        case str():
            return "".join(sign if _is_drawn(sign) else "?" for sign in unicodedata.normalize("NFC", value))
        case Mapping():
            return {key: _drawable(part) for key, part in value.items()}
        case list() | tuple():
            return [_drawable(part) for part in value]
    return value


def _is_drawn(sign: str) -> bool:
    return any(first <= ord(sign) <= last for first, last in _DRAWN)
