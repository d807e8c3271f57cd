"""A served application, watched from outside: its answers over HTTP/1.1, its memory."""

import csv
import http.client
import io
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import portal
from benchmarks.databases import ROOT
from benchmarks.server import READY

BLOCK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Download:
    """What came: bytes, seconds to the first byte and to the last."""

    size: int
    first: float
    whole: float


@dataclass(slots=True)
class Served:
    """A server process and one person's cookies on it."""

    pid: int
    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> http.client.HTTPResponse:
        """One request; cookies are kept. The answer is to be read by the caller."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=900)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def body(self, path: str) -> bytes:
        """What this address answers; raises unless it is 200."""
        answer = self.ask("GET", path)
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return content

    def login(self, username: str) -> None:
        """Through the portal's own form."""

        def send(path: str, form: dict[str, str]) -> tuple[int, str]:
            answer = self.ask("POST", path, form | {"csrf_token": self.token(path)})
            answer.read()
            return answer.status, answer.headers.get("Location", "")

        portal.log_in(username, send)

    def token(self, path: str) -> str:
        return portal.token(self.ask("GET", path).read())

    def rows(self, method: str, path: str, form: dict[str, str] | None = None) -> Iterator[list[str]]:
        """The cells of a CSV that comes, row after row, the heading apart; a file cut before its end raises."""
        answer = self.ask(method, path, form)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        read = csv.reader(io.TextIOWrapper(answer, "utf-8-sig", newline=""), delimiter=";")
        next(read)
        yield from read

    def download(self, method: str, path: str, form: dict[str, str] | None = None) -> Download:
        """Read an answer to its end; a file cut before it raises."""
        began = time.perf_counter()
        answer = self.ask(method, path, form)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        block = answer.read1(BLOCK)
        first, size = time.perf_counter() - began, 0
        while block:
            size += len(block)
            block = answer.read1(BLOCK)
        return Download(size, first, time.perf_counter() - began)

    def resident(self, what: str = "VmRSS") -> float:
        """MiB held now, or at most since `forget_peak` (`VmHWM`)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith(what)).split()[1]) / 1024

    def forget_peak(self) -> None:
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")


@contextmanager
def served(which: str, url: str, folder: Path, *, workers: int = 1) -> Iterator[Served]:
    """A server of this implementation in processes of its own, ready. `pid` is the first one's."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        port = int(listening.getsockname()[1])
        listening.set_inheritable(True)
        command = [sys.executable, "-m", "benchmarks.server", which, url, str(folder), str(listening.fileno())]
        started = [
            subprocess.Popen(
                command,
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                pass_fds=[listening.fileno()],
            )
            for _ in range(workers)
        ]
        try:
            for process in started:
                _wait(process)
            yield Served(started[0].pid, port)
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(timeout=30)


def _wait(process: subprocess.Popen[str]) -> None:
    """Until the server says that its application is built."""
    assert process.stdout is not None
    if process.stdout.readline().strip() != READY:
        raise RuntimeError("the server did not start")
