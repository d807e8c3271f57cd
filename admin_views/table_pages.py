"""Which page of each table of a request does an address ask for, and which address asks for another one?"""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import request

from admin_views.whole_numbers import whole
from app.services.table_pages import Asked

_PREFIX = "page_"


def asked() -> Asked:
    """By key of a table, the page this address asks for; what is no number is left out."""
    pages = {name: whole(value) for name, value in request.args.items() if name.startswith(_PREFIX)}
    return {name.removeprefix(_PREFIX): page for name, page in pages.items() if page is not None}


def turning(path: str) -> Callable[[str, int], str]:
    """`turn(key, page)`: the page at `path` with that table on that page; what else this address asks is kept."""

    def turn(key: str, page: int) -> str:
        kept = {name: value for name, value in request.args.items() if name != _PREFIX + key}
        return f"{path}?{urlencode(kept | {_PREFIX + key: page})}#{key}"

    return turn
