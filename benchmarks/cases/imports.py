"""A file of 200 requests: is it validated near the speed of the bare parse, and imported near that of a bare COPY?

Everything that writes runs on a copy of the world, dropped afterwards.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.corridors import documents
from app.demo import deposits, orders
from app.domain.enums import Phase
from app.exchange import examination, line_model, reading
from app.exchange.envelope import Depositor
from app.exchange.line_rules import Circumstances
from app.extensions import db
from app.models.enrolments import Enrolment
from app.models.users import User
from app.services import clock, enrolments, imports, simulations
from benchmarks import copies, portal, timing, world
from benchmarks.cases.rewriting import Rewriter
from benchmarks.databases import World, tell
from benchmarks.timing import Goal, Line, Stats

LINES, BAD = 200, 14
FEW, MANY = 2, 5  # faults of a bad line
ALL_BAD_MS = 150


def file_of(start: int, *, bad: int = 0, each: int = FEW) -> bytes:
    """A file of 200 avances whose doctors begin at this rank; its first `bad` lines hold `each` faults each."""
    ordered = [orders.doctors(start + rank * 5, 1) for rank in range(LINES)]
    content = deposits.avance_file(world.IMPORTER, ordered, "01/10/2021")
    if not bad:
        return content
    data = json.loads(content)
    for rank, line in enumerate(data["lignesImport"][:bad]):
        for spoil in _SPOILERS[:each]:
            spoil(line, rank)
    return json.dumps(data, ensure_ascii=False, indent=2).encode()


def _put(*path: str | int) -> Callable[[dict[str, Any], str], None]:
    def put(line: Any, value: str) -> None:
        *above, last = path
        for step in above:
            line = line[step]
        line[last] = value

    return put


def _spoiler(value: str, *path: str | int) -> Callable[[dict[str, Any], int], None]:
    """Puts a wrong value somewhere in a line; `{}` stands for the rank of the line."""
    put = _put(*path)
    return lambda line, rank: put(line, value.format(rank))


_SPOILERS = (
    _spoiler("31/02/2021", "commande", "dateCommande"),
    _spoiler("123{}", "beneficiaires", "liberal", 0, "RPPS"),
    _spoiler("{} euros", "commande", "montantSegurHT"),
    _spoiler("M", "typeAction"),
    _spoiler("TVA{}", "commande", "regimeTVA"),
)


def validation(rounds: int) -> list[Line]:
    """Every error of every line, told with its place, beside the bare parse of the same bytes."""
    spec = next(one for one in documents.shipped() if one.code == world.IMPORTER.corridor)
    model = line_model.build(spec, Phase.AVANCE)
    depositor = Depositor(world.IMPORTER.siret, world.IMPORTER.ans)
    around = Circumstances(clock.today(), world.IMPORTER.vat, world.IMPORTER.profiles)
    found = []
    files = (("sound", 0, 0), (f"{BAD} bad lines", BAD, FEW), (f"all bad, {MANY} errors each", LINES, MANY))
    for name, bad, each in files:
        content, faults = file_of(1, bad=bad, each=each), each * bad

        def ours(content: bytes = content) -> int:
            examined = examination.examine(reading.read(content), Phase.AVANCE, model, depositor, around)
            of_file, of_lines = examination.findings(examined)
            return len([one for one in of_file + of_lines if one.level == "error"])

        line = Line("—", f"validation of {LINES} lines, {name} ({len(content) // 1024} KiB)")
        if ours() != faults:
            line.fault = f"{ours()} errors found, {faults} are there"
        bare = partial(msgspec.json.decode, content)
        line.figures = timing.interleaved({"ours": ours, "limit": bare}, rounds * 3)
        ratio = line.figures["ours"].p50 / line.figures["limit"].p50
        if bad < LINES:
            line.goals.append(Goal("÷ bare parse", ratio, 4.5))
        else:
            line.goals.append(Goal("ms", line.figures["ours"].p50, ALL_BAD_MS))
            line.ratios.append(f"÷ bare parse {ratio:.3g}")
        found.append(line)
    return found


def deposit(made: World, rounds: int) -> list[Line]:
    """Simulation whole, import whole, and its writing beside a bare write of the same rows."""
    tell(f"{made.backend}: imports")
    with copies.copy_of(made) as copy, _application(copy) as rewriter:
        taken: dict[str, list[float]] = {"simulation": [], "all bad": [], "import": [], "inserts": [], "bare": []}
        for number in range(rounds + 2):
            times = _one(70_000_000 + number * LINES * 5, rewriter)
            if number >= 2:
                for name, spent in times.items():
                    taken[name].append(spent)
    stats = {name: Stats(tuple(values)) for name, values in taken.items()}
    rate = LINES / stats["import"].p50 * 1000
    ratio = stats["inserts"].p50 / stats["bare"].p50
    simulated = Line(made.backend, f"simulation whole of {LINES} requests", {"ours": stats["simulation"]})
    simulated.goals.append(Goal("ms", stats["simulation"].p50, 20))
    spoiled = Line(
        made.backend, f"simulation whole of {LINES} requests, {MANY} errors each", {"ours": stats["all bad"]}
    )
    spoiled.goals.append(Goal("ms", stats["all bad"].p50, ALL_BAD_MS))
    whole = Line(made.backend, f"import whole of {LINES} requests", {"ours": stats["import"]})
    inserts = Line(
        made.backend, "from its first insert to its commit", {"ours": stats["inserts"], "limit": stats["bare"]}
    )
    if made.backend == "postgresql":
        whole.goals.append(Goal("requests/s", rate, 2000, at_least=True))
        inserts.goals.append(Goal("÷ COPY", ratio, 2.5))
    else:
        whole.ratios.append(f"{rate:.0f} requests/s")
        inserts.ratios.append(f"÷ executemany {ratio:.3g}")
    return [simulated, spoiled, whole, inserts]


@contextmanager
def _application(copy: World) -> Iterator[Rewriter]:
    flask = portal.open_on(copy)
    with flask.app_context():
        rewriter = Rewriter(copy)
        try:
            yield rewriter
        finally:
            rewriter.close()
            db.session.remove()
            db.engine.dispose()


def _all_bad(start: int, enrolment: Enrolment, user: User) -> float:
    """Simulate the same file with five errors in each line: every one is told with its line and column. Seconds."""
    content = file_of(start, bad=LINES, each=MANY)
    began = time.perf_counter()
    spoiled = simulations.simulate(content, "banc.json", enrolment, Phase.AVANCE, enrolment.vat, user)
    db.session.commit()
    spent = time.perf_counter() - began
    told = [one for one in spoiled.report["findings"] if one["level"] == "error" and one["row"] and one["column"]]
    if len(told) != LINES * MANY:
        raise RuntimeError(f"{len(told)} errors told, {LINES * MANY} are there")
    return spent


def _depositor() -> tuple[User, Enrolment]:
    """Who deposits and for which software, read as the screen does before it simulates."""
    person = sa.select(User).where(User.username == world.IMPORTER.username).options(joinedload(User.supplier))
    user = db.session.scalars(person).one()
    assert user.supplier_id is not None, "the bench's importer is a supplier"
    return user, enrolments.open_by_file(user.supplier_id)[0]


def _one(start: int, rewriter: Rewriter) -> dict[str, float]:
    """Simulate, import and give back one new file; then write its rows again, bare. Milliseconds."""
    content = file_of(start)
    user, enrolment = _depositor()
    began = time.perf_counter()
    simulation = simulations.simulate(content, "banc.json", enrolment, Phase.AVANCE, enrolment.vat, user)
    db.session.commit()
    simulated = time.perf_counter()
    all_bad = _all_bad(start, enrolment, user)
    resumed = time.perf_counter()
    with rewriter.watching():
        imported = imports.import_simulated(simulation, user)
        db.session.commit()
        committed = time.perf_counter()
    with imports.open_result(imported) as result:
        result.read()
    done = time.perf_counter()
    if imported.retained_count != LINES or rewriter.first_insert is None:
        raise RuntimeError(f"{imported.retained_count} requests retained")
    db.session.commit()  # the bare connection writes alone
    bare = rewriter.again()
    return {
        "simulation": (simulated - began) * 1000,
        "all bad": all_bad * 1000,
        "import": (done - resumed) * 1000,
        "inserts": (committed - rewriter.first_insert) * 1000,
        "bare": bare * 1000,
    }
