"""Is a summary table quicker and lighter when the database groups and pandas pivots, than when pandas reads the rows?

No goal: measured beside; what pandas takes stands among the ratios.
Run as a module, it does one variant once and prints what it added to the memory of its process, in MiB.
"""

import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas
import sqlalchemy as sa
from flask import Flask

from app.domain.enums import RequestStatus, Role
from app.domain.summary_tables import Dimension, Measure, Question
from app.extensions import db, reading
from app.services import exports, summaries, summary_files
from app.services.actors import SYSTEM
from app.services.summaries import Summary
from benchmarks import portal, timing
from benchmarks.cases.exports import BARE
from benchmarks.databases import ROOT, World, tell
from benchmarks.timing import Line

QUESTION = Question(
    (Dimension.CORRIDOR, Dimension.STATUS), (Measure.COUNT, Measure.DECLARED), columns=Dimension.DEPOSITED
)
ROWS = (
    "SELECT d.corridor_code, a.status, a.deposited_at, a.declared_ht"
    " FROM avenant a JOIN funding_request r ON r.id = a.request_id JOIN dossier d ON d.id = r.dossier_id"
    " WHERE a.is_current AND a.status <> 'incomplete'"
)
CHUNK = 50_000
KEYS = ["corridor_code", "status", "month"]


def lines(made: World, rounds: int, *, memory: bool) -> list[Line]:
    """The summary of a world, its workbook, and the export of its rows by pandas. `memory`: theirs is measured too, in
    a process each, which takes longer than the rest."""
    tell(f"{made.backend}: summary of {made.size}")
    with _ready(portal.open_on(made)):
        summary, workbook, export = _summary(made, rounds), _workbook(made, rounds), _export(made)
    if memory:
        _add_memory(made, summary, "ours", "pandas")
        _add_memory(made, export, "our_export", "pandas_export")
    return [summary, workbook, export]


def _summary(made: World, rounds: int) -> Line:
    line = Line(made.backend, f"summary of {made.size} requests, corridor × status by month")
    if _cells(_ours()) != _cells_of(_pandas()):
        line.fault = "pandas finds other figures"
    line.figures = timing.interleaved({"ours": _ours, "pandas": _pandas}, rounds, warm=1)
    took = {name: stats.p50 for name, stats in line.figures.items()}
    line.ratios = [
        f"÷ pandas reading every row {took['ours'] / took['pandas']:.3g}",
        f"pandas: {took['pandas']:.0f} ms",
    ]
    return line


def _workbook(made: World, rounds: int) -> Line:
    summary = _ours()
    cells = len(summary.lines) * len(summary.totals)
    frame = _pandas()
    variants = {
        "ours": lambda: summary_files.as_workbook(summary, SYSTEM),
        "pandas": lambda: frame.to_excel(io.BytesIO(), engine="xlsxwriter"),
    }
    line = Line(made.backend, f"its XLSX ({cells} cells)", timing.interleaved(variants, rounds * 3))
    line.ratios = [f"÷ pandas.to_excel {line.figures['ours'].p50 / line.figures['pandas'].p50:.3g}"]
    return line


def _export(made: World) -> Line:
    """In process, once each. pandas writes raw codes and dates, without the guard: less work."""
    variants = {"ours": _our_export, "pandas": _pandas_export}
    line = Line(made.backend, "CSV of every request, in process", timing.interleaved(variants, 1, warm=0))
    line.ratios = [
        f"÷ pandas by chunks {line.figures['ours'].p50 / line.figures['pandas'].p50:.3g}",
        f"pandas: {line.figures['pandas'].p50:.0f} ms",
    ]
    return line


# --- the variants, inside the application


def _ours() -> Summary:
    found = summaries.compute(QUESTION, {Role.ANALYST})
    db.session.rollback()
    return found


def _pandas() -> pandas.DataFrame:
    """Every row into pandas, grouped and pivoted there."""
    with db.engine.connect() as connection:
        rows = pandas.read_sql(sa.text(ROWS), connection)
    instants = pandas.to_datetime(rows["deposited_at"], utc=True, format="ISO8601").dt.tz_convert("Europe/Paris")
    rows["month"] = instants.dt.strftime("%m/%Y")
    return rows.pivot_table("declared_ht", KEYS[:2], "month", aggfunc=["count", "sum"], fill_value=0)


def _our_export() -> None:
    for _ in exports.stream(exports.requests_export(None, SYSTEM)):
        pass
    db.session.rollback()


def _pandas_export() -> None:
    with db.engine.connect().execution_options(stream_results=True) as connection:
        for part in pandas.read_sql(sa.text(BARE), connection, chunksize=CHUNK):
            part.to_csv(io.StringIO(), sep=";", decimal=",", index=False)


def _cells(summary: Summary) -> dict[Any, tuple[int, int]]:
    """{(corridor, status, month): (how many, cents)} of the cells that hold a request."""
    found = {}
    for line in summary.lines:
        corridor, status = (heading.label for heading in line.headings)
        for rank, month in enumerate(summary.columns):
            count, euros = line.values[2 * rank : 2 * rank + 2]
            if count:
                found[corridor[:3], status, month.label] = (int(count), int(euros * 100))
    return found


def _cells_of(frame: pandas.DataFrame) -> dict[Any, tuple[int, int]]:
    return {
        (corridor, RequestStatus(status).label, month): (int(row["count", month]), int(row["sum", month]))
        for (corridor, status), row in frame.iterrows()
        for month in frame["count"].columns
        if row["count", month]
    }


# --- memory, in a process of its own


def _add_memory(made: World, line: Line, ours: str, theirs: str) -> None:
    line.peak = _growth(made, ours)
    line.ratios.append(f"pandas: + {_growth(made, theirs):.0f} MiB")


def _growth(made: World, which: str) -> float:
    command = [sys.executable, "-m", "benchmarks.cases.summaries", which, made.backend, made.url, made.bare_url]
    return float(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


@contextmanager
def _ready(flask: Flask) -> Iterator[None]:
    with flask.app_context(), reading():
        yield
        db.session.remove()
        db.engine.dispose()


def _resident(what: str) -> float:
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith(what)).split()[1]) / 1024


def main(which: str, backend: str, url: str, bare_url: str) -> None:
    variants = {"ours": _ours, "pandas": _pandas, "our_export": _our_export, "pandas_export": _pandas_export}
    with _ready(portal.open_on(World(backend, 0, url, bare_url))):
        db.session.scalar(sa.text("SELECT count(*) FROM supplier"))
        before = _resident("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")
        variants[which]()
        sys.stdout.write(f"{_resident('VmHWM') - before:.1f}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
