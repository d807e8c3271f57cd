"""How is a CSV laid out that somebody's spreadsheet wrote? Its separator, and where its rows begin. Pure.

`;`, `,` or a tab, the one the first line has most of; a line « sep=; » before it, as some spreadsheets write, says it.
"""

import io
import re
from typing import NamedTuple

SEPARATORS = ";,\t"  # in the order they are preferred when the first line has as many of each
_SAID = re.compile(r'"?sep=([;,\t])"?[ ;,]*\r?\n', re.IGNORECASE)


class Layout(NamedTuple):
    """`rows`: the text without what only says its separator; `first`: the line of the file they begin at, from 1."""

    separator: str
    rows: str
    first: int


def of(text: str) -> Layout:
    """The layout of a text; lines that begin with `#` say nothing of it."""
    said = _SAID.match(text)
    if said:
        return Layout(said[1], text[said.end() :], 2)
    first = next((line for line in io.StringIO(text) if line.strip() and not line.startswith("#")), "")
    return Layout(max(SEPARATORS, key=first.count), text, 1)
