"""Do the two CSV exports leave as fast as the bare database writes them, whole, and with flat memory?"""

import http.client
import shutil
import sqlite3
import subprocess
import time
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from app.domain.enums import Phase, RequestStatus
from benchmarks import timing
from benchmarks.databases import World, tell
from benchmarks.peers import django_site
from benchmarks.peers.visitors import alias
from benchmarks.processes import BLOCK, Served, served
from benchmarks.timing import Goal, Line, Stats

WHO = "analyste"
_COLUMNS = (
    "SELECT a.number, a.phase, a.status, a.status_changed_at, d.software_type, a.deposited_at, a.order_date,"
    " a.editor_number, a.payment_state, p.paid_on, a.declared_ht, p.amount"
)
_TABLES = (
    " FROM avenant a JOIN funding_request r ON r.id = a.request_id JOIN dossier d ON d.id = r.dossier_id"
    " LEFT JOIN payment p ON p.avenant_id = a.id AND p.paid_on IS NOT NULL"
)
_ROWS = " WHERE a.is_current AND a.status <> 'incomplete'"
BARE = f"{_COLUMNS}{_TABLES}{_ROWS} ORDER BY a.id"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An export: where it is asked for, and the statement that reads the same rows and columns as they are. `judged`:
    its ratio is a goal."""

    what: str
    path: str
    bare: str
    form: Mapping[str, str] = field(default_factory=dict)
    judged: bool = True


REQUESTS = Wanted("requests", "/gestion/exports/demandes", BARE)
BENEFICIARIES = Wanted(
    "beneficiaries",
    "/gestion/exports/beneficiaires",
    f"{_COLUMNS}, f.ans_number, b.identifier, b.name, b.email, b.phone, b.identifier_kind{_TABLES}"
    " JOIN beneficiary b ON b.avenant_id = a.id JOIN enrolment e ON e.id = d.enrolment_id"
    f" JOIN referencing f ON f.id = e.referencing_id{_ROWS} AND d.corridor_code = 'MDV' ORDER BY a.id, b.position",
    {"corridor": "MDV"},
    judged=False,
)
GROWTH, SAME = 32, 8  # MiB: the limit, and how much more a million may take than 100 000
TIMES = {"postgresql": ("÷ COPY", 1.5), "sqlite": ("÷ sqlite3", 2.5)}


def lines(made: World, small: World, rounds: int, *, peers: bool) -> list[Line]:
    """The export of a world beside the bare database; `small`: the world its memory is compared with."""
    if made.backend == "sqlite" and shutil.which("sqlite3") is None:
        return [Line(made.backend, "CSV over HTTP", fault="`sqlite3` is not installed")]
    tell(f"{made.backend}: export of {made.size}")
    growth_of_small = _growth(small) if small.size != made.size else None
    with served("portal", made.url, made.folder) as server:
        server.login(WHO)
        line = _beside_the_limit(made, server, rounds, REQUESTS)
        found = [line, _beside_the_limit(made, server, rounds, BENEFICIARIES), _http_1_0(made, server)]
    _add_memory(line, _growth(made), growth_of_small)
    if peers:
        _add_peers(made, line)
    return found


def _beside_the_limit(made: World, server: Served, rounds: int, wanted: Wanted) -> Line:
    form = {"csrf_token": server.token(wanted.path), **wanted.form}
    whole = server.download("POST", wanted.path, form)
    due, came = _due(made, wanted), _Sum.of(map(_came, server.rows("POST", wanted.path, form)))
    line = Line(made.backend, f"CSV of {due.rows} {wanted.what} over HTTP ({whole.size / 1024 / 1024:.0f} MiB)")
    if came.rows != due.rows:
        line.fault = f"{came.rows} rows came, {due.rows} are due"
    elif came != due:
        line.fault = "the rows that came are not those of the database"
    first_bytes = []

    def ours() -> None:
        got = server.download("POST", wanted.path, form)
        first_bytes.append(got.first * 1000)
        if got.size != whole.size:
            raise RuntimeError("a download differs from the first")

    line.figures = timing.interleaved({"ours": ours, "limit": _limit(made, wanted.bare)}, rounds, warm=1)
    what, limit = TIMES[made.backend]
    ratio = line.figures["ours"].p50 / line.figures["limit"].p50
    if wanted.judged:
        line.goals.append(Goal(what, ratio, limit))
    else:
        line.ratios.append(f"{what} {ratio:.3g}")
    line.goals.append(Goal("first byte, ms", Stats(tuple(first_bytes)).p50, 200))
    return line


def _add_memory(line: Line, growth: float, growth_of_small: float | None) -> None:
    line.peak = growth
    line.goals.append(Goal("growth, MiB", line.peak, GROWTH))
    if growth_of_small is not None:
        line.goals.append(Goal("growth beyond 100 000's, MiB", line.peak - growth_of_small, SAME))


def _growth(made: World) -> float:
    """What the first export of this world adds, at its peak, to a new server that has answered pages. MiB."""
    with served("portal", made.url, made.folder) as server:
        server.login(WHO)
        form = {"csrf_token": server.token(REQUESTS.path)}
        before = server.resident()
        server.forget_peak()
        server.download("POST", REQUESTS.path, form)
        return server.resident("VmHWM") - before


def _http_1_0(made: World, server: Served) -> Line:
    """A client of HTTP/1.0 could not tell a cut file from a whole one: it is refused."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection._http_vsn, connection._http_vsn_str = 10, "HTTP/1.0"  # the library has no other door
    cookies = "; ".join(f"{name}={value}" for name, value in server.cookies.items())
    body = f"csrf_token={server.token(REQUESTS.path)}"
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded", "Host": "127.0.0.1"}
    connection.request("POST", REQUESTS.path, body, headers)
    status = connection.getresponse().status
    return Line(made.backend, "CSV over HTTP/1.0", goals=[Goal("status", status, 505, at_least=True)])


@dataclass(frozen=True, slots=True)
class _Sum:
    """How many rows, and what two sets of rows share when they say the same, in whatever order."""

    rows: int
    content: int

    @classmethod
    def of(cls, rows: Iterable[tuple[str, ...]]) -> "_Sum":
        count = content = 0
        for row in rows:
            count, content = count + 1, content + zlib.crc32("\x1f".join(row).encode())
        return cls(count, content)


def _came(cells: list[str]) -> tuple[str, ...]:
    """What is compared of a row of the file: number, type, status, software, days, sums; n° ANS and identifier."""
    return *(cells[rank] for rank in (0, 1, 2, 4, 6, 9, 10, 11)), *cells[12:14]


def _due_row(row: Sequence[Any]) -> tuple[str, ...]:
    """The same of a row of the database: codes as words, days as jj/mm/aaaa, cents as euros with a comma."""
    number, phase, status, _, software, _, ordered, _, _, paid_on, declared, amount, *person = row
    return (
        number,
        Phase(phase).label,
        RequestStatus(status).label,
        software,
        *map(_day, (ordered, paid_on)),
        *map(_euros, (declared, amount)),
        *person[:2],
    )


def _day(day: Any) -> str:
    return "/".join(reversed(str(day).split("-"))) if day else ""


def _euros(cents: int | None) -> str:
    return "" if cents is None else f"{cents // 100},{cents % 100:02d}"


def _due(made: World, wanted: Wanted) -> _Sum:
    if made.backend == "postgresql":
        with psycopg.connect(made.url) as connection, connection.cursor(name="due") as cursor:
            return _Sum.of(map(_due_row, cursor.execute(wanted.bare)))
    with sqlite3.connect(_file(made)) as connection:
        return _Sum.of(map(_due_row, connection.execute(wanted.bare)))


def _limit(made: World, bare: str) -> Callable[[], None]:
    """The same rows in the same order, as the bare database writes them."""
    if made.backend == "postgresql":
        return lambda: _copy(made.url, bare)
    return lambda: _command_line(_file(made), bare)


def _file(made: World) -> str:
    return made.url.removeprefix("sqlite:///")


def _copy(url: str, bare: str) -> None:
    with psycopg.connect(url) as connection, connection.cursor().copy(f"COPY ({bare}) TO STDOUT (FORMAT csv)") as copy:
        for _ in copy:
            pass


def _command_line(file: str, bare: str) -> None:
    with subprocess.Popen(["sqlite3", "-readonly", "-csv", file, bare], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while process.stdout.read(BLOCK):
            pass
    if process.returncode:
        raise RuntimeError("sqlite3 failed")


def _add_peers(made: World, line: Line) -> None:
    """Once each: they take a minute, and their memory grows with the rows."""
    figures = dict(line.figures)
    for which, path in (("stock", "/staff/export/csv/"), ("django", "/export.csv")):
        tell(f"{made.backend}: export of {made.size} by {which}")
        with served(which, made.bare_url, made.folder) as server:
            if which == "stock":
                server.ask("POST", "/login", {"username": WHO}).read()
            else:
                with django_site.using(alias(made, bare=True)):
                    server.cookies["sessionid"] = django_site.client(None).cookies["sessionid"].value
            before = server.resident()
            server.forget_peak()
            began = time.perf_counter()
            got = server.download("GET", path)
            figures[which] = Stats(((time.perf_counter() - began) * 1000,))
            grown = server.resident("VmHWM") - before
            line.ratios.append(f"{which}: + {grown:.0f} MiB, first byte {got.first:.1f} s")
    line.figures = figures
