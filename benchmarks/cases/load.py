"""How many pages a second do two server processes give, beside stock, under `wrk`?

Each implementation is served by two waitress processes on one port, as many as the machine has cores; `wrk` asks one
page with the cookie of a person logged in. Ours and stock take turns. `wrk` is a system package of that name.
"""

import re
import shutil
import subprocess
from contextlib import ExitStack

from flask import Flask

from app.extensions import db
from benchmarks import processes
from benchmarks.cases import grids
from benchmarks.databases import World, tell
from benchmarks.processes import Served
from benchmarks.timing import Goal, Line, Stats

CONNECTIONS = 8
TURNS, SECONDS = 3, 6
TURNS_OF_SHORT, SECONDS_OF_SHORT = 1, 3
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_FAILED = re.compile(r"Non-2xx or 3xx responses: (\d+)|timeout (\d+)")


def lines(made: World, flask: Flask, *, full: bool) -> list[Line]:
    """The staff's list, its first page; in the full mode a deep one as well, where it is that long."""
    if shutil.which("wrk") is None:
        return [Line(made.backend, "pages per second", fault="`wrk` is not installed")]
    turns, seconds = (TURNS, SECONDS) if full else (TURNS_OF_SHORT, SECONDS_OF_SHORT)
    pages = [("first page", "/gestion/demandes/", "/staff/", 10.0)]
    if full:
        pages += _deep(flask)
    found = []
    with ExitStack() as stack:
        ours = stack.enter_context(processes.served("portal", made.url, made.folder, workers=2))
        stock = stack.enter_context(processes.served("stock", made.bare_url, made.folder, workers=2))
        ours.login(grids.STAFF)
        stock.ask("POST", "/login", {"username": grids.STAFF}).read()
        for name, our_page, stock_page, goal in pages:
            tell(f"{made.backend}: wrk, {name}")
            taken = [(_rate(ours, our_page, seconds), _rate(stock, stock_page, seconds)) for _ in range(turns)]
            rates = [Stats(values) for values in zip(*taken, strict=True)]
            line = Line(made.backend, f"wrk, two processes, {CONNECTIONS} connections, staff, {name}: requests/s")
            line.figures = dict(zip(("ours", "stock"), rates, strict=True))
            line.goals.append(Goal("× stock", rates[0].p50 / rates[1].p50, goal, at_least=True))
            found.append(line)
    return found


def _deep(flask: Flask) -> list[tuple[str, str, str, float]]:
    """The deep page: its name, our address, stock's, the goal. None when the list is shorter."""
    with flask.app_context():
        cursor = grids.deep_cursor()
        db.session.remove()
    if not cursor:
        return []
    asked = f"/gestion/demandes/?apres={cursor}&page={grids.DEEP}"
    return [(f"page {grids.DEEP}", asked, f"/staff/?page={grids.DEEP - 1}", 30.0)]


def _rate(site: Served, path: str, seconds: int) -> float:
    """Requests per second of one page; raises when some answer was no page."""
    cookies = "; ".join(f"{name}={value}" for name, value in site.cookies.items())
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s", "-H", f"Cookie: {cookies}"]
    said = subprocess.run([*command, f"http://127.0.0.1:{site.port}{path}"], capture_output=True, text=True, check=True)
    failed = _FAILED.search(said.stdout)
    if failed:
        raise RuntimeError(f"{path}: {failed[0]}")
    rate = _RATE.search(said.stdout)
    if rate is None:
        raise RuntimeError(said.stdout[-200:])
    return float(rate[1])
