"""What an address may hold: `<row:name>` is the id of a row, as far as both databases count."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map


class RowId(IntegerConverter):
    """Beyond 2 147 483 647 the address does not exist: PostgreSQL would fail on it."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**31 - 1)


def init_app(app: Flask) -> None:
    """Before any route is added."""
    app.url_map.converters["row"] = RowId
