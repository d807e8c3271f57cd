"""How does the bench speak to the portal: as a person does, logged in through the form."""

import random
import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.test import Client

from app.factory import create_app
from benchmarks import databases, world
from benchmarks.databases import World

NUMBER = re.compile(rb"FIN[A-Z0-9]{3}\d{6,}M[01]")
TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
HELD_BY_NONE = "98765432"  # digits that must be looked for: no number of a world has so many
LOGIN, CODE = "/segurnums/connexion", "/segurnums/connexion/code"


def open_on(made: World) -> Flask:
    """The portal on a built world."""
    return create_app(databases.settings(made.url, made.folder))


def client(flask: Flask, username: str) -> Client:
    """A browser of this person."""
    browser = flask.test_client()

    def send(path: str, form: dict[str, str]) -> tuple[int, str]:
        answer = browser.post(path, data=form | {"csrf_token": token(browser.get(path).get_data())})
        return answer.status_code, answer.headers.get("Location", "")

    log_in(username, send)
    return browser


def log_in(username: str, send: Callable[[str, dict[str, str]], tuple[int, str]]) -> None:
    """Through the portal's own forms; `send` fills the one of a path, and returns the status and where it leads. A
    code of an application serves once, in half a minute: the bench comes back too often, and spends recovery codes."""
    status, leads_to = send(LOGIN, {"username": username, "password": world.PASSWORD})
    while status == 303 and leads_to == CODE or status == 422:
        status, leads_to = send(CODE, {"code": random.choice(world.ENTRY_CODES)})
    if status != 303:
        raise RuntimeError(f"{username} cannot log in: {status}")


def token(page: bytes) -> str:
    """The CSRF token of a page."""
    found = TOKEN.search(page)
    if found is None:
        raise RuntimeError("no form on this page")
    return found[1].decode()


def body(browser: Any, address: str) -> bytes:
    """What this address answers to a test client, Flask's or Django's; raises unless it is 200."""
    answer = browser.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    return bytes(answer.content if hasattr(answer, "content") else answer.get_data())


def numbers(page: bytes) -> list[str]:
    """The requests of a list, in its order."""
    return [found.decode() for found in dict.fromkeys(NUMBER.findall(page))]


def same_rows(page: bytes, other: bytes) -> bool:
    """Whether two pages list the same requests in the same order, one at least."""
    listed = numbers(page)
    return bool(listed) and listed == numbers(other)


def with_argument(address: str, argument: str) -> str:
    """The address with one more argument."""
    return f"{address}{'&' if '?' in address else '?'}{argument}"
