"""The rows of a list as HTML, written here: through a template, six hundred cells cost more than the rest of a page.

Everything is escaped but the tags written below.
"""

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup, escape

from admin_views.columns import Column

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
            cells.append(_links(links_of(row), escape(row[1])))
        written.append(f"<tr>{''.join(cells)}</tr>\n")
    return Markup("".join(written))


def _writer(column: Column) -> Callable[[Any], str]:
    """How the cells of a column are written; one that takes few values is written once for each."""
    shown = column.shown
    opening = '<td class="sg-num">' if column.numeric else "<td>"

    def badge(value: Any) -> str:
        return f'<td><span class="badge sg-badge-{escape(value)}">{escape(shown(value))}</span></td>'

    def text(value: Any) -> str:
        return f"{opening}{_escaped(shown(value))}</td>"

    if column.badge:
        return functools.cache(badge)
    return functools.cache(text) if isinstance(column.expression.type, sa.Enum) else text


def _escaped(text: str) -> str:
    """The same, much sooner for the letters and digits that most cells are."""
    return text if text.isalnum() else escape(text)


def _links(links: Sequence[RowLink], name: str) -> str:
    shown = " ".join(
        f'<a href="{escape(url)}">{escape(label)}<span class="sr-only"> {name}</span></a>' for label, url in links
    )
    return f'<td class="sg-actions">{shown}</td>'
