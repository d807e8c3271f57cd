"""Schedulers as real processes whose clock is not that of the machine (libfaketime, Debian package « faketime »)."""

import datetime as dt
import glob
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import config
from tests.committed import Ground

LIBRARY = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), "")


class ShiftedClock:
    """One clock for all the processes started on it. Moving it is seen by those that run, without a new start."""

    def __init__(self, ground: Ground, **more: str) -> None:
        self._file = Path(ground.folder) / "clock"
        # Waits are real: only the calendar is moved. Neither are the dates of files: Python would read no bytecode.
        unmoved = dict.fromkeys(("DONT_FAKE_MONOTONIC", "FAKETIME_DONT_FAKE_MONOTONIC", "NO_FAKE_STAT"), "1")
        self._env = ground.env | unmoved | {"FAKETIME_CACHE_DURATION": "1"} | more  # seconds: a move is seen that soon
        self._env |= {"LD_PRELOAD": LIBRARY, "FAKETIME_TIMESTAMP_FILE": str(self._file)}

    def show(self, instant: dt.datetime) -> None:
        """It is now this instant, and time goes on from there."""
        shift = (instant - dt.datetime.now(dt.UTC)).total_seconds()
        aside = self._file.with_suffix(".new")
        aside.write_text(f"{shift:+.0f}\n")
        aside.rename(self._file)

    @contextmanager
    def schedulers(self, instant: dt.datetime, count: int) -> Iterator[dict[int, subprocess.Popen[bytes]]]:
        """`count` times `python -m jobs` from this instant on, by their pid; all killed at the end."""
        self.show(instant)
        with self._file.with_suffix(".log").open("ab") as log:
            made = [
                subprocess.Popen([sys.executable, "-m", "jobs"], cwd=config.ROOT, env=self._env, stderr=log)
                for _ in range(count)
            ]
        try:
            yield {process.pid: process for process in made}
        finally:
            for process in made:
                process.kill()
                process.wait(30)


def until(fact: Callable[[], bool], what: str, seconds: float = 90, pause: float = 0.1) -> None:
    """Wait for a fact that other processes bring about."""
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end, f"not in {seconds:.0f} s: {what}"
        time.sleep(pause)
