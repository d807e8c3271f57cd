"""What does each screen ask of the database at this size: how many statements, and how many rows do they read?

Every statement of a page is run again under EXPLAIN ANALYZE (PostgreSQL). What counts is not the name of the plan but
the rows its scans really read, those thrown away included: a list that reads a table to show fifty rows is seen, a scan
that stops at its limit is not blamed.
"""

from collections.abc import Iterator
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
from benchmarks.databases import World, tell
from benchmarks.timing import Goal, Line

# The home of the biggest supplier counts his 77 000 requests, inside an index; nothing else comes near.
ROWS_READ = 100_000
STATEMENTS = 30


def lines(made: World, flask: Flask) -> list[Line]:
    """A line per person: his worst screens against the bounds."""
    found = []
    driver = psycopg.connect(made.url, autocommit=True)
    for username, addresses in _screens(flask).items():
        browser = portal.client(flask, username)
        worst = Line(made.backend, f"{len(addresses)} screens of {username}: statements and rows read")
        most, read, where = 0, 0, ""
        for address in addresses:
            tell(f"{made.backend}: plans, {address}")
            statements = _statements(flask, browser, address)
            rows = {statement: _rows_read(driver, statement, values) for statement, values in statements}
            total = sum(rows.values())
            if total > ROWS_READ or len(statements) > STATEMENTS:
                slowest = max(rows, key=lambda one: rows[one])
                worst.ratios.append(f"{address}: {len(statements)} statements, {total} rows; {slowest[:160]}")
            most = max(most, len(statements))
            read, where = max((read, where), (total, address))
        worst.goals = [Goal("statements", most, STATEMENTS), Goal(f"rows read ({where})", read, ROWS_READ)]
        found.append(worst)
    driver.close()
    return found


def _screens(flask: Flask) -> dict[str, list[str]]:
    """The addresses of each person."""
    with flask.app_context():
        number = _some(sa.select(Avenant.number).where(Avenant.is_current, Avenant.status == RequestStatus.DECIDED))
        big = _some(sa.select(User.supplier_id).where(User.username == world.BIG))
        own = _some(sa.select(Avenant.number).where(Avenant.supplier_id == big, Avenant.is_current))
        siret = _some(sa.select(Supplier.siret).where(Supplier.id == big))
        decision, order = _some(sa.select(Decision.number)), _some(sa.select(PaymentOrder.number))
        db.session.remove()
    lists = [f"/gestion/demandes/?{asked}" for asked in _LISTS]
    suppliers = [f"/segurnums/demandes/?{asked}" for asked in _SUPPLIER_LISTS]
    return {
        "gestionnaire1": [
            "/gestion/", *lists, f"/gestion/demandes/{number}", "/gestion/fournisseurs/",
            f"/gestion/fournisseurs/{siret}", "/gestion/referencements/", "/gestion/couloirs/", "/gestion/courriels/",
            "/gestion/demandes/propositions?champ=numero&q=719", "/gestion/demandes/propositions?champ=numero&q=FIN",
            "/gestion/demandes/propositions?champ=numero&q=ZZZ",
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
    portal.body(browser, address)  # « last seen » and caches are not what is looked at
    sa.event.listen(engine, "before_cursor_execute", listen)
    try:
        portal.body(browser, address)
    finally:
        sa.event.remove(engine, "before_cursor_execute", listen)
    return seen


def _rows_read(driver: Any, statement: str, values: Any) -> int:
    plan = driver.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", values).fetchone()[0]
    return sum(_scanned(plan[0]["Plan"]))


def _scanned(node: dict[str, Any]) -> Iterator[int]:
    """Rows read by each scan below, kept or thrown away."""
    if node["Node Type"].endswith("Scan") and "Relation Name" in node:
        each = (
            node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        )
        yield int(each * node["Actual Loops"])
    for below in node.get("Plans", ()):
        yield from _scanned(below)
