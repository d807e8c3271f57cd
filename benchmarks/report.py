"""How is a run told: one table, a line per case, what is missed at the end."""

import datetime as dt
import platform
from collections.abc import Sequence

from benchmarks import timing
from benchmarks.timing import Line

COLUMNS = (
    ("ours", "ours"), ("stock", "stock"), ("django", "Django"), ("stock+", "stock, our indexes"),
    ("django+", "Django, our indexes"), ("limit", "limit"),
)  # fmt: skip
HEADINGS = ("database", "case", *(label for _, label in COLUMNS), "peak MiB", "goals and ratios")


def table(lines: Sequence[Line]) -> str:
    """Markdown, its columns padded so that a terminal reads it too. p50 / p95 in ms."""
    rows = [HEADINGS, *(_cells(line) for line in lines)]
    widths = [max(len(row[rank]) for row in rows) for rank in range(len(HEADINGS))]
    written = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    written.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(written)


def _cells(line: Line) -> tuple[str, ...]:
    figures = [str(line.figures[key]) if key in line.figures else "" for key, _ in COLUMNS]
    peak = "" if line.peak is None else f"{line.peak:.1f}"
    said = [line.fault] if line.fault else [str(goal) for goal in line.goals] + line.ratios
    return (line.backend, line.case, *figures, peak, "; ".join(said))


def heading(sizes: Sequence[int], rounds: int, began: str) -> str:
    """When, on what, under which load."""
    what = ", ".join(f"{size:,}".replace(",", " ") for size in sizes)
    day = dt.datetime.now(dt.UTC).astimezone()
    return (
        f"{day:%d/%m/%Y %H:%M}, {what} requests, {rounds} rounds, Python {platform.python_version()}; load average"
        f" {began} at the start, {timing.load()} at the end. p50 / p95 in milliseconds."
    )


def verdict(lines: Sequence[Line]) -> tuple[str, int]:
    """What a run concludes, in words, and the exit code it leaves: 1 when a goal is missed or a line broke."""
    found = missed(lines)
    said = "".join(f"missed: {one}\n" for one in found) or "every goal is reached\n"
    return said, 1 if found else 0


def missed(lines: Sequence[Line]) -> list[str]:
    """What did not reach its goal, in words."""
    return [
        f"{line.backend}, {line.case}: {line.fault or '; '.join(str(goal) for goal in line.goals if not goal.reached)}"
        for line in lines
        if not line.reached
    ]
