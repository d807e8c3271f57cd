"""What does each screen ask of the database at this size: how many statements, and how many rows do they read?

Every statement of a page, as many times as the page sends it, is run again under EXPLAIN ANALYZE (PostgreSQL). What
counts is the rows its scans really read, those thrown away included: a list that reads a table to show fifty rows is
seen, a scan that stops at its limit is not blamed. A table of some size that a sequential scan reads to its end is told
by its name.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Flask

from app.domain.enums import RequestStatus
from app.extensions import db
from app.models.budget import Decision
from app.models.payments import PaymentOrder
from app.models.requests import Avenant
from app.models.suppliers import Supplier
from app.models.users import User
from benchmarks import portal, world
from benchmarks.cases import addresses
from benchmarks.databases import World, tell
from benchmarks.timing import Goal, Line

# The home of the biggest supplier counts his requests inside an index, 8 % of the world; nothing else grows with it.
# In a small world the share is worth less than what any list may read, however long it is: 10 001 rows of its count,
# 1 001 of each of the eight statuses, its page, and as much again thrown away on the way.
SHARE, LEAST = 0.10, 30_000
STATEMENTS = 30
# A table this small is rightly read whole; a longer one read to its end (nine rows in ten) should have been sought.
SMALL, TO_ITS_END = 10_000, 0.9


@dataclass(slots=True)
class Reading:
    """What a page asked of the database."""

    statements: int = 0
    rows: int = 0
    whole: set[str] = field(default_factory=set)
    """The tables read to their end by a sequential scan."""
    heaviest: tuple[int, str] = (0, "")
    """The rows of the statement that reads most, and its text."""


def lines(made: World, flask: Flask) -> list[Line]:
    """A line per person: his worst screens against the bounds."""
    found = []
    bound = max(int(SHARE * made.size), LEAST)
    with psycopg.connect(made.url, autocommit=True) as driver:
        long: dict[str, float] = dict(
            driver.execute("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r' AND reltuples > %s", (SMALL,))
        )
        for username, asked in _screens(flask).items():
            tell(f"{made.backend}: plans of {username}")
            browser = portal.client(flask, username)
            portal.body(browser, asked[0])  # « last seen » is not what is looked at
            readings = {one: _reading(driver, _statements(flask, browser, one), long) for one in asked}
            found.append(_line(made, username, readings, bound))
    return found


def _line(made: World, username: str, readings: dict[str, Reading], bound: int) -> Line:
    """The worst of a person's screens, and each one that passes a bound."""
    line = Line(made.backend, f"{len(readings)} screens of {username}: statements and rows read")
    where = max(readings, key=lambda one: readings[one].rows)
    whole = set().union(*(one.whole for one in readings.values()))
    line.goals = [
        Goal("statements", max(one.statements for one in readings.values()), STATEMENTS),
        Goal(f"rows read ({where})", readings[where].rows, bound),
        Goal("tables scanned to their end", len(whole), 0),
    ]
    for address, one in readings.items():
        if one.rows > bound or one.statements > STATEMENTS or one.whole:
            scanned = f", whole {', '.join(sorted(one.whole))}" if one.whole else ""
            text = " ".join(one.heaviest[1].split())[:160]
            line.ratios.append(f"{address}: {one.statements} statements, {one.rows} rows{scanned}; {text}")
    return line


def _reading(driver: Any, statements: list[tuple[str, Any]], long: dict[str, float]) -> Reading:
    """Run again what a page sent. `long`: the rows of the tables that are not small."""
    found = Reading(len(statements))
    for statement, values in statements:
        scans = list(_scans(_plan(driver, statement, values)))
        rows = sum(read for _, _, read in scans)
        found.rows += rows
        found.heaviest = max(found.heaviest, (rows, statement))
        found.whole |= {
            table for how, table, read in scans
            if how == "Seq Scan" and table in long and read >= TO_ITS_END * long[table]
        }  # fmt: skip
    return found


def _screens(flask: Flask) -> dict[str, list[str]]:
    """The addresses of each person: all that a list offers (`addresses`), criteria together, and the other screens."""
    with flask.app_context():
        number = _some(sa.select(Avenant.number).where(Avenant.is_current, Avenant.status == RequestStatus.DECIDED))
        big = _some(sa.select(User.supplier_id).where(User.username == world.BIG))
        own = _some(sa.select(Avenant.number).where(Avenant.supplier_id == big, Avenant.is_current))
        siret = _some(sa.select(Supplier.siret).where(Supplier.id == big))
        listed = addresses.by_person(flask, world.BIG, big)
        decision, order = _some(sa.select(Decision.number)), _some(sa.select(PaymentOrder.number))
        db.session.remove()
    lists = [f"/gestion/demandes/?{asked}" for asked in _LISTS]
    suppliers = [f"/segurnums/demandes/?{asked}" for asked in _SUPPLIER_LISTS]
    asked = {
        "gestionnaire1": [
            "/gestion/", *lists, f"/gestion/demandes/{number}", "/gestion/fournisseurs/",
            f"/gestion/fournisseurs/{siret}", "/gestion/referencements/", "/gestion/couloirs/", "/gestion/courriels/",
            "/gestion/demandes/propositions?champ=numero&q=719", "/gestion/demandes/propositions?champ=numero&q=FIN",
            "/gestion/demandes/propositions?champ=numero&q=ZZZ", "/gestion/demandes/propositions?champ=numero&q=INM",
            "/gestion/demandes/propositions?champ=numero&q=FINMDV0",
        ],
        "decideur": [
            "/gestion/", "/gestion/demandes/?a_faire=decider", "/gestion/decisions/", f"/gestion/decisions/{decision}",
            "/gestion/decisions/nouvelle", "/gestion/enveloppes/", "/gestion/enveloppes/ENV-BANC", "/gestion/audit/",
        ],
        "ordonnateur": [
            "/gestion/", "/gestion/demandes/", "/gestion/demandes/?a_faire=payer", "/gestion/paiements/",
            f"/gestion/paiements/{order}", "/gestion/paiements/nouveau",
        ],
        "comptable": ["/gestion/", "/gestion/demandes/", "/gestion/demandes/?a_faire=enregistrer"],
        world.BIG: [
            "/segurnums/", *suppliers, f"/segurnums/demandes/{own}", "/segurnums/imports/", "/segurnums/enrolements/",
            "/segurnums/demandes-incompletes/", "/segurnums/compte/coordonnees-bancaires/",
            "/segurnums/exports/demandes", "/segurnums/demandes/propositions?champ=numero&q=719",
        ],
    }  # fmt: skip
    return {who: list(dict.fromkeys([*asked.get(who, ()), *listed.get(who, ())])) for who in {**asked, **listed}}


_LISTS = (
    "", "fin=1", "tri=number", "tri=-declared_ht", "tri=status_changed_at", "statut=decided", "statut=cancelled",
    "statut=in_progress&tri=number", "paiement=pending", "paiement=none", "type=solde", "numero=719", "numero=FIN",
    "numero=ZZZ", "numero=MDV07", "fournisseur=LOGICIELS+250", "fournisseur=LOGICIELS+001&statut=rejected",
    "couloir=MDV", "couloir=SAS", "a_faire=instruire", "a_faire=attente", "depot_du=2025-03-01&depot_au=2025-03-02",
    "statut=cancelled&couloir=MDV&tri=declared_ht",
)  # fmt: skip
_SUPPLIER_LISTS = (
    "", "numero=FIN", "numero=719", "numero=ZZZ", "type=solde", "statut=superseded", "statut=in_progress",
    "paiement=paid", "numero=FIN&fin=1",
)  # fmt: skip


def _some(query: sa.Select[Any]) -> Any:
    return db.session.scalars(query.limit(1)).one()


def _statements(flask: Flask, browser: Any, address: str) -> list[tuple[str, Any]]:
    """The reading statements of a page, as the driver gets them."""
    seen: list[tuple[str, Any]] = []

    def listen(connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            seen.append((statement, values))

    with flask.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", listen)
    try:
        portal.body(browser, address)
    finally:
        sa.event.remove(engine, "before_cursor_execute", listen)
    return seen


def _plan(driver: Any, statement: str, values: Any) -> dict[str, Any]:
    found = driver.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", values).fetchone()
    plan: dict[str, Any] = found[0][0]["Plan"]
    return plan


def _scans(node: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Each scan below: its kind, its table, the rows it read, kept or thrown away, by all its workers and turns."""
    if node["Node Type"].endswith("Scan") and "Relation Name" in node:
        each = (
            node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        )
        yield node["Node Type"], node["Relation Name"], int(each * node["Actual Loops"])
    for below in node.get("Plans", ()):
        yield from _scans(below)
