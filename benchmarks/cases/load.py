"""How many pages a second do two server processes give, beside stock, under `wrk`?

Each implementation is served by two waitress processes on one port, as many as the machine has cores; `wrk` asks one
page with the cookie of a person logged in. Ours and stock take turns. `wrk` is a system package of that name.
"""

import re
import shutil
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass

from flask import Flask

from app.extensions import db
from benchmarks import portal, processes, timing
from benchmarks.cases import grids
from benchmarks.databases import World, tell
from benchmarks.processes import Served
from benchmarks.timing import Line, Stats

CONNECTIONS = 8
TURNS, SECONDS = 3, 6
TURNS_OF_SHORT, SECONDS_OF_SHORT = 1, 3
TURNS_OF_DEEP, SECONDS_OF_DEEP = 1, 45  # stock takes ten seconds and more for one, when several ask
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_FAILED = re.compile(r"Non-2xx or 3xx responses: (\d+)|timeout (\d+)")


@dataclass(frozen=True, slots=True)
class _Page:
    """A page asked of ours and of stock in turn, `seconds` each time; `goal`: how many times stock's rate."""

    name: str
    ours: str
    stock: str
    goal: float
    turns: int
    seconds: int


def lines(made: World, flask: Flask, *, full: bool) -> list[Line]:
    """The staff's list, its first page; in the full mode a deep one as well, where it is that long."""
    if shutil.which("wrk") is None:
        return [Line(made.backend, "pages per second", fault="`wrk` is not installed")]
    turns, seconds = (TURNS, SECONDS) if full else (TURNS_OF_SHORT, SECONDS_OF_SHORT)
    pages = [_Page("first page", "/gestion/demandes/", "/staff/", 10.0, turns, seconds)]
    if full:
        pages += _deep(flask)
    found = []
    with ExitStack() as stack:
        ours = stack.enter_context(processes.served("portal", made.url, made.folder, workers=2))
        stock = stack.enter_context(processes.served("stock", made.bare_url, made.folder, workers=2))
        ours.login(grids.STAFF)
        stock.ask("POST", "/login", {"username": grids.STAFF}).read()
        for page in pages:
            tell(f"{made.backend}: wrk, {page.name}")
            line = Line(made.backend, f"wrk, two processes, {CONNECTIONS} connections, staff, {page.name}: requests/s")
            found.append(line)
            # `wrk` looks at no answer: a redirection to the login would be the fastest of all.
            if not portal.same_rows(ours.body(page.ours), stock.body(page.stock)):
                line.fault = "not the rows of stock"
            taken = [
                (_rate(ours, page.ours, page.seconds), _rate(stock, page.stock, page.seconds))
                for _ in range(page.turns)
            ]
            rates = [Stats(values) for values in zip(*taken, strict=True)]
            line.figures = dict(zip(("ours", "stock"), rates, strict=True))
            if rates[1].p50:
                times = rates[0].p50 / rates[1].p50
                line.goals = timing.beside_peer(made.size, "× stock", times, page.goal, at_least=True)
            else:
                line.fault = line.fault or f"stock gave no page in {page.seconds} s"
    return found


def _deep(flask: Flask) -> list[_Page]:
    """The deep page; none when the list is shorter."""
    with flask.app_context():
        cursor = grids.deep_cursor()
        db.session.remove()
    if not cursor:
        return []
    asked = f"/gestion/demandes/?apres={cursor}&page={grids.DEEP}"
    stock = f"/staff/?page={grids.DEEP - 1}"
    return [_Page(f"page {grids.DEEP}", asked, stock, 30.0, TURNS_OF_DEEP, SECONDS_OF_DEEP)]


def _rate(site: Served, path: str, seconds: int) -> float:
    """Requests per second of one page; raises when some answer was no page."""
    cookies = "; ".join(f"{name}={value}" for name, value in site.cookies.items())
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "60s", "-H", f"Cookie: {cookies}"]
    said = subprocess.run([*command, f"http://127.0.0.1:{site.port}{path}"], capture_output=True, text=True, check=True)
    failed = _FAILED.search(said.stdout)
    if failed:
        raise RuntimeError(f"{path}: {failed[0]}")
    rate = _RATE.search(said.stdout)
    if rate is None:
        raise RuntimeError(said.stdout[-200:])
    return float(rate[1])
