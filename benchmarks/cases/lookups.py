"""What does the autocomplete add to its query? And does any malformed address of a list make the portal fail?"""

import json
import sqlite3
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Flask

from admin_views.grid import PROPOSALS
from app.extensions import db
from benchmarks import portal, timing, world
from benchmarks.cases.grids import STAFF
from benchmarks.databases import World, tell
from benchmarks.timing import Goal, Line

TERMS = {"common": "719", "every row": "FIN", "beginning": "FINMDV0", "absent": portal.HELD_BY_NONE}
MALFORMED = (
    "page=-1", "page=0", "page=abc", "page=99999999999999999999", "page=1e3", "page=%00", "page=1,2", "id=1,2",
    "id=abc", "id=99999999999999", "tri=inconnu", "tri=-", "tri=--number", "tri=%27", "tri=id%20desc",
    "statut=inconnu", "statut=%00", "numero=%25", "numero=%00%00%00", "numero=%27%27%27", "numero=" + "9" *
    3000, "depot_du=hier&depot_au=demain", "depot_du=0001-01-01&depot_au=9999-12-31", "logiciel=inconnu",
    "apres=abc", "apres=%FF%FE", "avant=1,2", "f_number=%00", "f_declared_ht=1e99", "f_deposited_at=99/99/9999",
    "champ=inconnu&q=abc",
)  # fmt: skip


def autocompletes(made: World, flask: Flask, rounds: int) -> list[Line]:
    """The proposals of a number field beside the very statement they run, on a bare driver: a line per term."""
    browser = portal.client(flask, STAFF)
    found = []
    for how, term in TERMS.items():
        tell(f"{made.backend}: autocomplete {how}")
        address = f"/gestion/demandes/propositions?champ=numero&q={term}"
        statement, values = _statement(flask, browser, address)
        driver = _driver(made)

        def raw(driver: Any = driver, statement: str = statement, values: Any = values) -> list[Any]:
            return list(driver.execute(statement, values).fetchall())

        due = list(dict.fromkeys(row[0] for row in raw()))[:PROPOSALS]
        fault = "" if json.loads(portal.body(browser, address)) == due else "not the numbers of its statement"

        figures = timing.interleaved({"ours": lambda url=address: portal.body(browser, url), "limit": raw}, rounds)
        driver.close()
        ratio = figures["ours"].p95 / figures["limit"].p95
        goal = Goal("p95 ÷ raw query's", ratio, 5, judged=made.size >= timing.SCALE)
        found.append(Line(made.backend, f"autocomplete {how} ({term})", figures, [goal], fault=fault))
    return found


def _statement(flask: Flask, browser: Any, address: str) -> tuple[str, Any]:
    """The last limited statement this address runs, as the driver gets it."""
    seen: list[tuple[str, Any]] = []

    def listen(connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool) -> None:
        if "LIMIT" in statement:
            seen.append((statement, values))

    with flask.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", listen)
    try:
        portal.body(browser, address)
    finally:
        sa.event.remove(engine, "before_cursor_execute", listen)
    return seen[-1]


def _driver(made: World) -> Any:
    if made.backend == "postgresql":
        return psycopg.connect(made.url, autocommit=True)
    return sqlite3.connect(made.url.removeprefix("sqlite:///"), isolation_level=None)


def malformed(made: World, flask: Flask) -> Line:
    """Every malformed address on both lists: the worst status is under 500."""
    statuses = {}
    for username, path in ((STAFF, "/gestion/demandes/"), (world.BIG, "/segurnums/demandes/")):
        browser = portal.client(flask, username)
        for query in MALFORMED:
            for suffix in ("", "propositions"):
                address = f"{path}{suffix}?{query}"
                try:
                    statuses[address] = browser.get(address).status_code
                except Exception as fault:
                    statuses[address] = 599
                    tell(f"{address}: {fault!r}\n")
    failing = [address[:60] for address, status in statuses.items() if status >= 500]
    goal = Goal("answers of 5xx", len(failing), 0)
    return Line(made.backend, f"{len(statuses)} malformed addresses", goals=[goal], ratios=failing)
