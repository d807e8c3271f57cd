"""How does the bench speak to the portal: as a person does, logged in through the form."""

import re
from typing import Any

from flask import Flask
from werkzeug.test import Client

from app.factory import create_app
from benchmarks import databases, world
from benchmarks.databases import World

NUMBER = re.compile(rb"FIN[A-Z0-9]{3}\d{6,}M[01]")
TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
LOGIN = "/segurnums/connexion"


def open_on(made: World) -> Flask:
    """The portal on a built world."""
    return create_app(databases.settings(made.url, made.folder))


def client(flask: Flask, username: str) -> Client:
    """A browser of this person."""
    browser = flask.test_client()
    page = browser.get(LOGIN).get_data()
    answer = browser.post(LOGIN, data={"csrf_token": token(page), "username": username, "password": world.PASSWORD})
    if answer.status_code != 302:
        raise RuntimeError(f"{username} cannot log in: {answer.status}")
    return browser


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


def with_argument(address: str, argument: str) -> str:
    """The address with one more argument."""
    return f"{address}{'&' if '?' in address else '?'}{argument}"
