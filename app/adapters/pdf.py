"""How a letter becomes a PDF: typst, tagged (PDF/UA-1) and archivable (PDF/A-2a), with embedded fonts only.

What is compiled is one call of the template's function `made`, with the data as one JSON text in one string: nothing in
it can be read as markup. The template itself does not change from one letter to the next, and what typst knows of it
serves again (`sys.inputs`, which every module may read, would have it all done again).
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
    with _one_at_a_time:
        try:
            return _compile(template, data, made_at)
        except typst.TypstError as fault:
            if "could not be displayed" not in str(fault):
                raise
            return _compile(template, _drawable(data), made_at)


def _compile(template: str, data: Any, made_at: dt.datetime) -> bytes:
    """Most letters are of one page: one that has more is made again, knowing how many."""
    made = _made(template, data, made_at, pages=1)
    pages = len(_PAGE.findall(made))
    return made if pages == 1 else _made(template, data, made_at, pages)


def _made(template: str, data: Any, made_at: dt.datetime, pages: int) -> bytes:
    # A JSON text written once more as JSON has the escapes of a string of typst: a quote and a backslash, no other.
    said = json.dumps(json.dumps(data, ensure_ascii=False), ensure_ascii=False)
    call = f'#import "/{template}.typ": made\n#made(json(bytes({said})), {pages})\n'
    made: bytes = _compiler().compile(
        call.encode(),
        format="pdf",
        pdf_standards=STANDARDS,
        timestamp=int(made_at.timestamp()),
    )
    return made


@functools.cache
def _compiler() -> Any:
    """One compiler per process: it keeps the fonts, what it has parsed and what it has laid out."""
    return typst.Compiler(root=str(TEMPLATES), ignore_system_fonts=True)


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
