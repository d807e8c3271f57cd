"""Run the bench, print its table, exit 1 when a goal is missed: `python -m benchmarks [--short]`."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks import databases, portal, report, timing
from benchmarks.cases import exports, grids, imports, letters, load, lookups, plans, summaries
from benchmarks.databases import FOLDER, World
from benchmarks.peers import django_site
from benchmarks.peers.visitors import Visitors, alias
from benchmarks.timing import Line

FULL, SHORT = timing.SCALE, 100_000
PARTS = ("grids", "lookups", "plans", "load", "exports", "summaries", "imports", "letters")


@dataclass(slots=True)
class Run:
    """What was asked for, and the lines measured so far."""

    size: int
    rounds: int
    export_rounds: int
    parts: list[str]
    full: bool
    backends: list[str]
    began: str = field(default_factory=timing.load)
    lines: list[Line] = field(default_factory=list)

    def add(self, part: str, measure: Callable[[], list[Line]]) -> None:
        """Measure a part when it is wanted. One that breaks is a line that says so: the others are measured."""
        if part not in self.parts:
            return
        try:
            self.lines += measure()
        except Exception as fault:
            self.lines.append(Line("—", part, fault=f"{type(fault).__name__}: {fault}"[:300]))
        self.keep()

    def keep(self) -> str:
        """Write what is measured so far: a run that is stopped leaves its table. Returns its text."""
        text = f"{report.heading([self.size], self.rounds, self.began)}\n\n{report.table(self.lines)}\n"
        (FOLDER / "last.md").write_text(text, encoding="utf-8")
        return text


def main() -> int:
    run = _asked()
    with databases.postgresql() as server:
        worlds = [(_world(name, server, run.size), _world(name, server, SHORT)) for name in run.backends]
        every = {one for pair in worlds for one in pair}
        django_site.configure(
            {alias(one, bare=bare): one.bare_url if bare else one.url for one in every for bare in (True, False)}
        )
        run.add("letters", lambda: letters.lines(run.rounds))
        run.add("imports", lambda: imports.validation(run.rounds))
        for made, small in worlds:
            _measure(run, made, small)
        django_site.close()
    databases.tell("\n")
    said, code = report.verdict(run.lines)
    sys.stdout.write(f"{run.keep()}\n{said}")
    return code


def _world(backend: str, server: str, size: int) -> World:
    return databases.on_sqlite(size) if backend == "sqlite" else databases.on_postgresql(server, size)


def _measure(run: Run, made: World, small: World) -> None:
    """Every part that needs a database, on this one."""
    if {"grids", "lookups", "plans", "load"} & set(run.parts):
        flask = portal.open_on(made)
        visitors = Visitors(made, flask, with_indexes=run.full)
        run.add("grids", lambda: grids.lines(made, visitors, run.rounds))
        run.add("lookups", lambda: lookups.autocompletes(made, flask, run.rounds))
        run.add("lookups", lambda: [lookups.malformed(made, flask)])
        if made.backend == "postgresql":
            run.add("plans", lambda: plans.lines(made, flask))
        run.add("load", lambda: load.lines(made, flask, full=run.full))
        visitors.close()
    django_site.close()
    run.add("exports", lambda: exports.lines(made, small, run.export_rounds, peers=run.full))
    django_site.close()
    run.add("summaries", lambda: summaries.lines(made, run.export_rounds if run.full else 1, memory=run.full))
    run.add("imports", lambda: imports.deposit(made, run.rounds))


def _asked() -> Run:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--short", action="store_true", help="100 000 requests, out of the box peers only")
    parser.add_argument("--rounds", type=int, default=0, help="default: 20, or 2 in the short mode")
    parser.add_argument("--export-rounds", type=int, default=0, help="default: 5, or 1 in the short mode")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--database", nargs="+", choices=("postgresql", "sqlite"), default=["postgresql", "sqlite"])
    asked = parser.parse_args()
    return Run(
        size=SHORT if asked.short else FULL,
        rounds=asked.rounds or (2 if asked.short else 20),
        export_rounds=asked.export_rounds or (1 if asked.short else 5),
        parts=asked.only,
        full=not asked.short,
        backends=asked.database,
    )


if __name__ == "__main__":
    sys.exit(main())
