"""Are the lists flat, whatever the page, the filter, the sort, the search or the size of the supplier?"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import quote

import sqlalchemy as sa
from flask import Flask

from admin_views.grid import PAGE_SIZE
from admin_views.paging import Cursor
from admin_views.staff.requests import StaffRequests
from app.domain.enums import RequestStatus
from app.extensions import db
from app.models.requests import Avenant
from app.models.users import User
from benchmarks import portal, timing, world
from benchmarks.databases import World, tell
from benchmarks.peers import stock
from benchmarks.peers.visitors import Visit, Visitors
from benchmarks.timing import Goal, Line, Stats

STAFF = "gestionnaire1"
DEEP = 10_000
SORTS = ("number", "deposited_at", "status_changed_at", "declared_ht")
FIRST, LAST, SEARCH, LISTED = "first page", "last page", "search", "list"


@dataclass(frozen=True, slots=True)
class Case:
    """One list asked three ways. `sorted_on`: rows tie on it, so its values are compared and not the rows."""

    name: str
    kind: str
    ours: str
    stock: str
    django: str
    sorted_on: str = ""


def lines(made: World, visitors: Visitors, rounds: int) -> list[Line]:
    """The table's lines for the lists of the staff, then of the suppliers."""
    found = []
    with visitors.flask.app_context():
        staff_total = _total(None)
        people = [(world.BIG, "big supplier"), (world.MEDIAN, "median supplier")]
        suppliers = [(name, label, _supplier_of(name)) for name, label in people]
        totals = {name: _total(supplier_id) for name, _, supplier_id in suppliers}
        cases = staff_cases(staff_total, deep_cursor(), _searches())
        db.session.remove()
    found += _measured(made, visitors.flask, visitors.of(STAFF, None), cases, rounds)
    for name, label, supplier_id in suppliers:
        cases = supplier_cases(label, totals[name])
        found += _measured(made, visitors.flask, visitors.of(name, supplier_id), cases, rounds)
    return found


def _total(supplier_id: int | None) -> int:
    query = sa.select(sa.func.count()).where(Avenant.is_current, Avenant.status != RequestStatus.INCOMPLETE)
    return db.session.scalar(query if supplier_id is None else query.where(Avenant.supplier_id == supplier_id)) or 0


def _supplier_of(username: str) -> int | None:
    return db.session.scalar(sa.select(User.supplier_id).where(User.username == username))


def _searches() -> dict[str, str]:
    """Terms of three characters or more, by how often they are met; one that begins numbers, and is nowhere else."""
    middle = db.session.scalars(sa.select(Avenant.number).order_by(Avenant.id.desc()).offset(1000).limit(1)).one()
    return {
        "every row": "FIN", "beginning": middle[:7], "common": "719", "rare": middle[6:], "absent": portal.HELD_BY_NONE
    }  # fmt: skip


def deep_cursor() -> str | None:
    """Where page `DEEP` of the staff begins, as our address says it: after the last row of the page before. None when
    the list is not that long."""
    query = sa.select(Avenant.id, Avenant.deposited_at).where(
        Avenant.is_current, Avenant.status != RequestStatus.INCOMPLETE
    )
    query = query.order_by(Avenant.deposited_at.desc(), Avenant.id.desc()).offset((DEEP - 1) * PAGE_SIZE - 1)
    found = db.session.execute(query.limit(1)).one_or_none()
    return quote(str(Cursor(*found))) if found else None


def staff_cases(total: int, deep: str | None, searches: dict[str, str]) -> list[Case]:
    """The staff's grid. `deep`: our cursor before page `DEEP`, when the list is that long."""
    ours, of_stock, of_django = "/gestion/demandes/", "/staff/", "/admin/peers/avenant/"
    last = -(-total // PAGE_SIZE)
    cases = [Case("staff, first page", FIRST, ours, of_stock, of_django)]
    if deep:
        cases.append(_page("staff", DEEP, f"apres={deep}&page={DEEP}", ours, of_stock, of_django))
    cases.append(replace(_page("staff", last, "fin=1", ours, of_stock, of_django), name="staff, last page"))
    for share, status in (("3 %", "cancelled"), ("60 %", "decided")):
        flt = f"?flt0_status_equals={status.upper()}"
        address = f"{of_django}?status__exact={status}"
        cases.append(Case(f"staff, filter {share}", LISTED, f"{ours}?statut={status}", of_stock + flt, address))
    offered = {column.key for column in StaffRequests.columns if column.sortable}
    for key in SORTS:
        if key in offered and key in stock.STAFF_COLUMNS:
            rank = stock.STAFF_COLUMNS.index(key)
            cases.append(
                Case(
                    f"staff, sort {key} desc", LISTED, f"{ours}?tri=-{key}", f"{of_stock}?sort={rank}&desc=1",
                    f"{of_django}?o=-{rank + 1}", key,
                )
            )  # fmt: skip
    for how, term in searches.items():
        name = f"staff, search {how} ({term})"
        cases.append(Case(name, SEARCH, f"{ours}?numero={term}", f"{of_stock}?search={term}", f"{of_django}?q={term}"))
    return cases


def supplier_cases(label: str, total: int) -> list[Case]:
    """A supplier's grid. Above 500 requests he must filter: his first page is that of a filter met by all his rows."""
    ours, of_stock, of_django = (
        "/segurnums/demandes/?numero=FIN",
        "/supplier/?search=FIN",
        "/admin/peers/ownavenant/?q=FIN",
    )
    name = f"{label} ({total} rows)"
    last = _page(name, -(-total // PAGE_SIZE), "fin=1", ours, of_stock, of_django)
    return [
        Case(f"{name}, all his rows", FIRST, ours, of_stock, of_django),
        replace(last, name=f"{name}, last page"),
        Case(
            f"{name}, soldes", LISTED, "/segurnums/demandes/?type=solde", "/supplier/?flt0_phase_equals=SOLDE",
            "/admin/peers/ownavenant/?phase__exact=solde",
        ),
    ]  # fmt: skip


def _page(name: str, page: int, asked: str, ours: str, of_stock: str, of_django: str) -> Case:
    """`asked`: how our address says that page, which has no rank to jump to."""
    return Case(
        f"{name}, page {page}",
        LAST,
        portal.with_argument(ours, asked),
        portal.with_argument(of_stock, f"page={page - 1}"),
        portal.with_argument(of_django, f"p={page}"),
    )


def _measured(made: World, flask: Flask, visits: dict[str, Visit], cases: list[Case], rounds: int) -> list[Line]:
    """`cases`: the first one is the first page, which later pages are set beside in the same rounds."""
    found: list[Line] = []
    first = cases[0].ours
    for case in cases:
        tell(f"{made.backend}: {case.name}")
        line = Line(made.backend, case.name)
        found.append(line)
        try:
            calls = {name: partial(visit, _address(case, name)) for name, visit in visits.items()}
            rows = {name: portal.numbers(call()) for name, call in calls.items()}
            with flask.app_context():
                line.fault = _difference(case, rows)
            line.figures = timing.interleaved(calls, rounds)
            if case.kind == LAST:
                line.figures |= _beside_first(calls["ours"], partial(visits["ours"], first), rounds)
        except RuntimeError as fault:
            line.fault = str(fault)
            continue
        line.goals, line.ratios = _judged(case, made, line)
    return found


def _beside_first(last: Callable[[], object], first: Callable[[], object], rounds: int) -> dict[str, Stats]:
    """Two pages of ours in turn. They are quick, and nearly the same: more rounds cost little, and a tenth is seen."""
    return timing.interleaved({"this page": last, "first page": first}, rounds * 3)


def _address(case: Case, variant: str) -> str:
    return case.ours if variant == "ours" else case.stock if variant.startswith("stock") else case.django


def _difference(case: Case, rows: dict[str, list[str]]) -> str:
    """Why the answers are not the same rows in the same order; empty when they are.

    The last page of a list too long to be counted is full: what its peers leave on theirs ends it.
    """
    values = {name: _values(case.sorted_on, numbers) for name, numbers in rows.items()}
    ours = values.pop("ours")
    different = [
        name
        for name, theirs in values.items()
        if theirs != (ours[-len(theirs) :] if case.kind == LAST else ours) or not theirs and ours
    ]
    return f"not the rows of {', '.join(different)}" if different else ""


def _values(column: str, numbers: list[str]) -> list[object]:
    if not column:
        return list(numbers)
    query = sa.select(Avenant.number, getattr(Avenant, column)).where(Avenant.number.in_(numbers), Avenant.is_current)
    known = {number: value for number, value in db.session.execute(query)}
    return [known[number] for number in numbers]


def _judged(case: Case, made: World, line: Line) -> tuple[list[Goal], list[str]]:
    """The goals of the issue « Fast at a million », by kind; a list is never slower than stock."""
    ours, of_stock, of_django = (line.figures[name] for name in ("ours", "stock", "django"))
    against = {"stock": ours.p50 / of_stock.p50, "Django": ours.p50 / of_django.p50}
    goals: list[Goal] = []
    if case.kind == FIRST:
        goals += timing.beside_peer(made.size, "÷ stock", against.pop("stock"), 0.18)
        if made.backend == "postgresql":
            goals += timing.beside_peer(made.size, "÷ Django", against.pop("Django"), 0.12)
    elif case.kind == LAST:
        pages = [line.figures[name].p50 for name in ("this page", "first page")]
        goals.append(Goal("÷ first page", pages[0] / pages[1], 1.1))
    elif case.kind == SEARCH:
        goals += timing.beside_peer(made.size, "p95 ÷ stock's", ours.p95 / of_stock.p95, 0.05)
    else:
        goals.append(Goal("÷ stock", against.pop("stock"), 1))
    return goals, [f"÷ {name} {ratio:.3g}" for name, ratio in against.items()]
