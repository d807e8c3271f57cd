"""The rows of a list as HTML, written here: through a template, six hundred cells cost more than the rest of a page.

Everything is escaped but the tags written below.
"""

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup, escape

from admin_views.columns import Column
from app.services import formats

_SPECIAL = re.compile("[&<>\"']")
RowLink = tuple[str, str]  # label, address


def body(
    columns: Sequence[Column], rows: Iterable[Any], links_of: Callable[[Any], Sequence[RowLink]] | None = None
) -> Markup:
    """One `<tr>` per row: its key first, then the value of each column, in their order (`Grid`).

    `links_of`: where a row leads; each link names the row by its first column, for those who hear it.
    """
    writers = [_writer(column) for column in columns]
    written = []
    for row in rows:
        cells = [write(value) for write, value in zip(writers, row[1:], strict=False)]
        if links_of is not None:
            cells.append(_links(links_of(row), _escaped(str(row[1]))))
        written.append(f"<tr>{''.join(cells)}</tr>\n")
    return Markup("".join(written))


@functools.cache
def _writer(column: Column) -> Callable[[Any], str]:
    """How the cells of a column are written; one that takes few values is written once for each."""
    shown, kind = column.shown, column.expression.type
    opening = '<td class="sg-num">' if column.numeric else "<td>"

    def badge(value: Any) -> str:
        return f'<td><span class="badge sg-badge-{_escaped(str(value))}">{_escaped(shown(value))}</span></td>'

    def cell(value: Any) -> str:
        return f"{opening}{_escaped(shown(value))}</td>"

    def text(value: str | None) -> str:
        return f"{opening}{_escaped(value or formats.NOTHING)}</td>"

    if column.badge or isinstance(kind, sa.Enum):
        return functools.cache(badge if column.badge else cell)
    return text if shown is formats.shown and isinstance(kind, sa.String) else cell


def _escaped(text: str) -> str:
    """The same, without the tags and quotes it may hold; most cells hold none."""
    return text if _SPECIAL.search(text) is None else str(escape(text))


def _links(links: Sequence[RowLink], name: str) -> str:
    shown = " ".join(
        f'<a href="{_escaped(url)}">{_escaped(label)}<span class="sr-only"> {name}</span></a>' for label, url in links
    )
    return f'<td class="sg-actions">{shown}</td>'
