"""Who visits the same list in each implementation, logged in: ours, the peers, and the peers with our indexes."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from app.extensions import db
from benchmarks import portal
from benchmarks.databases import World
from benchmarks.peers import django_site, stock

Visit = Callable[[str], bytes]


class Visitors:
    """The browsers of one world. `with_indexes`: the peers on our database too, not only out of the box."""

    def __init__(self, made: World, flask: Flask, *, with_indexes: bool) -> None:
        self.made, self.flask = made, flask
        self.stocks = {"stock": stock.create(made.bare_url)}
        self.djangos = {"django": alias(made, bare=True)}
        if with_indexes:
            self.stocks["stock+"] = stock.create(made.url)
            self.djangos["django+"] = alias(made, bare=False)

    def of(self, username: str, supplier_id: int | None) -> dict[str, Visit]:
        """How this person reads an address in each implementation."""
        visits: dict[str, Visit] = {"ours": _reading(portal.client(self.flask, username))}
        for name, flask in self.stocks.items():
            browser = flask.test_client()
            browser.post("/login", data={"username": username})
            visits[name] = _reading(browser)
        for name, database in self.djangos.items():
            with django_site.using(database):
                visits[name] = _reading_django(django_site.client(supplier_id), database)
        return visits

    def close(self) -> None:
        """Leave every connection of ours and of stock."""
        for flask in (self.flask, *self.stocks.values()):
            with flask.app_context():
                db.session.remove()
                db.engine.dispose()


def alias(made: World, *, bare: bool) -> str:
    """The name Django knows this database by."""
    return f"{made.backend}-{made.size}{'-bare' if bare else ''}"


def _reading(browser: Any) -> Visit:
    return lambda address: portal.body(browser, address)


def _reading_django(browser: Any, database: str) -> Visit:
    def read(address: str) -> bytes:
        with django_site.using(database):
            return portal.body(browser, address)

    return read
